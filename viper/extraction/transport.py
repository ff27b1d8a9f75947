"""One request to a chat-completions server that ends: retries, waits and bytes are bounded."""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from viper.errors import BadInput, Unreachable
from viper.extraction.faults import raise_if_final, retry_after
from viper.extraction.reply import clean

if TYPE_CHECKING:
    import openai

MAX_REPLY_BYTES = 4_000_000


class Transport:
    """Posts to one server. Safe to share between threads: every request has its own client."""

    def __init__(
        self, *, base_url: str, api_key: str | None, attempts: int = 4, backoff_s: float = 0.5
    ) -> None:
        """Nothing is sent yet.

        Args:
            base_url: Up to and including `/v1`.
            api_key: None for servers that want none.
            attempts: Requests in all where the server is temporarily unable.
            backoff_s: First pause; it doubles. A server's `Retry-After` goes before.

        Raises:
            BadInput: The address or the key cannot be sent.
        """
        host = _host(base_url)
        if api_key is not None and not (api_key.isascii() and api_key.isprintable()):
            raise BadInput("OPENAI_API_KEY holds characters that no key has: copy it again.")
        self.host = host
        self._base_url = base_url
        self._api_key = api_key or "none"
        self._attempts = attempts
        self._backoff_s = backoff_s

    def post(self, body: Mapping[str, Any], *, deadline: float) -> bytes:
        """The body of a successful response.

        Args:
            body: Arguments of `chat.completions.create`.
            deadline: Instant on `time.monotonic()`; holds even if bytes drip in for ever.

        Raises:
            Rejected: The server does not take this form of request (400, 413, 415, 422).
            Refused: A content filter stopped the request.
            Unreachable: No answer in time, or temporary faults on every attempt.
            LanguageModelError: The key or the model is wrong, or the reply is far too long.
        """
        import openai

        for attempt in range(self._attempts):
            try:
                return self._post_once(body, deadline)
            except openai.APIStatusError as error:
                raise_if_final(error, body, host=self.host)
                problem, pause = f"answered {error.status_code}", retry_after(error)
            except openai.APIConnectionError as error:
                cause = error.__cause__ or error
                problem, pause = f"cannot be reached ({clean(str(cause))[:80]})", None
            pause = self._backoff_s * 2**attempt if pause is None else pause
            if attempt + 1 < self._attempts:
                if time.monotonic() + pause >= deadline:
                    problem += f" and asks for a pause of {pause:.0f} s"
                    break
                time.sleep(pause)
        raise Unreachable(
            f"The language model at {self.host!r} {problem}: try again later and check "
            "OPENAI_BASE_URL."
        )

    def _post_once(self, body: Mapping[str, Any], deadline: float) -> bytes:
        import httpx2
        import openai

        seconds = deadline - time.monotonic()
        if seconds <= 0:
            raise self._too_late()
        client = openai.OpenAI(
            api_key=self._api_key, base_url=self._base_url, timeout=seconds, max_retries=0
        )
        # Closing the client under a request that is too late may fail in any of these ways.
        expected = (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, OSError, ValueError)
        try:
            return _within(seconds, lambda: _read(client, body), (*expected, RuntimeError))
        except (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException):
            raise self._too_late() from None
        except openai.APIError:
            raise
        except expected as error:
            raise Unreachable(
                f"The language model at {self.host!r} broke off its answer "
                f"({clean(str(error))[:80]}): try again."
            ) from error
        finally:
            client.close()

    def _too_late(self) -> Unreachable:
        return Unreachable(
            f"The language model at {self.host!r} gave no complete answer in time: try again later."
        )


def _host(base_url: str) -> str:
    """Name and port for messages, without any password in the address."""
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    else:
        host = host if parts.scheme in ("http", "https") else None
    if not host:
        raise BadInput(
            f"OPENAI_BASE_URL is {base_url!r}: expected an address such as "
            "'http://localhost:8000/v1'."
        )
    return f"{host}:{port}" if port else host


def _read(client: "openai.OpenAI", body: Mapping[str, Any]) -> bytes:
    """The whole response body; raises ValueError if it is too long to be an answer."""
    received = bytearray()
    with client.chat.completions.with_streaming_response.create(**body) as response:
        for chunk in response.iter_bytes():
            received += chunk
            if len(received) > MAX_REPLY_BYTES:
                raise ValueError(f"more than {MAX_REPLY_BYTES} bytes")
    return bytes(received)


def _within(
    seconds: float, work: Callable[[], bytes], expected: tuple[type[Exception], ...]
) -> bytes:
    """What `work` returns or raises, or TimeoutError.

    Socket time-outs start anew with every byte, so the work runs on a thread that can be left
    behind; its caller closes the connection, which ends it. A daemon: it never delays an exit.
    """
    outcome: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put(work())
        except expected as error:
            outcome.put(error)

    threading.Thread(target=run, name="language-model", daemon=True).start()
    try:
        result = outcome.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result
