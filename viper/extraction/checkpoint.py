"""A vision-language checkpoint in this process: loaded once, asked by one at a time.

    name ──► right kind? ──► processor, weights, LoRA adapter ──► messages ──► Written

Everything that can go wrong with somebody else's files, memory and patience ends in one sentence.
"""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viper.errors import CutOff, LanguageModelError, ModelUnavailable, Unreachable
from viper.extraction import Message
from viper.extraction.control_tokens import ControlTokens

if TYPE_CHECKING:
    from torch import Tensor

NUMBERS = {"auto": "auto", "fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}
"""Names of number formats in the settings, and in torch."""
_MAX_MISSING = 0.01
"""Share of the weights that may be absent, such as a head that nobody asks."""
_NO_WINDOW = 4_096
"""Tokens, for the few checkpoints that do not tell."""


@dataclass(frozen=True)
class Written:
    """What a checkpoint wrote."""

    text: str
    tokens: int
    """Of prompt and answer together."""
    limit: int | None
    """How many tokens the answer was cut off at; None if it ended by itself."""


@dataclass(frozen=True)
class _Loaded:
    model: Any
    processor: Any
    control: ControlTokens
    window: int
    """Tokens of prompt and answer together."""


class Checkpoint:
    """An image-text-to-text checkpoint of transformers, with a LoRA adapter if one is named."""

    def __init__(
        self,
        name: str,
        *,
        device: str = "cpu",
        dtype: str = "auto",
        processing: Mapping[str, object] | None = None,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            name: Folder or id at the hub; `BASE+ADAPTER` names two of them.
            device: Where it runs, as torch names it.
            dtype: `auto` (as stored), `fp32`, `fp16` or `bf16`.
            processing: Options of the processor, such as the size of pictures.
        """
        self.name = name
        self._device = device
        self._dtype = dtype
        self._processing = processing or {}
        self._loaded: _Loaded | None = None
        # One picture of the weights and one answer at a time; memory does not hold two.
        self._lock = threading.Lock()

    def load(self) -> None:
        """Loads the weights now; otherwise the first answer waits for them.

        Raises:
            ModelUnavailable: There is no such checkpoint, it is not one of this kind, or there is
                no room for it.
        """
        with self._lock:
            self._loaded = self._loaded or self._load()

    def write(
        self,
        messages: Sequence[Message],
        *,
        deadline: float,
        max_new_tokens: int,
        **generation: object,
    ) -> Written:
        """The continuation of a conversation, greedy: the same messages give the same text.

        Args:
            messages: The conversation; control tokens in its texts are only text.
            deadline: Instant on `time.monotonic()`, kept to within one layer of the model.
            max_new_tokens: A longer answer is cut off.
            generation: Further options of transformers' `generate`.

        Raises:
            ModelUnavailable: As `load`.
            CutOff: The messages leave no room for an answer, in the window or in memory.
            Unreachable: No complete answer in time; it carries what was written.
        """
        if not self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise self._too_late()
        try:
            loaded = self._loaded = self._loaded or self._load()
            inputs = self._inputs(loaded, messages)
            prompt = int(inputs["input_ids"].shape[1])
            room = min(max_new_tokens, loaded.window - prompt)
            if room <= 0:
                raise CutOff(
                    f"The comments need {prompt} tokens and {self.name!r} takes {loaded.window}: "
                    "send fewer at once, or choose another model."
                )
            options = {**generation, "do_sample": False, "max_new_tokens": room}
            out = self._generate(loaded, inputs, options, deadline)
        finally:
            self._lock.release()
        new = out[0, prompt:]
        text = str(loaded.processor.tokenizer.decode(new, skip_special_tokens=True)).strip()
        ended = _has_ended(new, loaded.model.generation_config.eos_token_id)
        if not ended and time.monotonic() >= deadline:
            raise self._too_late(text)
        return Written(text, tokens=prompt + len(new), limit=None if ended else room)

    def _generate(
        self, loaded: _Loaded, inputs: Any, options: Mapping[str, object], deadline: float
    ) -> "Tensor":
        import torch

        seconds = deadline - time.monotonic()
        if seconds <= 0:
            raise self._too_late()
        try:
            with torch.inference_mode(), _stopping_at(deadline, loaded.model):
                out: Tensor = loaded.model.generate(**inputs, **options, max_time=seconds)
        except TimeoutError as error:
            raise self._too_late() from error
        except (RuntimeError, ValueError, IndexError, TypeError, MemoryError) as error:
            if _is_out_of_memory(error):
                raise CutOff(
                    f"The comments and their pictures need more memory than {self._device} has "
                    f"beside {self.name!r}: send fewer at once, set VIPER_DTYPE=bf16, or choose a "
                    "smaller model."
                ) from error
            raise LanguageModelError(
                f"The local model {self.name!r} failed on the comments ({_brief(error)}): choose "
                "another model, or use the offline extractor."
            ) from error
        return out

    def _inputs(self, loaded: _Loaded, messages: Sequence[Message]) -> Any:
        from jinja2 import TemplateError

        try:
            try:
                return self._templated(loaded, messages)
            except TemplateError:
                # Some templates know no system turn; what it says may open the first question.
                return self._templated(loaded, _without_system(messages))
        except (TemplateError, ValueError, TypeError, KeyError, RuntimeError) as error:
            raise LanguageModelError(
                f"The local model {self.name!r} cannot be asked ({_brief(error)}): choose one "
                "with a chat template for pictures."
            ) from error

    def _templated(self, loaded: _Loaded, messages: Sequence[Message]) -> Any:
        conversation = [
            {
                "role": message.role,
                "content": [
                    {"type": "text", "text": loaded.control.broken_up(part)}
                    if isinstance(part, str)
                    else {"type": "image", "image": part}
                    for part in message.parts
                ],
            }
            for message in messages
        ]
        inputs = loaded.processor.apply_chat_template(
            conversation,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
        )
        return inputs.to(self._device, dtype=loaded.model.dtype)

    def _load(self) -> _Loaded:
        from safetensors import SafetensorError

        base, adapter = _base_and_adapter(self.name)
        try:
            model = self._model(base)
            if adapter is not None:
                from viper.extraction.adapter import merge

                merge(adapter, into=model)
            processor = _processor(base, self._processing)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unavailable(_brief(error)) from error
        except (ImportError, RuntimeError, AssertionError, SafetensorError, MemoryError) as error:
            if _is_out_of_memory(error):
                raise ModelUnavailable(
                    f"The local model {self.name!r} needs more memory than {self._device} has: set "
                    "VIPER_DTYPE=bf16, or choose a smaller model."
                ) from error
            raise self._unavailable(_brief(error)) from error
        window = getattr(model.config.get_text_config(), "max_position_embeddings", _NO_WINDOW)
        return _Loaded(model, processor, ControlTokens.of(processor), int(window))

    def _model(self, base: str) -> Any:
        import torch
        from transformers import AutoConfig, AutoModelForImageTextToText
        from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING

        # Never code that comes with a checkpoint, and no question about it on the terminal.
        config = AutoConfig.from_pretrained(base, trust_remote_code=False)
        if type(config) not in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING or config.is_encoder_decoder:
            raise ValueError(f"it is a {config.model_type} and answers no questions on pictures")
        number = NUMBERS[self._dtype]
        models: Any = AutoModelForImageTextToText  # its types do not know loading info
        model, info = models.from_pretrained(
            base,
            config=config,
            dtype=number if number == "auto" else getattr(torch, number),
            # Straight to its place: the weights may fit there and not into the memory beside it.
            device_map={"": self._device},
            use_safetensors=True,
            output_loading_info=True,
        )
        sizes = {name: weight.numel() for name, weight in model.named_parameters()}
        missing = sum(sizes.get(name, 0) for name in info["missing_keys"]) / sum(sizes.values())
        if missing > _MAX_MISSING:
            raise ValueError(f"{missing:.0%} of its weights are missing")
        return model.eval()

    def _unavailable(self, reason: str) -> ModelUnavailable:
        return ModelUnavailable(
            f"The local model {self.name!r} cannot be loaded ({reason}): expected the folder or "
            "the id of an image-text-to-text checkpoint in safetensors."
        )

    def _too_late(self, text: str = "") -> Unreachable:
        return Unreachable(
            f"The local model {self.name!r} gave no complete answer in time: send fewer comments "
            "at once, use a GPU, or use the offline extractor.",
            raw_replies=(text,) if text else (),
        )


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


def _processor(base: str, options: Mapping[str, object]) -> Any:
    from transformers import AutoProcessor, ProcessorMixin

    processors: Any = AutoProcessor  # not annotated over there
    # The Pillow variant of image processors: torchvision is not installed.
    processor = processors.from_pretrained(base, backend="pil", trust_remote_code=False, **options)
    if not isinstance(processor, ProcessorMixin):
        raise ValueError("it has no processor for pictures")
    if not processor.chat_template:
        raise ValueError("it has no chat template")
    return processor


def _without_system(messages: Sequence[Message]) -> list[Message]:
    system = tuple(part for m in messages if m.role == "system" for part in m.parts)
    first, *rest = [m for m in messages if m.role != "system"]
    return [Message(first.role, (*system, *first.parts)), *rest]


@contextmanager
def _stopping_at(deadline: float, model: Any) -> Iterator[None]:
    """Ends a prompt that takes too long to read; between new tokens `max_time` looks itself."""
    from torch import is_tensor
    from torch.nn import ModuleList

    def look(_: object, inputs: tuple[object, ...]) -> None:
        reads = inputs and is_tensor(inputs[0]) and inputs[0].dim() > 1 and inputs[0].shape[1] > 1
        if reads and time.monotonic() >= deadline:
            raise TimeoutError

    layers = [layer for m in model.modules() if isinstance(m, ModuleList) for layer in m]
    hooks = [layer.register_forward_pre_hook(look) for layer in layers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _has_ended(new: "Tensor", end: int | list[int] | None) -> bool:
    ends = {end} if isinstance(end, int) else set(end or ())
    return len(new) > 0 and int(new[-1]) in ends


def _is_out_of_memory(error: BaseException) -> bool:
    import torch

    said = str(error).casefold()
    return (
        isinstance(error, torch.OutOfMemoryError | MemoryError)
        or "out of memory" in said
        or "not enough memory" in said
        or "can't allocate memory" in said
    )


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
