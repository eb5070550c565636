"""One prediction over HTTP beside `mlflow models serve`: `python -m benchmarks.beside_mlflow`.

All answer on this computer, one request at a time on one connection, in turns. mlflow serves trees of the same number
and depth in one worker, once with propensities alone and once with SHAP values. It checks no token,
keeps nothing and says no sentence. SmartBank answers twice, each time with a token checked and reasons in words: a
score of which nothing is kept either, and a prediction of somebody new, with customer, prediction and audit entry on
disk before the answer.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx2

from benchmarks._peers import PeerMissingError, peer_python
from benchmarks._ports import free_port, is_ready
from benchmarks._processes import spent_by
from benchmarks._rows import Row, compared, left_out, report
from benchmarks._uci import UCI, not_here
from benchmarks.one_prediction import LEAD, bearer, measured, started

SERVED: Final = {"alone": "mlflow models serve, no reasons", "explained": "mlflow models serve, SHAP values"}
GOAL: Final = 1.0
"""SmartBank is to be ahead of both."""
_TURNS: Final = 5
_WITHIN_S: Final = 180.0
_ASKED: Final[dict[str, Any]] = {
    "age": 45,
    "job": "admin.",
    "marital": "married",
    "education": "university.degree",
    "default": "no",
    "contact": "cellular",
    "attempt": 1,
    "previous": 0,
    "poutcome": "nonexistent",
    "days_since_contact": 999,
}


def main() -> None:
    """Report a row for each way mlflow serves, or one that says why there is none."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=UCI, help="bank-additional-full.csv")
    parser.add_argument("--requests", type=int, default=300, help="requests of each kind")
    parser.add_argument("--made-only", action="store_true", help="only an environment that is made already")
    asked = parser.parse_args()
    what = "a prediction over HTTP beside mlflow"
    if not asked.data.is_file():
        report([not_here(what, asked.data)])
        return
    try:
        python = peer_python("mlflow", make=not asked.made_only)
        report(rows_beside(python, asked.data, requests=asked.requests))
    except (PeerMissingError, RuntimeError) as exc:
        report([left_out(what, str(exc), goal=f"at least {GOAL:g} x")])


def rows_beside(python: Path, data: Path, *, requests: int) -> list[Row]:
    """Return a row for each way mlflow serves. Raises `RuntimeError` where a server does not start."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        (folder / "asked").mkdir()
        spent_by([sys.executable, "-m", "benchmarks._same_leads", str(data), str(folder / "asked"), "1000", "--theirs"])
        spent_by([str(python), "-m", "benchmarks.peers.mlflow", name])
        asks: dict[str, Callable[[int], Any]] = {}
        for kind in SERVED:
            asks[kind] = asking(running.enter_context(served(python, folder / kind)))
        http, key = running.enter_context(started(folder))
        headers = bearer(http, key)
        turn = 0
        asks["kept nothing of"] = lambda _place: http.post("/v1/scores", json=LEAD, headers=headers)
        asks["stored"] = lambda place: http.post(
            "/v1/predictions", json=LEAD | {"customer_id": f"B-{turn}-{place}"}, headers=headers
        )
        took: dict[str, list[float]] = {kind: [] for kind in asks}
        for turn in range(_TURNS):  # noqa: B007  the customers of a turn are new ones
            for kind, ask in asks.items():
                took[kind] += measured(ask, max(1, requests // _TURNS))
    half = {kind: statistics.median(each) for kind, each in took.items()}
    return [
        compared(
            f"{what} beside {words}",
            f"{half[ours]:.1f} ms, with reasons, {ours}",
            beside=f"{half[kind]:.1f} ms, kept nothing of",
            ratio=half[kind] / half[ours],
            at_least=GOAL,
        )
        for ours, what in {"kept nothing of": "a score", "stored": "a prediction"}.items()
        for kind, words in SERVED.items()
    ]


def asking(http: httpx2.Client) -> Callable[[int], Any]:
    """Return what asks mlflow for one lead."""
    return lambda place: http.post("/invocations", json={"dataframe_records": [_ASKED | {"age": 20 + place % 60}]})


@contextmanager
def served(python: Path, model: Path) -> Generator[httpx2.Client]:
    """Yield a client of a model that mlflow serves. Raises `RuntimeError` where it does not start."""
    port, tools = free_port(), python.parent
    command = [str(tools / "mlflow"), "models", "serve", "-m", str(model), "-p", str(port), "--workers", "1"]
    variables = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with (model.parent / f"{model.name}.log").open("w+") as log:
        process = subprocess.Popen(  # noqa: S603
            [*command, "--env-manager", "local"],
            env=os.environ | variables,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
                if not is_ready(http, "/ping", process, within_s=_WITHIN_S):
                    raise RuntimeError("mlflow models serve did not start")
                yield http
        finally:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(process.pid, 15)
            process.wait(30)


if __name__ == "__main__":
    main()
