"""What the document says each operation may answer comes when all that can go wrong does, and nothing else comes."""

import asyncio
import json

import pytest
from fastapi.testclient import TestClient

from smartbank.api.app import create_api
from smartbank.api.asgi import create_app
from smartbank.config import Settings
from smartbank.core.idempotency import KeptAnswer
from smartbank.core.people import ROLE_RIGHTS, Role
from smartbank.core.programs import Program, make_key
from smartbank.core.work import WorkKind
from smartbank.errors import ConflictError, StorageError
from smartbank.web import defences
from tests.api.conftest import LONG_AGO, SEED
from tests.services import memory_services
from tests.use_cases import World

DOCUMENT = create_api(memory_services).openapi()
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]
OUTCOME = {"customer_id": "lead-0", "attempt": 1, "outcome": "declined"}
RESULT = {"customer_id": "lead-1", "outcome": "declined", "at": "2026-01-05T09:00:00Z"}
MARKS = {"do_not_call": None, "objected": True, "consent": None}
BODIES = {
    "/v1/predictions": SEED,
    "/v1/predictions/batch": {"items": [SEED]},
    "/v1/scores": SEED,
    "/v1/customers": {"customer_id": "C-1", "personal_info": {"age": 40}, "financial_info": {}},
    "/v1/customers/{customer_id}/consent": MARKS,
    "/v1/call-lists/{list_id}/outcomes": OUTCOME,
    "/v1/call-lists/{list_id}/outcomes/batch": {"items": [RESULT]},
}
TOKEN = "/v1/token"
NOBODY = {"prediction_id": "ask-1:1", "customer_id": "C-9", "list_id": "20260101-000000-000-abc"}
NO_NAMES = dict.fromkeys(NOBODY, " ")
WRONG = {"params": {"limit": 0, "reason": "x"}, "headers": {"Idempotency-Key": "x"}}


class Operation:
    """An operation of the API before a bank, as a program that may do everything asks for it."""

    def __init__(self, method, path, world, keys):
        self.method, self.path, self.said = method, path, DOCUMENT["paths"][path][method]
        self.services = world.services
        self.provide = lambda: world.services
        self.names = {
            "prediction_id": f"{world.done[WorkKind.RUN]}:1",
            "customer_id": "lead-2" if method == "delete" else "lead-1",
            "list_id": world.list_id,
        }
        self.key, self.other_key = keys

    def app(self, per_minute=0):
        settings = Settings(allowed_hosts="testserver", requests_per_minute=per_minute)
        return create_app(self.provide, settings)

    def client(self, **options):
        return TestClient(self.app(**options), raise_server_exceptions=False)

    def ask(self, client=None, *, names=None, headers=None, key=None, form=None, params=None, **body):
        """Return the status of a request that is right but for what is said."""
        if self.path == TOKEN and not body:
            form = {"grant_type": "client_credentials", "client_id": "whole", "client_secret": self.key} | (form or {})
            body = {"data": form}
        elif self.path in BODIES and self.method in ("post", "put") and not body:
            body = {"json": BODIES[self.path]}
        response = (client or self.client()).request(
            self.method,
            "/api" + self.path.format(**(self.names | (names or {}))),
            headers={"X-API-Key": self.key if key is None else key} | (headers or {}),
            params=params or ({"reason": "asked for by letter"} if self.method == "delete" else {}),
            **body,
        )
        assert response.status_code < 400 or response.headers["content-type"] == "application/problem+json"
        return response.status_code

    def ask_slowly(self):
        """Return the status of a request whose body does not come."""
        sent = []

        async def receive():
            await asyncio.sleep(60)

        async def send(message):
            sent.append(message)

        path = "/api" + self.path.format(**self.names)
        kind = "application/x-www-form-urlencoded" if self.path == TOKEN else "application/json"
        headers = {"host": "testserver", "content-length": "9", "x-api-key": self.key, "content-type": kind}
        scope = {
            **{
                "type": "http",
                "method": self.method.upper(),
                "path": path,
                "raw_path": path.encode(),
                "scheme": "http",
            },
            **{"query_string": b"", "root_path": "", "client": ("192.0.2.7", 1), "server": ("testserver", 80)},
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        asyncio.run(self.app()(scope, receive, send))
        return sent[0]["status"]


@pytest.fixture(scope="module")
def world():
    return World()


@pytest.fixture(scope="module")
def keys(world):
    """The keys of a program that may do everything, and of one that may do nothing."""

    def key_of(name, rights):
        world.services.programs.add(Program(name, Role.ADMIN, frozenset(rights), "tests", LONG_AGO, "root"))
        key, shown = make_key(name, by="root", now=LONG_AGO)
        world.services.programs.add_key(key)
        return shown

    return key_of("whole", ROLE_RIGHTS[Role.ADMIN]), key_of("empty", ())


@pytest.fixture(params=OPERATIONS, ids=" ".join)
def operation(request, world, keys):
    return Operation(*request.param, world, keys)


def raising(error):
    def provide():
        raise error

    return provide


def changed_meanwhile(*_args, **_more):
    raise ConflictError("changed")


def all_that_comes(operation, monkeypatch):
    """Yield the statuses of an operation that is asked in every way there is."""
    yield operation.ask(key="", form={"client_secret": "sbk_1"})
    yield operation.ask(key=operation.other_key)
    yield operation.ask(names=NOBODY)
    yield operation.ask(names=NO_NAMES, **WRONG)
    yield operation.ask(headers={"Host": "evil.example"})
    yield operation.ask(headers={"If-None-Match": "*"})
    often = operation.client(per_minute=1)
    yield from (operation.ask(often) for _ in range(2))
    if "requestBody" in operation.said:
        yield operation.ask(content=b"{", headers={"Content-Type": "application/json"})
        yield operation.ask(json={"nobody": "knows this"})
        yield operation.ask(content=b" " * (defences.MAX_PROGRAM_BYTES + 1))
        with monkeypatch.context() as patched:
            patched.setattr(defences, "BODY_WITHIN_S", 0.01)
            yield operation.ask_slowly()
    with monkeypatch.context() as patched:
        busy = KeptAnswer(is_same=True, body=None)
        patched.setattr(operation.services.answers, "begin", lambda *_args, **_more: busy)
        yield from (operation.ask(headers={"Idempotency-Key": "nightly-0001"}) for _ in range(2))
    if operation.method == "put":
        with monkeypatch.context() as patched:
            patched.setattr(operation.services.corrections, "record_consent", changed_meanwhile)
            yield operation.ask(json=MARKS | {"consent": True})
    yield operation.ask()
    for error in (StorageError("away"), ValueError("broken")):
        operation.provide = raising(error)
        yield operation.ask()


def test_each_operation_answers_what_the_document_says_it_may_and_all_of_it(operation, monkeypatch):
    come = {str(status) for status in all_that_comes(operation, monkeypatch)}

    assert sorted(come) == sorted(operation.said["responses"])


def test_the_document_is_json_and_says_of_nothing_changed_that_there_is_no_body():
    unchanged = [
        operation["responses"]["304"]
        for methods in json.loads(json.dumps(DOCUMENT))["paths"].values()
        for operation in methods.values()
        if "304" in operation["responses"]
    ]

    assert len(unchanged) >= 10
    assert not any("content" in each for each in unchanged)
