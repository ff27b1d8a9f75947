"""A language model behind an OpenAI-compatible server, hosted or local.

    messages ──► form ──► one bounded request ──► Answer ──► structured()
                  ▲ rejected: another parameter, json_schema ► json_object ► prompted JSON,
                  └─          without pictures, or in smaller parts (CutOff)

Servers differ: some reject a schema, some silently ignore it (every answer is validated anyway,
see structured.py), some name what they do not take. The form that worked is remembered.
docs/servers.md tells which server does what.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, Self

from viper.errors import CutOff, LanguageModelError, ModelUnavailable
from viper.extraction import Message, Reply, Structure
from viper.extraction.completion import answer_in, wire
from viper.extraction.faults import Rejected
from viper.extraction.prompts import Prompts
from viper.extraction.structured import Answer, structured
from viper.extraction.transport import Transport

DEFAULT_BASE_URL = "https://api.openai.com/v1"
_NEEDS_A_KEY = frozenset({"api.openai.com"})
BLIND = "The language model cannot see pictures, so it went by the words alone."
_WISHES = {"temperature": 0, "max_tokens": 4_000}
"""Sent unless the server rejects one of them by name; newer hosted models know neither."""
_RENAMED = {"max_tokens": "max_completion_tokens"}
_FORMATS = ("json_schema", "json_object", None)
"""Ways to ask for JSON, the strictest first; None leaves it to the prompt."""


@dataclass(frozen=True)
class Form:
    """One way to put a request."""

    format: str | None = "json_schema"
    pictures: bool = True
    wishes: Mapping[str, Any] = field(default_factory=lambda: dict(_WISHES))

    def after(self, error: Rejected, *, has_pictures: bool) -> "Form | None":
        """The form to try next, or None if there is none left; never one that was tried."""
        if error.is_too_long:
            # The answer that was wished for may be what does not fit.
            fewer = {k: v for k, v in self.wishes.items() if not k.startswith("max_")}
            return replace(self, wishes=fewer) if fewer != self.wishes else None
        if named := [wish for wish in self.wishes if error.names(wish)]:
            return replace(self, wishes=dict(self._without(named[0], error)))
        place = _FORMATS.index(self.format) + 1
        blind = replace(self, pictures=False) if has_pictures and self.pictures else None
        if blind and (error.is_about_pictures or place == len(_FORMATS)):
            return blind
        return replace(self, format=_FORMATS[place]) if place < len(_FORMATS) else None

    def _without(self, wish: str, error: Rejected) -> Iterator[tuple[str, Any]]:
        for name, value in self.wishes.items():
            if name != wish:
                yield name, value
            elif name in _RENAMED and error.names(_RENAMED[name]):
                yield _RENAMED[name], value


class OpenAIModel:
    """Implements `LanguageModel` over HTTP."""

    kind = "openai"

    def __init__(
        self,
        name: str,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        prompts: Prompts | None = None,
        attempts: int = 4,
        backoff_s: float = 0.5,
    ) -> None:
        """Nothing is sent or imported yet.

        Args:
            name: The model, as its server calls it.
            api_key: None for servers that want none.
            base_url: Up to and including `/v1`; None is OpenAI's own.
            prompts: Where the repair prompt lies.
            attempts: Requests in all where the server is temporarily unable.
            backoff_s: First pause between them; it doubles.

        Raises:
            BadInput: The address or the key cannot be sent.
            ModelUnavailable: The server is known to answer nobody without a key.
        """
        self.name = name
        self._transport = Transport(
            base_url=base_url or DEFAULT_BASE_URL,
            api_key=api_key,
            attempts=attempts,
            backoff_s=backoff_s,
        )
        if api_key is None and self._transport.host in _NEEDS_A_KEY:
            raise ModelUnavailable(
                f"OPENAI_API_KEY is not set, and {name!r} at {self._transport.host!r} needs it: "
                "set it, or OPENAI_BASE_URL for a server of your own."
            )
        self._prompts = prompts or Prompts()
        # What this server turned out to take; a lost update between threads costs one request.
        self._form = Form()

    def seeded(self, seed: int) -> Self:
        """The same model, asked to choose its words at random from this seed, if it knows seeds."""
        other = copy(self)
        other._form = replace(self._form, wishes={**self._form.wishes, "seed": seed})
        return other

    def reply(
        self,
        messages: Sequence[Message],
        *,
        schema: type[Structure],
        context: Mapping[str, object],
        deadline: float,
    ) -> Reply[Structure]:
        """As the port `LanguageModel` says."""
        blind = False

        def ask(conversation: Sequence[Message]) -> Answer:
            nonlocal blind
            form, body = self._post(conversation, schema.model_json_schema(), deadline)
            blind = blind or (_has_pictures(conversation) and not form.pictures)
            return answer_in(body, host=self._transport.host)

        found = structured(ask, messages, schema=schema, context=context, prompts=self._prompts)
        return replace(found, warnings=(BLIND,) if blind else ())

    def _post(
        self, messages: Sequence[Message], schema: dict[str, Any], deadline: float
    ) -> tuple[Form, bytes]:
        """The first form the server takes, from the one that worked last, and its response."""
        form = self._form
        while True:
            body = {
                "model": self.name,
                "messages": wire(messages, pictures=form.pictures),
                **form.wishes,
                **_response_format(form, schema),
            }
            try:
                response = self._transport.post(body, deadline=deadline)
            except Rejected as error:
                next_form = form.after(error, has_pictures=_has_pictures(messages))
                if next_form is None and error.is_too_long:
                    raise CutOff(
                        "What was sent does not fit into the context of the language model at "
                        f"{self._transport.host!r}: give it a longer context."
                    ) from error
                if next_form is None:
                    raise
                form = next_form
            else:
                self._form = form
                return form, response


class MissingModel:
    """Implements `LanguageModel` where there is none to ask: it says so to whoever asks."""

    kind = "openai"

    def __init__(self, name: str, why: ModelUnavailable) -> None:
        self.name = name
        self._why = why

    def seeded(self, seed: int) -> Self:
        """The same."""
        return self

    def reply(
        self,
        messages: Sequence[Message],
        *,
        schema: type[Structure],
        context: Mapping[str, object],
        deadline: float,
    ) -> Reply[Structure]:
        """Never returns.

        Raises:
            LanguageModelError: Always.
        """
        raise LanguageModelError(str(self._why)) from self._why


def _has_pictures(messages: Sequence[Message]) -> bool:
    return any(not isinstance(part, str) for message in messages for part in message.parts)


def _response_format(form: Form, schema: dict[str, Any]) -> dict[str, Any]:
    if form.format == "json_schema":
        named = {"name": schema["title"], "schema": schema, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": named}}
    return {"response_format": {"type": form.format}} if form.format else {}
