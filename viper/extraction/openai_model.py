"""A language model behind an OpenAI-compatible server, hosted or local.

    messages ──► rung of the ladder ──► one bounded request ──► Answer ──► structured()
                   json_schema ► json_object ► prompted JSON ► prompted JSON without pictures

Servers differ: some reject a schema (next rung), some silently ignore it (every answer is validated
anyway, see structured.py). The rung that worked is remembered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from viper.extraction import Message, Reply, Structure
from viper.extraction.completion import answer_in, wire
from viper.extraction.prompts import Prompts
from viper.extraction.structured import Answer, structured
from viper.extraction.transport import Rejected, Transport

DEFAULT_BASE_URL = "https://api.openai.com/v1"
BLIND = "The language model cannot see pictures, so it went by the words alone."
_WISHES = {"temperature": 0, "max_tokens": 4_000}
"""Sent unless the server rejects one of them by name; newer hosted models know neither."""


@dataclass(frozen=True)
class Rung:
    """One way to ask for JSON."""

    response_format: str | None
    pictures: bool = True


LADDER = (Rung("json_schema"), Rung("json_object"), Rung(None), Rung(None, pictures=False))


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
        """
        self.name = name
        self._transport = Transport(
            base_url=base_url or DEFAULT_BASE_URL,
            api_key=api_key,
            attempts=attempts,
            backoff_s=backoff_s,
        )
        self._prompts = prompts or Prompts()
        # What this server turned out to take; a lost update between threads costs one request.
        self._rung = 0
        self._wishes: Mapping[str, Any] = dict(_WISHES)

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
            rung, body = self._climb(conversation, schema.model_json_schema(), deadline)
            has_pictures = any(not isinstance(p, str) for m in conversation for p in m.parts)
            blind = blind or (has_pictures and not rung.pictures)
            return answer_in(body, host=self._transport.host)

        found = structured(ask, messages, schema=schema, context=context, prompts=self._prompts)
        return Reply(
            value=found.value,
            raw_replies=found.raw_replies,
            tokens=found.tokens,
            warnings=(BLIND,) if blind else (),
        )

    def _climb(
        self, messages: Sequence[Message], schema: dict[str, Any], deadline: float
    ) -> tuple[Rung, bytes]:
        """The first rung the server takes, from the one that worked last, and its response."""
        index, wishes = self._rung, self._wishes
        while True:
            rung = LADDER[index]
            body: dict[str, Any] = {
                "model": self.name,
                "messages": wire(messages, pictures=rung.pictures),
                **wishes,
                **_response_format(rung, schema),
            }
            try:
                response = self._transport.post(body, deadline=deadline)
            except Rejected as error:
                unwanted = [wish for wish in wishes if wish in str(error)]
                if unwanted:
                    wishes = {k: v for k, v in wishes.items() if k not in unwanted}
                elif index + 1 < len(LADDER):
                    index += 1
                else:
                    raise
            else:
                self._rung, self._wishes = index, wishes
                return rung, response


def _response_format(rung: Rung, schema: dict[str, Any]) -> dict[str, Any]:
    if rung.response_format == "json_schema":
        named = {"name": schema["title"], "schema": schema, "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": named}}
    if rung.response_format == "json_object":
        return {"response_format": {"type": "json_object"}}
    return {}
