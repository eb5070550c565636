import uuid

import pytest

from smartbank.adapters import memory, mongo
from smartbank.adapters.mongo.schema import INDEXES
from tests.database import VAULT, open_database, open_server


@pytest.fixture(scope="session")
def server_uri(tmp_path_factory):
    with open_server(tmp_path_factory) as uri:
        yield uri


@pytest.fixture(scope="session")
def worker_database(server_uri):
    with open_database(server_uri, f"smartbank_test_{uuid.uuid4().hex[:12]}") as database:
        yield database


@pytest.fixture
def database(worker_database):
    for collection in INDEXES:
        worker_database[collection].delete_many({})
    return worker_database


@pytest.fixture(params=["memory", "mongo"])
def build(request):
    """Build a repository by the end of its class name, in memory or on the database."""
    if request.param == "memory":
        return lambda name, **options: getattr(memory, f"Memory{name}")(**options)
    database = request.getfixturevalue("database")
    return lambda name, **options: getattr(mongo, f"Mongo{name}")(database, **(_vault_for(name) | options))


def _vault_for(name):
    return (
        {"vault": VAULT}
        if name
        in ("CustomerRepository", "CustomerCorrections", "WorkQueue", "FrameStore", "FileStore", "MappingRepository")
        else {}
    )
