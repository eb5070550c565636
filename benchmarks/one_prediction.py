"""What one prediction with reasons costs over HTTP, beside the same server answering a constant.

`python -m benchmarks.one_prediction`. The API runs alone in a process of its own on the embedded database, on one
connection, one request at a time. The constant is `/api/health`. A prediction is asked for with a token and has
reasons, twice: like the constant it keeps nothing, or it is stored, and customer, prediction and audit entry are
written before it is answered. What these three writes cost by the driver alone, one after the other, shows where the
floor lies.
The kinds take turns in rounds, so that a computer that is busy for a while is busy for all of them.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx2

from benchmarks._ports import free_port, is_ready
from benchmarks._rows import Row, compared, middle_and_late, report
from smartbank import bootstrap
from smartbank.adapters.mongo import MongoDatabase
from smartbank.adapters.mongo.schema import INDEXES
from smartbank.bootstrap import Services
from smartbank.bootstrap.databases import connect
from smartbank.config import Settings
from smartbank.core.people import COMMAND_LINE, Right, Role
from smartbank.services.programs import add_key, add_program

ROOT: Final = Path(__file__).resolve().parents[1]
LEAD: Final = {
    "personal_info": {"age": 45, "job": "admin", "marital": "married", "education": "university.degree"},
    "financial_info": {"default": False, "housing": True, "loan": False},
    "macro_info": {"euribor3m": 1.2, "cpi": 93.994, "emp_var_rate": -1.8},
}
GOAL: Final = 3.0
_HAVE_A_GOAL: Final = ("a score of which nothing is kept", "a prediction of somebody new")
_WITHIN_S: Final = 60.0
_WARM_UP: Final = 20
_ROUNDS: Final = 3


def main() -> None:
    """Report milliseconds of the median and of 95 of 100, and how many times the constant's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=500, help="requests of each kind")
    number = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder, _started(Path(folder)) as (http, key, database):
        headers = bearer(http, key)
        somebody_new = (f"B-{number}" for number in itertools.count(1))

        def predict(customer_id: str) -> httpx2.Response:
            return http.post("/v1/predictions", json=LEAD | {"customer_id": customer_id}, headers=headers)

        predict("B-0").raise_for_status()
        kinds: dict[str, Callable[[int], Any]] = {
            "a constant": lambda _place: http.get("/health"),
            "the three writes, by the driver alone": _writes_of(database, "B-0"),
            "the model card, with a token": lambda _place: http.get("/v1/model-card", headers=headers),
            "a score of which nothing is kept": lambda _place: http.post("/v1/scores", json=LEAD, headers=headers),
            "a prediction of somebody new": lambda _place: predict(next(somebody_new)),
            "a prediction of the same again": lambda _place: predict("B-0"),
        }
        took: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(_ROUNDS):
            for name, ask in kinds.items():
                took[name] += measured(ask, max(1, number // _ROUNDS))
    report(rows_of(took))


def rows_of(took: dict[str, list[float]]) -> list[Row]:
    """Return median and 95 of 100 of each kind, beside the median of the constant."""
    floor, _ = middle_and_late(took.pop("a constant"))
    beside, found = f"a constant: {floor:.2f} ms", []
    for name, each in took.items():
        middle, late = middle_and_late(each)
        goal = GOAL if name in _HAVE_A_GOAL else None
        measured = f"p50 {middle:.2f} ms, p95 {late:.2f} ms"
        found.append(compared(name, measured, beside=beside, ratio=middle / floor, at_most=goal))
    return found


def _writes_of(database: MongoDatabase, customer_id: str) -> Callable[[int], Any]:
    """Return what writes again, as durably, the three documents of a customer's first prediction, into copies.

    The copies of the collections have the same indexes.
    """
    documents = {
        "customers": database["customers"].find_one({"_id": customer_id}),
        "predictions": database["predictions"].find_one({"customer_id": customer_id}),
        "audit_log": database["audit_log"].find_one(sort=[("_id", -1)]),
    }
    copies = {name: database[f"copy_of_{name}"] for name in documents}
    for name, copy in copies.items():
        if INDEXES[name]:
            copy.create_indexes(list(INDEXES[name]))
    places = itertools.count(1)

    def write(_place: int) -> httpx2.Response:
        place = next(places)
        for name, document in documents.items():
            copies[name].insert_one({**(document or {}), "_id": place, "run_id": f"copy-{place}"})
        return httpx2.Response(200)

    return write


def measured(ask: Callable[[int], Any], number: int) -> list[float]:
    """Return milliseconds of each request, after some that warm up; every one has to be answered well."""
    took = []
    for place in range(number + _WARM_UP):
        begun = time.perf_counter()
        answer = ask(place)
        took.append((time.perf_counter() - begun) * 1e3)
        if answer.status_code != 200:
            raise SystemExit(f"{answer.status_code}: {answer.text}")
    return took[_WARM_UP:]


def bearer(http: httpx2.Client, key: str) -> dict[str, str]:
    """Return the headers that show a token, which the key of the program is exchanged for."""
    asked = http.post("/v1/token", data={"grant_type": "client_credentials"}, auth=("bench", key))
    return {"Authorization": f"Bearer {asked.json()['access_token']}"}


@contextmanager
def started(folder: Path) -> Generator[tuple[httpx2.Client, str]]:
    """Yield a client of a started API, and the key of a program that may bring leads in and see them."""
    with _started(folder) as (http, key, _database):
        yield http, key


@contextmanager
def _started(folder: Path) -> Generator[tuple[httpx2.Client, str, MongoDatabase]]:
    """Yield what `started` does, and the database."""
    settings = Settings(var_dir=folder / "var", models_dir=ROOT / "models", mongodb_uri=None)
    with bootstrap.open_services(settings) as services, bootstrap.open_database(settings) as uri:
        key = key_of_a_program(services)
        variables = {
            "SMARTBANK_MONGODB_URI": uri,
            "SMARTBANK_EMBEDDED_DATABASE": "true",
            "SMARTBANK_VAR_DIR": str(folder / "var"),
            "SMARTBANK_MODELS_DIR": str(ROOT / "models"),
            "SMARTBANK_REQUESTS_PER_MINUTE": "0",
            "SMARTBANK_LOG_LEVEL": "warning",
        }
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "smartbank.api.asgi:app",
            "--port",
            str(port),
            "--log-level",
            "error",
        ]
        process = subprocess.Popen(command, env=os.environ | variables, cwd=ROOT)  # noqa: S603
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}/api", timeout=60) as http:
                if not is_ready(http, "/ready", process, within_s=_WITHIN_S):
                    raise SystemExit("The API did not start within a minute.")
                yield http, key, connect(settings.on_database(uri))
        finally:
            process.terminate()
            process.wait(30)


def key_of_a_program(services: Services) -> str:
    """Return the key of a new program."""
    about: dict[str, Any] = {
        "by": COMMAND_LINE,
        "programs": services.programs,
        "audit": services.audit,
        "now": datetime.now(UTC),
    }
    add_program("bench", Role.MANAGER, frozenset({Right.BRING_IN, Right.SEE_CUSTOMER}), "measures", **about)
    return add_key("bench", days=1, **about)[1]


if __name__ == "__main__":
    main()
