"""Limits the web server itself keeps, before a request reaches any middleware."""

from typing import Any, Final

from smartbank.config import Settings

MAX_HEAD_BYTES: Final = 32 * 1024
"""Of the first line and the headers together; a browser full of cookies sends some 8 KB."""
MAX_SOCKET_MESSAGE_BYTES: Final = 8 * 2**20
"""Unpacked. A browser sends the state of its widgets, some KB; files come another way."""
KEEP_ALIVE_S: Final = 30
"""Longer than the proxy keeps an idle connection, so that it never sends a request into a closing one."""
SHUTDOWN_GRACE_S: Final = 5


def server_limits(settings: Settings) -> dict[str, Any]:
    """Return the arguments of `uvicorn.Config` that hold these limits, and log no addresses."""
    return {
        "http": "h11",  # the other one knows no limit of the head
        "h11_max_incomplete_event_size": MAX_HEAD_BYTES,
        "ws": "websockets-sansio",
        "ws_max_size": MAX_SOCKET_MESSAGE_BYTES,
        "limit_concurrency": settings.max_connections,
        "timeout_keep_alive": KEEP_ALIVE_S,
        "timeout_graceful_shutdown": SHUTDOWN_GRACE_S,
        "access_log": False,
        "log_config": None,  # its lines go where ours go
        "log_level": "warning",
        "server_header": False,
    }
