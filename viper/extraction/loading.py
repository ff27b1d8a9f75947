"""Somebody else's files become a model that can be asked, or one sentence that says why not.

name ──► right kind? ──► weights ──► LoRA adapter ──► processor ──► Loaded
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viper.errors import ModelUnavailable
from viper.extraction.adapter import merge
from viper.extraction.control_tokens import ControlTokens

NUMBERS = {"auto": "auto", "fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}
"""Names of number formats in the settings, and in torch."""
_MAX_MISSING = 0.01
"""Share of the weights that may be absent, such as a head that nobody asks."""
_NO_WINDOW = 4_096
"""Tokens, for the few checkpoints that do not tell."""


@dataclass(frozen=True)
class Loaded:
    """A checkpoint in memory."""

    model: Any
    processor: Any
    control: ControlTokens
    window: int
    """Tokens of prompt and answer together."""


def load(name: str, *, device: str, dtype: str, **processing: object) -> Loaded:
    """An image-text-to-text checkpoint, with a LoRA adapter if one is named.

    Args:
        name: Folder or id at the hub; `BASE+ADAPTER` names two of them.
        device: Where it goes, as torch names it.
        dtype: One of `NUMBERS`; `auto` is as stored.
        processing: Options of the processor, such as the size of pictures.

    Raises:
        ModelUnavailable: There is no such checkpoint, it is not one of this kind, or there is no
            room for it.
    """
    from safetensors import SafetensorError

    base, adapter = _base_and_adapter(name)
    try:
        model = _model(base, device=device, dtype=dtype)
        if adapter is not None:
            merge(adapter, into=model)
        processor = _processor(base, processing)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
        raise _unavailable(name, brief(error)) from error
    except (RuntimeError, AssertionError, SafetensorError, MemoryError) as error:
        if is_out_of_memory(error):
            raise ModelUnavailable(
                f"The local model {name!r} needs more memory than {device} has: set "
                "VIPER_DTYPE=bf16, or choose a smaller model."
            ) from error
        raise _unavailable(name, brief(error)) from error
    window = getattr(model.config.get_text_config(), "max_position_embeddings", _NO_WINDOW)
    return Loaded(model, processor, ControlTokens.of(processor), int(window))


def is_out_of_memory(error: BaseException) -> bool:
    """True for a lack of memory, of whichever device."""
    import torch

    said = str(error).casefold()
    return (
        isinstance(error, torch.OutOfMemoryError | MemoryError)
        or "out of memory" in said
        or "not enough memory" in said
        or "can't allocate memory" in said
    )


def brief(error: BaseException) -> str:
    """The beginning of what a library says, on one line."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def _base_and_adapter(name: str) -> tuple[str, str | None]:
    """The two that `BASE+ADAPTER` names; a folder may have a plus in its name."""
    if (whole := Path(name).expanduser()).is_dir():
        if (whole / "adapter_config.json").is_file() and not (whole / "config.json").is_file():
            raise ModelUnavailable(
                f"{name} is an adapter: expected the checkpoint it was trained for before it, "
                "as in BASE+ADAPTER."
            )
        return str(whole), None
    base, plus, adapter = name.partition("+")
    return _place(base), _place(adapter) if plus else None


def _place(name: str) -> str:
    folder = Path(name.strip()).expanduser()
    return str(folder) if folder.is_dir() else name.strip()


def _model(base: str, *, device: str, dtype: str) -> Any:
    import torch
    from transformers import AutoConfig, AutoModelForImageTextToText
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING

    # Never code that comes with a checkpoint, and no question about it on the terminal.
    config = AutoConfig.from_pretrained(base, trust_remote_code=False)
    if type(config) not in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING or config.is_encoder_decoder:
        raise ValueError(f"it is a {config.model_type} and answers no questions on pictures")
    number = NUMBERS[dtype]
    models: Any = AutoModelForImageTextToText  # its types do not know loading info
    model, info = models.from_pretrained(
        base,
        config=config,
        dtype=number if number == "auto" else getattr(torch, number),
        # Straight to its place: the weights may fit there and not into the memory beside it.
        device_map={"": device},
        use_safetensors=True,
        output_loading_info=True,
    )
    sizes = {name: weight.numel() for name, weight in model.named_parameters()}
    missing = sum(sizes.get(name, 0) for name in info["missing_keys"]) / sum(sizes.values())
    if missing > _MAX_MISSING:
        raise ValueError(f"{missing:.0%} of its weights are missing")
    return model.eval()


def _processor(base: str, options: dict[str, object]) -> Any:
    from transformers import AutoProcessor, ProcessorMixin

    processors: Any = AutoProcessor  # not annotated over there
    # The Pillow variant of image processors: torchvision is not installed.
    processor = processors.from_pretrained(base, backend="pil", trust_remote_code=False, **options)
    if not isinstance(processor, ProcessorMixin):
        raise ValueError("it has no processor for pictures")
    if not processor.chat_template:
        raise ValueError("it has no chat template")
    return processor


def _unavailable(name: str, reason: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"The local model {name!r} cannot be loaded ({reason}): expected the folder or the id of "
        "an image-text-to-text checkpoint in safetensors."
    )
