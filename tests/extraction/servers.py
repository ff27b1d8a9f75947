"""How model servers differ behind one protocol: their errors, answers and objections.

Each `Server` is a part for the stage of stage.py: `good` objects to what that server does not take
and answers in its shape; `error` words an error as it does. The shapes are those of their sources
and documentation, shortened to what a client can notice.
"""

import json
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.extraction.stage import Play, Turn, item, taste

GOOD = taste(item("teal", quote="love the teal", strength=0.9))
Request = Mapping[str, Any]


@dataclass(frozen=True)
class Server:
    """One kind of server."""

    name: str
    wrapped: Callable[[int, str, str], Any]
    """Status, message and code as the body of an error."""
    objection: Callable[[Request], tuple[int, str] | None] = lambda request: None
    """Status and message for a request that it does not take."""
    message: Callable[[str | None], dict[str, Any]] = lambda text: {"content": text}
    usage: Mapping[str, int] | None = field(
        default_factory=lambda: {"prompt_tokens": 100, "completion_tokens": 11, "total_tokens": 111}
    )
    streams: bool = False
    decorated: str = "{}"
    """What a model that nobody holds to the schema writes around its JSON."""

    def error(self, status: int, message: str, *, code: str = "", **headers: str) -> Play:
        """That error."""
        body = json.dumps(self.wrapped(status, message, code))
        return lambda turn: turn.send(status, body, **headers)

    def says(self, text: str | None, *, finish: str = "stop", **message: object) -> Play:
        """That text as an answer, if the request is one that it takes."""

        def play(turn: Turn) -> None:
            if (objection := self.objection(turn.request_json)) is not None:
                self.error(*objection)(turn)
            else:
                self._send(turn, {**self.message(text), **message}, finish)

        return play

    @property
    def good(self) -> Play:
        """A useful answer."""
        return self.says(self.decorated.replace("{}", GOOD))

    def _send(self, turn: Turn, message: Mapping[str, Any], finish: str) -> None:
        common = {"id": "c1", "created": 0, "model": turn.request_json["model"]}
        if self.streams:
            turn.send(200, "".join(_events(common, message, finish)))
            return
        choice = {
            "index": 0,
            "message": {"role": "assistant", **message},
            "logprobs": None,
            "finish_reason": finish,
        }
        usage = {"usage": self.usage} if self.usage else {}
        turn.send(
            200, json.dumps({**common, "object": "chat.completion", "choices": [choice], **usage})
        )


def _events(common: Request, message: Request, finish: str) -> Iterator[str]:
    text = message["content"] or ""
    pieces = [text[i : i + 7] for i in range(0, len(text), 7)]
    deltas = [{"role": "assistant"}, *({"content": piece} for piece in pieces), {}]
    for number, delta in enumerate(deltas):
        ended = finish if number + 1 == len(deltas) else None
        choice = {"index": 0, "delta": delta, "finish_reason": ended}
        chunk = {**common, "object": "chat.completion.chunk", "choices": [choice]}
        yield f"data: {json.dumps(chunk)}\n\n"
    yield "data: [DONE]\n\n"


def has_picture(request: Request) -> bool:
    """Whether there is something to see in a request."""
    contents = (m["content"] for m in request["messages"])
    return any(p["type"] == "image_url" for c in contents if not isinstance(c, str) for p in c)


def asked_format(request: Request) -> str | None:
    """How a request asks for JSON."""
    return request["response_format"]["type"] if "response_format" in request else None


def _reasoning_model(request: Request) -> tuple[int, str] | None:
    if "max_tokens" in request:
        return 400, (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead."
        )
    if request.get("temperature", 1) != 1:
        return 400, (
            "Unsupported value: 'temperature' does not support 0 with this model. Only the default "
            "(1) value is supported."
        )
    return _strict(request)


def _strict(request: Request) -> tuple[int, str] | None:
    schema = request["response_format"]["json_schema"]
    for part in (schema["schema"], *schema["schema"]["$defs"].values()):
        if part["additionalProperties"] or set(part["required"]) != set(part["properties"]):
            return 400, "Invalid schema for response_format 'Taste': 'required' is incomplete."
    return None


