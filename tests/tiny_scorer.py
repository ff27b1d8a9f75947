"""A CLIP with random weights, small enough to be made by a test."""

from pathlib import Path

from transformers import (
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    CLIPTokenizer,
    CLIPVisionConfig,
)

from tests.tiny_models import _seeded, _text_config, _tokenizer


def build_tiny_scorer(folder: Path) -> Path:
    """As the Hub lays out a CLIP: 32 px, 16 dimensions."""
    tokenizer: CLIPTokenizer = _tokenizer(folder / "vocabulary", pad="<|endoftext|>")
    vision = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=32,
        patch_size=8,
        projection_dim=16,
    )
    text = _text_config(tokenizer)
    config = CLIPConfig(
        text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=16
    )
    with _seeded(5):
        model = CLIPModel(config).eval()
    processor = CLIPImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
    )
    for part in (model, tokenizer, processor):
        part.save_pretrained(folder / "clip")
    return folder / "clip"
