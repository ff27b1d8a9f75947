"""A language-model server on loopback that plays a script, and pictures that are known."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

Play = Callable[["Turn"], None]


class Turn(BaseHTTPRequestHandler):
    """One request; plays the next step of the script, the last one again and again."""

    protocol_version = "HTTP/1.1"
    server: "Stage"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.request_json: dict[str, Any] = json.loads(body)
        with self.server.lock:
            step = min(len(self.server.requests), len(self.server.script) - 1)
            self.server.requests.append(self.request_json)
            self.server.request_headers.append(dict(self.headers))
        self.server.script[step](self)

    def send(self, status: int, body: str, **headers: str) -> None:
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


class Stage(ThreadingHTTPServer):
    """A chat-completions server that plays a script, one step per request."""

    daemon_threads = True

    def __init__(self, *script: Play) -> None:
        super().__init__(("127.0.0.1", 0), Turn)
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self.request_headers: list[dict[str, str]] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that give up are part of the play."""


def says(content: str | None, *, finish: str = "stop", refusal: str | None = None) -> Play:
    """A completion with that text."""
    completion = {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": content, "refusal": refusal},
            }
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 11, "total_tokens": 111},
    }
    return lambda turn: turn.send(200, json.dumps(completion))


def taste(*attributes: Mapping[str, object]) -> str:
    """A valid answer."""
    return json.dumps({"attributes": list(attributes)})


def item(attribute: str, stance: str = "like", **more: object) -> dict[str, object]:
    """One attribute of an answer, about comment 0 and its teal unless told otherwise."""
    base = {"facet": None, "strength": 0.7, "comment": 0, "quote": "teal"}
    return {"attribute": attribute, "stance": stance, **base, **more}


def fails(status: int, message: str = "no", *, code: str | None = None, **headers: str) -> Play:
    """An error as OpenAI words it."""
    body = {"error": {"message": message, "type": "x", "param": None, "code": code}}
    return lambda turn: turn.send(status, json.dumps(body), **headers)


def sleeps(seconds: float) -> Play:
    """Accepts the request and then says nothing."""
    return lambda turn: time.sleep(seconds)


def drips(seconds: float, *, headers: bool) -> Play:
    """Sends one byte every few milliseconds, in the headers or in the body."""

    def play(turn: Turn) -> None:
        if headers:
            turn.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        else:
            turn.send_response(200)
            turn.send_header("Content-Length", "100000")
            turn.end_headers()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            turn.wfile.write(b" ")
            turn.wfile.flush()
            time.sleep(0.02)

    return play


class Known:
    """Pictures whose attributes are given."""

    def __init__(
        self,
        attributes: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
        pictures: Mapping[str, Image.Image] | None = None,
    ) -> None:
        self._attributes = attributes or {}
        self._pictures = pictures or {}

    def known_attributes(self, image: str | None) -> Mapping[str, tuple[str, ...]]:
        return self._attributes.get(image or "", {})

    def open(self, image: str | None) -> Image.Image | None:
        return self._pictures.get(image or "")
