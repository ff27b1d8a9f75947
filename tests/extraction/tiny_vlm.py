"""Tiny vision-language checkpoints with random weights, that babble or recite, and an adapter."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    CLIPVisionConfig,
    Idefics2Config,
    Idefics2ForConditionalGeneration,
    Idefics2Processor,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    MistralConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    ProcessorMixin,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.idefics2.configuration_idefics2 import (
    Idefics2PerceiverConfig,
    Idefics2VisionConfig,
)
from transformers.models.idefics2.image_processing_pil_idefics2 import Idefics2ImageProcessorPil

TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }}: {% for p in m['content'] %}"
    "{% if p['type'] == 'image' %}<image>{% else %}{{ p['text'] }}{% endif %}"
    "{% endfor %}\n{% endfor %}assistant: "
)
NO_SYSTEM = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    + TEMPLATE
)
IDEFICS2_TEMPLATE = (
    "{% for m in messages %}{{ m['role'].capitalize() }}: {% for p in m['content'] %}"
    "{% if p['type'] == 'image' %}<image>{% else %}{{ p['text'] }}{% endif %}{% endfor %}"
    "<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}"
)
SMALL = {"hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2}


def build(
    folder: Path, *, window: int = 65_536, recites: str | None = None, template: str = TEMPLATE
) -> Path:
    """Writes a LLaVA checkpoint: every byte is a token, pictures are 16 px.

    Args:
        folder: Where to.
        window: Tokens of prompt and answer.
        recites: What it writes before it ends its turn; None babbles for ever.
        template: How a conversation becomes text.
    """
    tokenizer = _tokenizer(["<image>"])
    processor = LlavaProcessor(
        image_processor=CLIPImageProcessorPil(
            size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16}
        ),
        tokenizer=tokenizer,
        patch_size=8,
        vision_feature_select_strategy="default",
        chat_template=template,
        num_additional_image_tokens=1,
    )
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**SMALL, num_hidden_layers=2, image_size=16, patch_size=8),
        text_config=LlamaConfig(
            **SMALL,
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
    return _saved(folder, model, processor, recites)


def build_idefics2(folder: Path, *, window: int = 65_536, recites: str | None = None) -> Path:
    """As `build`, of the kind of ViPer's released extractor: its tokenizer writes a start token."""
    tokenizer = _tokenizer(["<fake_token_around_image>", "<image>", "<end_of_utterance>"])
    start = tokenizer.convert_tokens_to_ids("<start>")
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<start> $A", special_tokens=[("<start>", start)]
    )
    processor = Idefics2Processor(
        Idefics2ImageProcessorPil(do_image_splitting=True),
        tokenizer,
        image_seq_len=4,
        chat_template=IDEFICS2_TEMPLATE,
    )
    config = Idefics2Config(
        vision_config=Idefics2VisionConfig(
            **SMALL, num_hidden_layers=1, image_size=980, patch_size=98
        ),
        perceiver_config=Idefics2PerceiverConfig(
            hidden_size=8,
            resampler_n_latents=4,
            resampler_depth=1,
            resampler_n_heads=2,
            resampler_head_dim=4,
            num_key_value_heads=1,
        ),
        text_config=MistralConfig(
            **SMALL,
            num_key_value_heads=1,
            num_hidden_layers=1,
            vocab_size=len(tokenizer),
            max_position_embeddings=window,
            bos_token_id=start,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        ),
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
    )
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.manual_seed(0)
        model = Idefics2ForConditionalGeneration(config)
    return _saved(folder, model, processor, recites)


def build_adapter(folder: Path, checkpoint: Path, **changes: object) -> Path:
    """Writes a random LoRA adapter for the projections of a checkpoint, as PEFT would."""
    model = Idefics2ForConditionalGeneration.from_pretrained(checkpoint)
    dice = torch.Generator().manual_seed(1)
    tensors = {}
    for name, weight in model.named_parameters():
        if name.endswith("_proj.weight") and "vision_model" not in name:
            module = f"base_model.model.{name.removesuffix('.weight')}"
            rows, columns = weight.shape
            tensors[f"{module}.lora_A.weight"] = torch.randn(2, columns, generator=dice)
            tensors[f"{module}.lora_B.weight"] = torch.randn(rows, 2, generator=dice)
    folder.mkdir(exist_ok=True)
    save_file(tensors, folder / "adapter_model.safetensors")
    config = {
        "peft_type": "LORA",
        "r": 2,
        "lora_alpha": 3,
        "lora_dropout": 0.1,
        "bias": "none",
        "base_model_name_or_path": str(checkpoint),
        "target_modules": ".*(text_model|modality_projection|perceiver_resampler).*_proj$",
        **changes,
    }
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def _tokenizer(control: list[str]) -> PreTrainedTokenizerFast:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    bytes_only = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    bytes_only.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_only.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=bytes_only,
        bos_token="<start>",
        eos_token="<end>",
        pad_token="<pad>",
        additional_special_tokens=control,
    )


def _saved(
    folder: Path, model: PreTrainedModel, processor: ProcessorMixin, recites: str | None
) -> Path:
    tokenizer = processor.tokenizer
    end = int(tokenizer.eos_token_id)
    model.generation_config.eos_token_id = end
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
