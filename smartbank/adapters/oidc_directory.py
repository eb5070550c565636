"""The pages of an OpenID Connect provider, as its metadata name them."""

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx2

from smartbank.core.hosts import is_loopback
from smartbank.core.provider_identity import ProviderSettings

KEPT_S: Final = 3_600.0
KEPT_AFTER_FAILURE_S: Final = 60.0
"""A provider that does not answer is not asked by every visitor."""
WITHIN_S: Final = 3.0
MAX_BYTES: Final = 256 * 1024


class OidcDirectory:
    """Asks for the metadata once an hour.

    Parameters
    ----------
    transport, clock
        For tests: what answers, and seconds that only grow.
    """

    def __init__(
        self,
        provider: ProviderSettings,
        *,
        transport: httpx2.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider = provider
        self._transport = transport
        self._clock = clock
        self._lock = Lock()
        self._kept: str | None = None
        self._until = float("-inf")

    def sign_out_address(self) -> str | None:
        with self._lock:
            if self._clock() >= self._until:
                metadata = self._metadata()
                self._kept = self._address(metadata.get("end_session_endpoint"))
                self._until = self._clock() + (KEPT_S if metadata else KEPT_AFTER_FAILURE_S)
            return self._kept

    def _metadata(self) -> Mapping[str, Any]:
        try:
            with httpx2.Client(transport=self._transport, timeout=WITHIN_S, follow_redirects=False) as client:
                answer = client.get(self._provider.metadata_url, headers={"Accept": "application/json"})
            found = answer.json() if answer.is_success and len(answer.content) <= MAX_BYTES else {}
        except (httpx2.HTTPError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _address(self, endpoint: object) -> str | None:
        """Return the endpoint with what it has to know: who asks, and where to lead back to."""
        if not isinstance(endpoint, str):
            return None
        parts, here = urlsplit(endpoint), urlsplit(self._provider.redirect_url)
        if not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))):
            return None
        said = {
            "client_id": self._provider.client_id,
            "post_logout_redirect_uri": f"{here.scheme}://{here.netloc}/",
        }
        return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *said.items()]), fragment=""))
