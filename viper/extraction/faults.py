"""What a server's error response means: wait and repeat, ask in another form, or give up."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from viper.errors import LanguageModelError, Refused
from viper.extraction.reply import clean

if TYPE_CHECKING:
    import openai

_TEMPORARY = frozenset({408, 409, 425, 429})
_REJECTED = frozenset({400, 413, 415, 422})
_MAX_SHOWN = 160
_ECHO = 24
"""So many characters in a row that were sent are an echo, and show what is nobody's business."""


class Rejected(LanguageModelError):
    """The server does not take this form of the request; another form may work."""

    def __init__(self, message: str, *, status: int, said: str) -> None:
        """Keeps what the server said, in lower case, for who looks for the form it takes."""
        super().__init__(message)
        self._status, self._said = status, said.casefold()

    @property
    def is_too_long(self) -> bool:
        """Whether less text or fewer pictures may fit."""
        return self._status == 413 or _TOO_LONG.search(self._said) is not None

    @property
    def is_about_pictures(self) -> bool:
        """Whether the model cannot see."""
        return _BLIND.search(self._said) is not None

    def names(self, parameter: str) -> bool:
        """Whether that parameter is what the server does not take."""
        return re.search(rf"\b{parameter}\b", self._said) is not None


# As OpenAI, vLLM (three wordings), llama.cpp, text-generation-inference and SGLang put it.
_TOO_LONG = re.compile(
    r"context.{0,12}(length|size|window)|max_model_len|longer than the maximum model length"
    r"|input tokens? exceed|too many (input )?tokens|prompt is too long|max_tokens must be at least"
    r"|`?inputs`? (tokens|must have less than)"
)
_BLIND = re.compile(r"\bimages?\b|image_url|multi-?modal|mmproj|\bvision\b")


def raise_if_final(error: "openai.APIStatusError", body: Mapping[str, Any], *, host: str) -> None:
    """Raises what no repetition of the request will mend; returns if one may.

    Args:
        error: The response.
        body: What was sent; its texts are never repeated in a message.
        host: Whose response it is, for messages.

    Raises:
        Rejected: The server does not take this form of request.
        Refused: A content filter stopped the request.
        LanguageModelError: The key, the account, the model or the address is wrong.
    """
    said, status, code = _said(error), error.status_code, str(error.code or "")
    is_shown = said and not _is_echo(said, body)
    shown = f"{status}: {said[:_MAX_SHOWN]}" if is_shown else str(status)
    if "content_filter" in code or "content_filter" in said:
        raise Refused(
            f"A content filter at {host!r} stopped the request: choose another model."
        ) from error
    rejected = Rejected(
        f"The language model at {host!r} rejected the request ({shown}): check VIPER_LLM_MODEL.",
        status=status,
        said=f"{code} {_type(error)} {said}",
    )
    # Some servers answer 500 to what they will never take.
    if status in _REJECTED or (
        status >= 500 and (rejected.is_too_long or rejected.is_about_pictures)
    ):
        raise rejected from error
    if status in (401, 403):
        raise LanguageModelError(
            f"The language model at {host!r} does not accept the key ({status}): check "
            "OPENAI_API_KEY."
        ) from error
    if status == 402 or code == "insufficient_quota":
        raise LanguageModelError(f"The account at {host!r} has no quota left: check it.") from error
    if status not in _TEMPORARY and status < 500:
        raise LanguageModelError(
            f"The language model at {host!r} answered {shown}: check VIPER_LLM_MODEL and "
            "OPENAI_BASE_URL."
        ) from error


def _said(error: "openai.APIStatusError") -> str:
    """The server's own words in one line; none if it is a page for browsers."""
    found = _parts(error.body, "message", "error", "detail")
    said = clean(found if found is not None else error.message)[:1_000]
    return "" if said.startswith("<") else said


def _is_echo(said: str, body: Mapping[str, Any]) -> bool:
    sent = "\n".join(_texts(body["messages"]))
    return any(said[i : i + _ECHO] in sent for i in range(len(said) - _ECHO + 1))


def _type(error: "openai.APIStatusError") -> str:
    return str(_parts(error.body, "type") or "")


def _parts(body: object, *names: str) -> str | None:
    """The text under the first of these names, however the server wraps its errors."""
    if isinstance(body, str):
        return body
    if isinstance(body, list):
        # As FastAPI words it: one entry for each field it objects to.
        return "; ".join(filter(None, (_parts(entry, "msg") for entry in body))) or None
    if not isinstance(body, Mapping):
        return None
    return next((text for name in names if (text := _parts(body.get(name), *names))), None)


def _texts(messages: Any) -> Iterator[str]:
    for content in (message["content"] for message in messages):
        if isinstance(content, str):
            yield content
        else:
            yield from (part["text"] for part in content if part["type"] == "text")


def retry_after(error: "openai.APIStatusError") -> float | None:
    """Seconds the server asks to wait, from a number or a date; None if it does not."""
    value = error.response.headers.get("retry-after")
    if value is None:
        return _estimated(error)
    try:
        return _seconds(float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return _seconds((moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _estimated(error: "openai.APIStatusError") -> float | None:
    """Seconds until a model is loaded, as Hugging Face announces them beside the error."""
    try:
        found = error.response.json()["estimated_time"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return _seconds(float(found)) if isinstance(found, int | float) else None


def _seconds(value: float) -> float:
    """A pause that can be made; what is no number asks for none."""
    return min(max(0.0, value), 1e6) if value == value else 0.0
