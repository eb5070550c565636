"""A database server for the tests: one a test run, shared by every worker of pytest-xdist."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec

import pytest

from smartbank.adapters import mongo
from smartbank.adapters.embedded import open_embedded
from smartbank.adapters.vault import Vault

WITHOUT_SERVER = "needs a database: pip install -r requirements-embedded.txt, or set SMARTBANK_TEST_MONGODB_URI"

VAULT = Vault([bytes(range(32))])
_SEALING = {
    "customers": mongo.MongoCustomerRepository,
    "corrections": mongo.MongoCustomerCorrections,
    "marked": mongo.MongoMarkedByUploads,
    "erased": mongo.MongoErasedCustomers,
    "queue": mongo.MongoWorkQueue,
    "frames": mongo.MongoFrameStore,
    "files": mongo.MongoFileStore,
    "mappings": mongo.MongoMappingRepository,
    "notes": mongo.MongoNoteRepository,
}
_IN_CLEAR = {
    "predictions": mongo.MongoPredictionRepository,
    "outcomes": mongo.MongoOutcomeRepository,
    "lists": mongo.MongoCallListRepository,
    "rules": mongo.MongoRuleBookRepository,
    "settings": mongo.MongoSettingsRepository,
    "users": mongo.MongoUserRepository,
    "audit": mongo.MongoAuditLog,
    "inbox": mongo.MongoInbox,
}


def repositories_on(database, *names):
    """Return repositories on a database, by the names `Services` has for them; `VAULT` seals what is personal."""
    sealing = {name: _SEALING[name](database, vault=VAULT) for name in names if name in _SEALING}
    return sealing | {name: _IN_CLEAR[name](database) for name in names if name not in _SEALING}


@contextmanager
def open_server(tmp_path_factory) -> Generator[str]:
    """Yield the URI of the server the environment names, or of an embedded one in the run's temporary folder."""
    given = os.environ.get("SMARTBANK_TEST_MONGODB_URI")
    if given is not None:
        yield given
        return
    if find_spec("secantus") is None:
        pytest.skip(WITHOUT_SERVER)
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with open_embedded(run / "database") as uri:
        yield uri


@contextmanager
def open_database(uri: str, name: str):
    """Yield a database with the schema made, and drop it."""
    database = mongo.connect(uri, name, timeout_ms=20_000)
    try:
        mongo.ensure_schema(database)
        yield database
        database.client.drop_database(name)
    finally:
        database.client.close()
