"""The wire format of chat completions: messages out, one answer in."""

import base64
import io
from collections.abc import Sequence
from typing import Any

from PIL import Image
from pydantic import BaseModel, Field, ValidationError

from viper.errors import CutOff, LanguageModelError, Refused
from viper.extraction import Message
from viper.extraction.structured import Answer
from viper.preference import first_problem


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    total_tokens: int | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


def answer_in(body: bytes, *, host: str) -> Answer:
    """The answer in a response body.

    Raises:
        Refused: The model declined, or a content filter stopped it.
        CutOff: The answer ended at the token limit.
        LanguageModelError: The body is not a chat completion.
    """
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError as error:
        raise LanguageModelError(
            f"{host!r} answered something that is no chat completion ({first_problem(error)}): "
            "check OPENAI_BASE_URL.",
            raw_replies=(body[:4_000].decode(errors="replace"),),
        ) from error
    choice = completion.choices[0]
    text = choice.message.content or ""
    raw = (text,) if text else ()
    if choice.message.refusal:
        raise Refused(
            f"The language model declined to read the comments ({choice.message.refusal[:120]!r}).",
            raw_replies=(choice.message.refusal,),
        )
    if choice.finish_reason == "content_filter":
        raise Refused(f"A content filter at {host!r} stopped the answer.", raw_replies=raw)
    if choice.finish_reason == "length":
        raise CutOff(
            "The language model's answer was cut off at its token limit: send fewer comments at "
            "once, or choose a model with a longer answer.",
            raw_replies=raw,
        )
    return Answer(text=text, tokens=completion.usage.total_tokens if completion.usage else None)


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
