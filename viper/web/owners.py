"""Who is asking: a browser by its signed cookie, a program by its session, or an account.

The cookie is HttpOnly, so no script reads it; it comes with every event and every picture, from
the first page on; and because it is signed with a secret that is kept, it outlives the server.
Gradio's own browser storage would not do: it hands its secret to the page.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Literal

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from viper.errors import BadInput
from viper.store import new_id

COOKIE = "viper_owner"
_DAYS = 400  # the longest that browsers keep a cookie
_FRAMED = ".hf.space"


class Owners:
    """Tells people apart."""

    def __init__(self, secret: str, *, auth: Literal["none", "huggingface"] = "none") -> None:
        """Signs with `secret`; whoever knows it can be anybody."""
        self._key = secret.encode()
        self.by_account = auth == "huggingface"

    def issue(self) -> str:
        """A cookie for somebody new."""
        return self.sign(f"b-{new_id()}")

    def sign(self, owner: str) -> str:
        """The cookie of that owner."""
        return f"{owner}.{self._mac('cookie', owner)}"

    def read(self, cookie: str | None) -> str | None:
        """Whose cookie it is; None if there is none, or if we did not sign it."""
        owner, _, mac = (cookie or "").rpartition(".")
        genuine = hmac.compare_digest(mac.encode(), self._mac("cookie", owner).encode())
        return owner if owner and genuine else None

    def of(self, connection: HTTPConnection) -> str | None:
        """Who asks for this address; None for somebody who is not known."""
        if self.by_account:
            return _account(connection.scope.get("session", {}))
        return self.read(connection.cookies.get(COOKIE))

    def of_event(self, connection: HTTPConnection, session: str | None) -> str:
        """Who does something in the page, or calls the API.

        A caller without a cookie is one of its own for as long as its session lasts.

        Raises:
            BadInput: Accounts are asked for, and nobody is signed in.
        """
        owner = self.of(connection)
        if owner is not None:
            return owner
        if self.by_account:
            raise BadInput("Please sign in with Hugging Face first: the button is at the top.")
        return f"s-{self._mac('session', session or new_id())}"

    def _mac(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def _account(session: Mapping[str, Any]) -> str | None:
    subject = session.get("oauth_info", {}).get("userinfo", {}).get("sub")
    return f"hf-{subject}" if subject else None


class OwnerCookie:
    """Gives a browser that opens the page its cookie, and renews one that it has.

    Only the page does: what loads beside it would otherwise race for the first cookie.
    """

    def __init__(self, app: ASGIApp, owners: Owners) -> None:
        self._app, self._owners = app, owners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI says."""
        root = scope.get("root_path", "").rstrip("/")
        if scope["type"] != "http" or scope["path"].rstrip("/") not in {root, ""}:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        known = self._owners.read(connection.cookies.get(COOKIE))
        cookie = self._owners.sign(known) if known else self._owners.issue()
        line = (
            f"{COOKIE}={cookie}; Path=/; Max-Age={_DAYS * 86_400}; HttpOnly; {_reach(connection)}"
        )

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", line)
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _reach(connection: HTTPConnection) -> str:
    """Where the cookie is sent: to this site only, or inside one frame of the Hub's pages."""
    scheme = connection.headers.get("x-forwarded-proto", connection.url.scheme)
    if scheme != "https":
        return "SameSite=Lax"
    if connection.headers.get("host", "").endswith(_FRAMED):
        # Partitioned: another site that frames or calls the app gets another owner.
        return "SameSite=None; Secure; Partitioned"
    return "SameSite=Lax; Secure"
