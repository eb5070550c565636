"""The publishers of market figures on loopback: recorded shapes, the figures of autumn 2026, and traps by name.

In a test, or for a process the test starts::

    with MarketServer() as publishers:
        settings = Settings(**publishers.settings())            # in this process
        started = Started(folder, **publishers.variables())     # SMARTBANK_ECB_URL ... for another one
        publishers.play("ecb euribor", "503", "503")            # the next two answers, then the figures again
        publishers.play("ine cpi", "frozen", forever=True)      # until publishers.calm()
        assert publishers.asked["ecb euribor"] == 3

Services: `SERVICES`; with `"all"` every one plays a trap. Traps: 503, 429 (`Retry-After: 1`), 429 later (an hour), 403,
404, html, large (3 MB), gzip (without its header), time-out, empty, frozen (ends with 2025), unknown flag, another base
(all values times 0.9), another series (the past differs), missing cell (the newest value), unpinned, jump.
By hand: `python -m tests.market_server` prints the variables and serves until Ctrl-C.
"""

import contextlib
import gzip
import json
import sys
import threading
from collections import Counter, defaultdict, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.market_shapes import FIGURES, SHAPES

BPSTAT_EURIBOR, BPSTAT_CPI, BPSTAT_EMPLOYMENT, BPSTAT_CONFIDENCE = 13168436, 90000001, 90000002, 90000003
"""The first is BPstat's own number, the others are made up."""
PATHS = {
    "/ecb/data/FM/M.U2.EUR.RT.MM.EURIBOR3MD_.HSTA": "ecb euribor",
    "/ecb/data/HICP/M.PT.N.000000.4D0.ANR": "ecb hicp",
    "/ine/pindica.jsp": "ine cpi",
    "/eurostat/data/lfsi_emp_q": "eurostat employment",
    "/eurostat/data/ei_bsco_m": "eurostat confidence",
    "/eurostat/data/prc_hicp_minr": "eurostat hicp",
    "/bpstat/series/": "bpstat about",
    f"/bpstat/domains/22/datasets/d{BPSTAT_EURIBOR}/": "bpstat euribor",
    f"/bpstat/domains/22/datasets/d{BPSTAT_CPI}/": "bpstat cpi",
    f"/bpstat/domains/22/datasets/d{BPSTAT_EMPLOYMENT}/": "bpstat employment",
    f"/bpstat/domains/22/datasets/d{BPSTAT_CONFIDENCE}/": "bpstat confidence",
    "/bundesbank/download/BBIG1/D.D0.EUR.MMKT.EURIBOR.M03.BID._Z": "bundesbank euribor",
}
SERVICES = tuple(PATHS.values())
STATUSES = {"503": 503, "429": 429, "429 later": 429, "403": 403, "404": 404}
RETRY_AFTER = {"429": "1", "429 later": "3600"}


class MarketServer:
    """All publishers on one port of 127.0.0.1; `asked` counts the questions each service was asked."""

    def __init__(self, port=0):
        self.asked = Counter()
        self.questions = []
        self._playing = defaultdict(deque)
        self._forever = {}
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        handler = type("Handler", (_Handler,), {"publishers": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._http.daemon_threads = True
        self._http.block_on_close = False
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Go away: from now on a connection is refused."""
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(10)

    @property
    def address(self):
        return f"http://127.0.0.1:{self._http.server_port}"

    def settings(self):
        """Return the addresses for `Settings`, and made-up numbers of series at BPstat."""
        named = {f"{name}_url": f"{self.address}/{name}" for name in ("ecb", "ine", "eurostat", "bpstat", "bundesbank")}
        numbers = {"cpi": BPSTAT_CPI, "employment": BPSTAT_EMPLOYMENT, "confidence": BPSTAT_CONFIDENCE}
        return named | {f"bpstat_{name}_id": number for name, number in numbers.items()} | {"market_online": True}

    def variables(self):
        """Return the same as variables of another process."""
        return {f"SMARTBANK_{name.upper()}": str(value).lower() for name, value in self.settings().items()}

    def play(self, service, *traps, forever=False):
        """Let the next answers of a service be traps, or all of them from now on the one that is named."""
        with self._lock:
            for name in SERVICES if service == "all" else [service]:
                if forever:
                    (self._forever[name],) = traps
                else:
                    self._playing[name].extend(traps)

    def calm(self):
        """Play no traps any more."""
        with self._lock:
            self._playing.clear()
            self._forever.clear()

    def heard(self, service, handler):
        """Count a question and return the trap its answer plays, if any."""
        with self._lock:
            self.asked[service] += 1
            self.questions.append((service, handler.path, dict(handler.headers)))
            waiting = self._playing[service]
            return waiting.popleft() if waiting else self._forever.get(service, "")


class _Handler(BaseHTTPRequestHandler):
    publishers = None

    def do_GET(self):
        asked = urlsplit(self.path)
        service = PATHS.get(asked.path)
        if service is None:
            self._answer(404, b"", "text/plain")
            return
        trap = self.publishers.heard(service, self)
        if trap == "time-out":
            self.publishers.stopping.wait(60)
            self.close_connection = True
        elif trap in STATUSES:
            again = {"Retry-After": RETRY_AFTER[trap]} if trap in RETRY_AFTER else {}
            self._answer(STATUSES[trap], b"", "text/plain", again)
        elif trap == "html":
            self._answer(200, b"<!doctype html><title>Maintenance</title>", "text/html; charset=utf-8")
        else:
            self._figures(service, trap, {name: each[0] for name, each in parse_qs(asked.query).items()})

    def _figures(self, service, trap, asked):
        if service == "bpstat about":
            body, kind = json.dumps(_about(int(asked["series_ids"]))).encode(), "application/json"
        else:
            body, kind = SHAPES[service](FIGURES[service](), trap, asked)
        if trap == "large":
            body += b" " * 3_000_000
        if trap == "gzip":
            body = gzip.compress(body)
        self._answer(200, body, kind)

    def _answer(self, status, body, kind, more=()):
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | dict(more)).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_):
        pass


def _about(number):
    labels = {
        BPSTAT_EURIBOR: "Euribor 3 months - Monthly average",
        BPSTAT_CPI: "Consumer price index - Portugal - Year-on-year rate of change",
        BPSTAT_EMPLOYMENT: "Employed population - Portugal - Total",
        BPSTAT_CONFIDENCE: "Consumer confidence indicator - Portugal",
    }
    return [{"id": number, "label": labels[number], "dataset_id": f"d{number}", "domain_ids": [22]}]


if __name__ == "__main__":
    with MarketServer(*map(int, sys.argv[1:])) as by_hand:
        sys.stdout.write("\n".join(f"{name}={value}" for name, value in by_hand.variables().items()) + "\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
