"""A vision-language checkpoint in this process: loaded once, asked by one at a time.

    messages ──► chat template, pictures ──► tokens ──► greedy continuation ──► Written

Whatever goes wrong, memory and time included, ends in one sentence.
"""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from viper.errors import CutOff, LanguageModelError, Unreachable
from viper.extraction import Message
from viper.extraction.loading import Loaded, brief, is_out_of_memory, load

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Written:
    """What a checkpoint wrote."""

    text: str
    tokens: int
    """Of prompt and answer together."""
    output_tokens: int
    """Of the answer."""
    limit: int | None
    """How many tokens the answer was cut off at; None if it ended by itself."""


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
        self._loaded: Loaded | None = None
        # One picture of the weights and one answer at a time; memory does not hold two.
        self._lock = threading.Lock()

    def load(self) -> None:
        """Loads the weights now; otherwise the first answer waits for them.

        Raises:
            ModelUnavailable: There is no such checkpoint, it is not one of this kind, or there is
                no room for it.
        """
        with self._lock:
            self._ready()

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
            loaded = self._ready()
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
        return Written(
            text,
            tokens=prompt + len(new),
            output_tokens=len(new),
            limit=None if ended else room,
        )

    def _ready(self) -> Loaded:
        self._loaded = self._loaded or load(
            self.name, device=self._device, dtype=self._dtype, **self._processing
        )
        return self._loaded

    def _generate(
        self, loaded: Loaded, inputs: Any, options: Mapping[str, object], deadline: float
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
            if is_out_of_memory(error):
                raise CutOff(
                    f"The comments and their pictures need more memory than {self._device} has "
                    f"beside {self.name!r}: send fewer at once, set VIPER_DTYPE=bf16, or choose a "
                    "smaller model."
                ) from error
            raise LanguageModelError(
                f"The local model {self.name!r} failed on the comments ({brief(error)}): choose "
                "another model."
            ) from error
        return out

    def _inputs(self, loaded: Loaded, messages: Sequence[Message]) -> Any:
        from jinja2 import TemplateError

        try:
            try:
                return self._templated(loaded, messages)
            except TemplateError:
                # Some templates know no system turn; what it says may open the first question.
                return self._templated(loaded, _without_system(messages))
        except (TemplateError, ValueError, TypeError, KeyError, RuntimeError) as error:
            raise LanguageModelError(
                f"The local model {self.name!r} cannot be asked ({brief(error)}): choose one "
                "with a chat template for pictures."
            ) from error

    def _templated(self, loaded: Loaded, messages: Sequence[Message]) -> Any:
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

    def _too_late(self, text: str = "") -> Unreachable:
        return Unreachable(
            f"The local model {self.name!r} gave no complete answer in time: send fewer comments "
            "at once, or use a GPU.",
            raw_replies=(text,) if text else (),
        )


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
