"""One way to ask a publisher: short time-outs, three tries, and only CSV or JSON of fair size is taken."""

import random
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from smartbank.adapters.market.points import refusal

USER_AGENT: Final = "Mozilla/5.0 (compatible; SmartBank)"
"""BPstat answers 403 to anything that does not begin like a browser."""
CONNECT_S: Final = 3.0
READ_S: Final = 10.0
WHOLE_ANSWER_S: Final = 30.0
"""A body that still drips in after this long is given up."""
TRIES: Final = 3
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 60.0
"""For a longer pause nobody waits here: the publisher is left alone until it is over."""
LONGEST_PAUSE_S: Final = 86_400.0
"""The longest one that is believed: a day."""
MAX_BYTES: Final = 2 * 2**20
MAX_REDIRECTS: Final = 3
_GZIP_BEGINS: Final = b"\x1f\x8b"
_GZIP: Final = 16 + zlib.MAX_WBITS
_MOST_MEMBERS: Final = 64
"""Gzip may come in several members, one after the other."""
_NOT_GZIP: Final = "sent an answer that cannot be decompressed."
_TOO_LARGE: Final = "sent more than 2 MB: a whole table instead of one series."


class _TryAgainError(Exception):
    """The publisher may answer in a moment; `wait_s` is what it asked for."""

    def __init__(self, why: str, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class MarketClient:
    """Asks publishers for CSV or JSON.

    Parameters
    ----------
    transport : httpx2.BaseTransport, optional
        For tests that answer themselves.
    sleep, clock, now, jitter
        Injected so that no test sleeps: pauses, seconds for deadlines, the moment for `Retry-After`, a share in [0, 1).
    """

    def __init__(
        self,
        *,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        jitter: Callable[[], float] = random.random,
        timeout: httpx2.Timeout | None = None,
    ) -> None:
        self._transport = transport
        self._sleep = sleep
        self._clock = clock
        self._now = now
        self._jitter = jitter
        self._timeout = timeout or httpx2.Timeout(READ_S, connect=CONNECT_S)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made once: reading all certificates takes a tenth of a second."""
        return httpx2.create_ssl_context()

    def pause(self, seconds: float) -> None:
        """Leave a publisher alone for a moment."""
        self._sleep(seconds)

    def fetch(self, url: str, params: Mapping[str, str], *, who: str) -> bytes:
        """Return the body of an answer, decompressed.

        Raises
        ------
        MarketSourceError
            No believable answer in three tries; says what happened, in the name of `who`.
        """
        tries = Retrying(
            stop=stop_after_attempt(TRIES),
            wait=self._wait_s,
            retry=retry_if_exception_type(_TryAgainError),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return tries(self._ask, url, params, who)
        except _TryAgainError as exc:
            raise refusal(who, f"{exc} ({TRIES} tries).") from exc
        except (httpx2.HTTPError, httpx2.InvalidURL) as exc:
            raise refusal(who, "cannot be asked: its answer breaks the rules of the web.") from exc

    def _wait_s(self, state: RetryCallState) -> float:
        failed = state.outcome.exception() if state.outcome else None
        asked = failed.wait_s if isinstance(failed, _TryAgainError) else 0.0
        backoff = FIRST_WAIT_S * 2.0 ** (state.attempt_number - 1)
        return max(asked, backoff * (1 + self._jitter()))

    def _ask(self, url: str, params: Mapping[str, str], who: str) -> bytes:
        jar = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
        try:
            with httpx2.Client(
                transport=self._transport, verify=self._tls, timeout=self._timeout, headers=headers, cookies=jar
            ) as client:
                return self._follow(client, client.build_request("GET", url, params=params), who)
        except httpx2.TimeoutException as exc:
            raise _TryAgainError("did not answer in time") from exc
        except httpx2.TransportError as exc:
            raise _TryAgainError("cannot be reached") from exc

    def _follow(self, client: httpx2.Client, request: httpx2.Request, who: str) -> bytes:
        for _ in range(MAX_REDIRECTS + 1):
            response = client.send(request, stream=True)
            try:
                if response.next_request is None:
                    self._require_figures(response, who)
                    return self._body(response, who)
                asked, sent_to = request.url, response.next_request.url
                if (asked.scheme, asked.host, asked.port) != (sent_to.scheme, sent_to.host, sent_to.port):
                    raise refusal(who, "sends the question to another address, which is not followed.")
                request = response.next_request
            finally:
                response.close()
        raise refusal(who, "sends the question around in a circle.")

    def _require_figures(self, response: httpx2.Response, who: str) -> None:
        status = response.status_code
        if status == httpx2.codes.TOO_MANY_REQUESTS or status >= 500:
            wait_s = self._asked_to_wait_s(response.headers.get("Retry-After", ""))
            if wait_s > LONGEST_WAIT_S:
                wait_s = min(wait_s, LONGEST_PAUSE_S)
                raise refusal(
                    who, f"answered {status} and asks to be left alone for {wait_s:.0f} seconds.", wait_s=wait_s
                )
            raise _TryAgainError(f"answered {status}", wait_s)
        if status != httpx2.codes.OK:
            raise refusal(who, _REFUSALS.get(status, f"answered {status} instead of figures."))
        kind = response.headers.get("Content-Type", "").lower().split(";")[0]
        if "csv" not in kind and "json" not in kind:
            raise refusal(who, f"sent {_KINDS.get(kind.strip(), 'something')} instead of figures in CSV or JSON.")
        if response.headers.get("Content-Encoding", "").lower() not in ("", "identity", "gzip", "x-gzip"):
            raise refusal(who, "sent its answer compressed in a way that was not asked for.")

    def _asked_to_wait_s(self, header: str) -> float:
        """Return the seconds a `Retry-After` names, as a number or as a date; 0 if it names none."""
        if header.strip().isdecimal():
            return float(header)
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return 0.0
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - self._now()).total_seconds())

    def _body(self, response: httpx2.Response, who: str) -> bytes:
        until = self._clock() + WHOLE_ANSWER_S
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                raise refusal(who, _TOO_LARGE)
            if self._clock() > until:
                raise _TryAgainError("did not answer in time")
        return _unzipped(bytes(body), who)


def _unzipped(body: bytes, who: str) -> bytes:
    """Return a body as it was before gzip; what it begins with decides, since the header may be missing."""
    if not body.startswith(_GZIP_BEGINS):
        return body
    plain, rest = b"", body
    for _ in range(_MOST_MEMBERS):
        unzip = zlib.decompressobj(_GZIP)
        try:
            plain += unzip.decompress(rest, MAX_BYTES + 1 - len(plain))
        except zlib.error as exc:
            raise refusal(who, _NOT_GZIP) from exc
        if len(plain) > MAX_BYTES:
            raise refusal(who, _TOO_LARGE)
        if not unzip.eof:
            raise refusal(who, "sent only a part of its answer.")
        rest = unzip.unused_data.lstrip(b"\0")
        if not rest:
            return plain
    raise refusal(who, _NOT_GZIP)


_REFUSALS: Final = {
    403: "refuses to answer SmartBank (403).",
    404: "does not know the series any more (404).",
    413: "finds the question too large (413).",
    414: "finds the question too long (414).",
}
_KINDS: Final = {"text/html": "a web page", "application/xml": "XML", "text/xml": "XML"}
