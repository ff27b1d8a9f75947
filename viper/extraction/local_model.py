"""A vision-language model in this process, through transformers: no server, no key.

Nothing here can enforce a schema, so it is the lowest rung: the prompt asks for JSON, the answer
is validated, one repair round follows. Decoding is greedy: the same comments give the same answer.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from viper.errors import CutOff, LanguageModelError, ModelUnavailable, Unreachable
from viper.extraction import Message, Reply, Structure
from viper.extraction.prompts import Prompts
from viper.extraction.structured import Answer, structured

if TYPE_CHECKING:
    from torch import Tensor

MAX_REPLY_TOKENS = 2_000


@dataclass(frozen=True)
class _Loaded:
    model: Any
    processor: Any
    window: int
    """Tokens of prompt and answer together."""


class LocalModel:
    """Implements `LanguageModel` for a checkpoint of the image-text-to-text kind."""

    kind = "local"

    def __init__(
        self,
        name: str,
        *,
        device: str = "cpu",
        dtype: str = "auto",
        prompts: Prompts | None = None,
        max_reply_tokens: int = MAX_REPLY_TOKENS,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            name: Folder of the checkpoint, or its id at the hub.
            device: Where it runs, as torch names it.
            dtype: `auto` (as stored), `float32`, `bfloat16` or `float16`.
            prompts: Where the repair prompt lies.
            max_reply_tokens: A longer answer is cut off.
        """
        self.name = name
        self._device = device
        self._dtype = dtype
        self._prompts = prompts or Prompts()
        self._max_reply_tokens = max_reply_tokens
        self._loaded: _Loaded | None = None
        # One picture of the weights and one answer at a time; memory does not hold two.
        self._lock = threading.Lock()

    def reply(
        self,
        messages: Sequence[Message],
        *,
        schema: type[Structure],
        context: Mapping[str, object],
        deadline: float,
    ) -> Reply[Structure]:
        """As the port `LanguageModel` says; loading the weights counts against the deadline.

        Raises:
            ModelUnavailable: There is no such checkpoint, or not one of this kind.
        """

        def ask(conversation: Sequence[Message]) -> Answer:
            with self._lock:
                return self._answer(conversation, deadline)

        return structured(ask, messages, schema=schema, context=context, prompts=self._prompts)

    def _answer(self, messages: Sequence[Message], deadline: float) -> Answer:
        import torch

        loaded = self._loaded = self._loaded or self._load()
        inputs = self._inputs(loaded, messages)
        prompt = int(inputs["input_ids"].shape[1])
        room = min(self._max_reply_tokens, loaded.window - prompt)
        if room <= 0:
            raise CutOff(
                f"The comments need {prompt} tokens and {self.name!r} takes {loaded.window}: send "
                "fewer at once, or choose another model."
            )
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            raise self._too_late()
        try:
            with torch.inference_mode():
                out = loaded.model.generate(
                    **inputs, do_sample=False, max_new_tokens=room, max_time=seconds
                )
        except (RuntimeError, ValueError, IndexError) as error:
            raise LanguageModelError(
                f"The local model {self.name!r} failed on the comments ({_brief(error)}): choose "
                "another model, or use the offline extractor."
            ) from error
        new: Tensor = out[0, prompt:]
        text = str(loaded.processor.tokenizer.decode(new, skip_special_tokens=True))
        if not _is_complete(new, loaded.model.generation_config.eos_token_id):
            if time.monotonic() >= deadline:
                raise self._too_late(text)
            raise CutOff(
                f"The answer of {self.name!r} was cut off at {room} tokens: send fewer comments "
                "at once, or choose another model.",
                raw_replies=(text,),
            )
        return Answer(text=text, tokens=prompt + len(new))

    def _inputs(self, loaded: _Loaded, messages: Sequence[Message]) -> Any:
        conversation = [
            {"role": message.role, "content": [_part(part) for part in message.parts]}
            for message in messages
        ]
        try:
            # Sanitized: "<image>" or an end-of-turn token in a comment is only text.
            inputs = loaded.processor.apply_chat_template(
                conversation,
                add_generation_prompt=True,
                tokenize=True,
                return_dict=True,
                return_tensors="pt",
                sanitize_control_tokens=True,
            )
        except (ValueError, TypeError, KeyError) as error:
            raise LanguageModelError(
                f"The local model {self.name!r} cannot be asked ({_brief(error)}): choose one "
                "with a chat template for pictures."
            ) from error
        return inputs.to(self._device, dtype=loaded.model.dtype)

    def _load(self) -> _Loaded:
        import torch
        from transformers import AutoModelForImageTextToText, AutoProcessor

        processors: Any = AutoProcessor  # not annotated over there
        dtype = "auto" if self._dtype == "auto" else getattr(torch, self._dtype)
        try:
            # The Pillow variant of image processors: torchvision is not installed.
            processor = processors.from_pretrained(self.name, backend="pil")
            model: Any = AutoModelForImageTextToText.from_pretrained(
                self.name, dtype=dtype, use_safetensors=True
            )
            model = model.to(self._device).eval()
        except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
            raise ModelUnavailable(
                f"The local model {self.name!r} cannot be loaded ({_brief(error)}): expected the "
                "folder or the id of an image-text-to-text checkpoint in safetensors."
            ) from error
        text_config = model.config.get_text_config()
        return _Loaded(model, processor, int(text_config.max_position_embeddings))

    def _too_late(self, text: str = "") -> Unreachable:
        return Unreachable(
            f"The local model {self.name!r} gave no complete answer in time: send fewer comments "
            "at once, use a GPU, or use the offline extractor.",
            raw_replies=(text,) if text else (),
        )


def _part(part: object) -> dict[str, object]:
    return (
        {"type": "text", "text": part}
        if isinstance(part, str)
        else {"type": "image", "image": part}
    )


def _is_complete(new: "Tensor", end: int | list[int] | None) -> bool:
    ends = {end} if isinstance(end, int) else set(end or ())
    return len(new) > 0 and int(new[-1]) in ends


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
