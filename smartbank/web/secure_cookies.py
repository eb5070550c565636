"""Middleware that keeps every cookie off unencrypted connections, Streamlit's own among them."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartbank.core.session_cookies import is_for_https_alone


class SecureCookies:
    """ASGI middleware that makes cookies Secure, but over plain http on this computer, where browsers differ."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and complete the cookies of its answer."""

        async def send_securely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [(name, _secured(name, value)) for name, value in message["headers"]]}
            await send(message)

        secure = scope["type"] == "http" and is_for_https_alone(scope["scheme"], Headers(scope=scope).get("host", ""))
        await self.app(scope, receive, send_securely if secure else send)


def _secured(name: bytes, value: bytes) -> bytes:
    if name.lower() != b"set-cookie":
        return value
    attributes = [attribute.strip().lower() for attribute in value.split(b";")[1:]]
    return value if b"secure" in attributes else value + b"; Secure"
