"""A tiny LLaVA checkpoint with random weights, that babbles or recites."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }}: {% for p in m['content'] %}"
    "{% if p['type'] == 'image' %}<image>{% else %}{{ p['text'] }}{% endif %}"
    "{% endfor %}\n{% endfor %}assistant: "
)


def build(folder: Path, *, window: int = 65_536, recites: str | None = None) -> Path:
    """Writes a checkpoint: every byte is a token, pictures are 16 px.

    Args:
        folder: Where to.
        window: Tokens of prompt and answer.
        recites: What it writes before it ends its turn; None babbles for ever.
    """
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    bytes_only = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    bytes_only.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_only.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bytes_only,
        eos_token="<end>",
        pad_token="<pad>",
        additional_special_tokens=["<image>"],
    )
    processor = LlavaProcessor(
        image_processor=CLIPImageProcessorPil(
            size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16}
        ),
        tokenizer=tokenizer,
        patch_size=8,
        vision_feature_select_strategy="default",
        chat_template=TEMPLATE,
        num_additional_image_tokens=1,
    )
    small = {"hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2}
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**small, num_hidden_layers=2, image_size=16, patch_size=8),
        text_config=LlamaConfig(
            **small,
            num_hidden_layers=1,
            vocab_size=len(tokenizer),
            max_position_embeddings=window,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        ),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
    )
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(0)
        model = LlavaForConditionalGeneration(config)
    end = int(tokenizer.eos_token_id)
    if recites is None:
        model.generation_config.suppress_tokens = [end]
    else:
        # Every beginning of the text makes its next token win over whatever the weights prefer.
        text = [*tokenizer.encode(recites, add_special_tokens=False), end]
        model.generation_config.sequence_bias = [
            [text[: place + 1], 1000.0 * (place + 1)] for place in range(len(text))
        ]
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