def _known_fields_only(request: Request) -> tuple[int, str] | None:
    known = {"model", "messages", "temperature", "max_tokens", "response_format", "stream"}
    unknown = ", ".join(sorted(set(request) - known))
    return (400, f"Extra inputs are not permitted: {unknown}") if unknown else None


def _no_projector(request: Request) -> tuple[int, str] | None:
    if has_picture(request):
        return 500, (
            "image input is not supported - hint: if this is unexpected, you may need to provide "
            "the mmproj"
        )
    return None


def _unexpected_fields(request: Request) -> tuple[int, str] | None:
    known = {"model", "messages", "temperature", "max_tokens", "response_format", "stream"}
    unknown = set(request) - known
    return (422, f"Unexpected fields in the request: {unknown}") if unknown else None


def _no_schema(request: Request) -> tuple[int, str] | None:
    if asked_format(request) == "json_schema":
        return 422, "response_format: json_schema is not supported by this provider"
    return None


OPENAI = Server(
    "openai",
    wrapped=lambda status, message, code: {
        "error": {
            "message": message,
            "type": "invalid_request_error",
            "param": None,
            "code": code or None,
        }
    },
    objection=_reasoning_model,
    message=lambda text: {"content": text, "refusal": None, "annotations": []},
)
VLLM = Server(
    "vllm",
    wrapped=lambda status, message, code: {
        "error": {"message": message, "type": "BadRequestError", "param": None, "code": status}
    },
    objection=_known_fields_only,
    message=lambda text: {
        "content": text,
        "refusal": None,
        "reasoning_content": "They love the teal {so it seems}.",
        "tool_calls": [],
    },
)
OLLAMA = Server(
    "ollama",
    wrapped=lambda status, message, code: {
        "error": {"message": message, "type": "api_error", "param": None, "code": None}
    },
    decorated="Here is the taste:\n```json\n{}\n```\nLet me know!",
)
LLAMA_CPP = Server(
    "llama.cpp",
    wrapped=lambda status, message, code: {
        "error": {"code": status, "message": message, "type": code or "server_error"}
    },
    objection=_no_projector,
)
TRANSFORMERS = Server(
    "transformers",
    wrapped=lambda status, message, code: {"detail": message},
    objection=_unexpected_fields,
    usage=None,
    streams=True,
    decorated="<think>teal? {teal}</think> {}",
)
HUGGING_FACE = Server(
    "hugging face",
    wrapped=lambda status, message, code: {"error": message},
    objection=_no_schema,
)
SERVERS = (OPENAI, VLLM, OLLAMA, LLAMA_CPP, TRANSFORMERS, HUGGING_FACE)


def breaks_off(turn: Turn) -> None:
    """Half a body, and then the connection is reset."""
    turn.send_response(200)
    turn.send_header("Content-Length", "1000")
    turn.end_headers()
    turn.wfile.write(b'{"choices": [')
    turn.wfile.flush()
    # Without lingering, closing is a reset.
    turn.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    turn.close_connection = True


def page(status: int) -> Play:
    """What a proxy in front of a server says."""
    text = f"<html><head><title>{status}</title></head><body>nginx</body></html>"
    return lambda turn: turn.send(status, text)


def bytes_of(text: str) -> Play:
    """Anything as a response."""
    return lambda turn: turn.send(200, text)


def loads_first(seconds: float, then: Play) -> Play:
    """A model that has to come from the disk."""

    def play(turn: Turn) -> None:
        time.sleep(seconds)
        then(turn)

    return play


def room_for(server: Server, characters: int, message: str, *, status: int = 400) -> Play:
    """A server whose context holds so many characters of messages and wished-for tokens.

    It answers with one attribute for each comment it is asked about.
    """

    def play(turn: Turn) -> None:
        request = turn.request_json
        text = json.dumps(request["messages"])
        if len(text) + 4 * request.get("max_tokens", 0) > characters:
            server.error(status, message, code="context_length_exceeded")(turn)
            return
        asked = json.dumps(request["messages"][1]).split("Comment ")[1:]
        numbers = [int(part.split(".")[0]) for part in asked]
        server.says(taste(*(item("teal", comment=n) for n in numbers)))(turn)

    return play
