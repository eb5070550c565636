import uuid

import pytest

from smartbank.adapters import memory, mongo
from smartbank.adapters.mongo.schema import INDEXES
from tests.contract.backups import fill
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


@pytest.fixture
def empty(server_uri):
    """A database of its own in which nothing was made yet."""
    database = mongo.connect(server_uri, f"smartbank_test_{uuid.uuid4().hex[:12]}", timeout_ms=20_000)
    yield database
    database.client.drop_database(database.name)
    database.client.close()


@pytest.fixture
def filled(database):
    """A database with something of everything."""
    fill(database)
    return database


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
        in (
            "CustomerRepository",
            "CustomerCorrections",
            "MarkedByUploads",
            "WorkQueue",
            "FrameStore",
            "FileStore",
            "MappingRepository",
            "NoteRepository",
            "AnswerRepository",
            "TokenKeyRepository",
            "ErasedCustomers",
        )
        else {}
    )


@pytest.fixture
def corrections(build, request, customers):
    """Corrections to the customers of a test module, in memory or on the database as these are."""
    alone = request.node.callspec.params["build"] == "memory"
    return build("CustomerCorrections", **({"customers": customers} if alone else {}))
