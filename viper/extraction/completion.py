"""The wire format of chat completions: messages out, one answer in."""

import base64
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from PIL import Image
from pydantic import BaseModel, Field, ValidationError, field_validator

from viper.errors import CutOff, LanguageModelError, Refused
from viper.extraction import Message
from viper.extraction.structured import Answer

_MAX_TOKENS = 10**9
"""No server counts further; what claims to is no count."""


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    """Where servers with a reasoning parser put what a model thought, by mistake the answer too."""
    reasoning: str | None = None

    @field_validator("content", mode="before")
    @classmethod
    def _joined(cls, content: object) -> object:
        """Some servers answer with a list of parts, as messages to them may be written."""
        if not isinstance(content, list):
            return content
        texts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(text for text in texts if isinstance(text, str))


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: Any = None


class _Piece(BaseModel):
    delta: _Message = _Message()
    finish_reason: str | None = None


class _Chunk(BaseModel):
    choices: list[_Piece] = []
    usage: Any = None


def answer_in(body: bytes, *, host: str) -> Answer:
    """The answer in a response body, whole or as a stream of events.

    Raises:
        Refused: The model declined, or a content filter stopped it.
        CutOff: The answer ended at the token limit.
        LanguageModelError: The body is not a chat completion.
    """
    try:
        completion = _completion(body)
    except ValidationError as error:
        # Without the details: they would show what the server wrote, whatever it is.
        raise LanguageModelError(
            f"{host!r} answered something that is no chat completion: check OPENAI_BASE_URL.",
            raw_replies=(body[:4_000].decode(errors="replace"),),
        ) from error
    choice = completion.choices[0]
    said = choice.message
    text = said.content or said.reasoning_content or said.reasoning or ""
    raw = (text,) if text else ()
    if said.refusal:
        raise Refused(
            "The language model declined to answer: try again, or choose another model.",
            raw_replies=(said.refusal,),
        )
    if choice.finish_reason == "content_filter":
        raise Refused(
            f"A content filter at {host!r} stopped the answer: choose another model.",
            raw_replies=raw,
        )
    if choice.finish_reason == "length":
        raise CutOff(
            "The language model's answer was cut off at its token limit: send less at once, or "
            "choose a model with a longer answer.",
            raw_replies=raw,
        )
    read, written = _count(completion.usage, "prompt"), _count(completion.usage, "completion")
    return Answer(
        text=text,
        tokens=None if read is None else read + (written or 0),
        output_tokens=None if read is None else written,
    )


def wire(messages: Sequence[Message], *, pictures: bool) -> list[dict[str, Any]]:
    """Messages as the protocol wants them; plain strings where there is only text.

    Args:
        messages: The conversation.
        pictures: False leaves the pictures out, for models that cannot see.
    """
    return [
        {
            "role": m.role,
            "content": _content([p for p in m.parts if pictures or isinstance(p, str)]),
        }
        for m in messages
    ]


def _content(parts: Sequence[str | Image.Image]) -> str | list[dict[str, Any]]:
    if all(isinstance(part, str) for part in parts):
        return "\n\n".join(str(part) for part in parts)
    return [
        {"type": "text", "text": part}
        if isinstance(part, str)
        else {"type": "image_url", "image_url": {"url": _data_url(part)}}
        for part in parts
    ]


def _data_url(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, format="JPEG", quality=90)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


def _completion(body: bytes) -> _Completion:
    """What the body holds, put together if it is a stream of events.

    Nobody asks for a stream; there are servers that know nothing else.

    Raises:
        ValidationError: It holds no completion, or one that breaks off.
    """
    if not body.lstrip().startswith((b"data:", b"event:", b":")):
        return _Completion.model_validate_json(body)
    chunks = list(_chunks(body))
    choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
    finish = [choice.finish_reason for choice in choices if choice.finish_reason]
    message = {
        field: "".join(getattr(choice.delta, field) or "" for choice in choices)
        for field in _Message.model_fields
    }
    whole = [{"message": message, "finish_reason": finish[-1]}] if finish else []
    usages = [chunk.usage for chunk in chunks if chunk.usage]
    return _Completion.model_validate({"choices": whole, "usage": usages[-1] if usages else None})


def _chunks(body: bytes) -> Iterator[_Chunk]:
    for line in body.decode(errors="replace").splitlines():
        # What is no chunk, such as the closing "[DONE]", says nothing.
        with suppress(ValidationError):
            if line.startswith("data:"):
                yield _Chunk.model_validate_json(line.removeprefix("data:"))


def _count(usage: object, kind: str) -> int | None:
    count = usage.get(f"{kind}_tokens") if isinstance(usage, dict) else None
    return count if type(count) is int and 0 <= count <= _MAX_TOKENS else None
