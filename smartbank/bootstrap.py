"""Wire the application together: the one place that picks concrete adapters."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from smartbank.adapters import mongo
from smartbank.adapters.backup_folder import BackupFolder
from smartbank.adapters.embedded import open_embedded
from smartbank.adapters.files.reader import open_table
from smartbank.adapters.key_file import encoded_key, new_key
from smartbank.adapters.passwords import hash_password, verify_password
from smartbank.adapters.uci import read_uci
from smartbank.adapters.uci_download import fetch_uci, open_client
from smartbank.adapters.vault import Vault
from smartbank.adapters.workbook_chunks import workbook_chunks
from smartbank.config import Settings
from smartbank.core.market import BUNDLED_SNAPSHOT, MarketSnapshot
from smartbank.core.people import COMMAND_LINE, Actor
from smartbank.core.ports import (
    AuditLog,
    BackupShelf,
    CustomerCorrections,
    CustomerRepository,
    FileStore,
    FrameStore,
    Inbox,
    JobSchedule,
    KeyRing,
    MappingRepository,
    PredictionRepository,
    Scorer,
    SealedData,
    SettingsRepository,
    TrainingRows,
    UserRepository,
    WorkQueue,
)
from smartbank.core.reasons import ReasonWriter
from smartbank.core.template import sample_file
from smartbank.core.work import Progress, Work, WorkKind
from smartbank.errors import StartUpError
from smartbank.ml.artifact import load_scorer, load_version
from smartbank.ml.demo_population import demo_population, sample_population
from smartbank.ml.reference_rows import ReferenceRows
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services import demo
from smartbank.services.exporting import ExportPorts, make_workbook
from smartbank.services.intake import read_upload
from smartbank.services.removals import RemovalPorts, remove_customers
from smartbank.services.replaying import ReplayPorts
from smartbank.services.scoring import ScoringPorts, score_run
from smartbank.services.settings import SettingsInForce

__all__ = [
    "Executor",
    "Services",
    "build_services",
    "connect",
    "executors",
    "fetch_training_data",
    "hash_password",
    "load_demo",
    "new_data_key",
    "open_audit",
    "open_bank_settings",
    "open_database",
    "open_keys",
    "open_services",
    "open_users",
    "open_vault",
    "replay_ports",
    "sample_upload",
    "train_model",
    "verify_password",
]

Executor = Callable[[Work, Callable[[Progress], None]], dict[str, Any]]


@dataclass(frozen=True)
class Services:
    """What an entry point needs to run the use cases."""

    configuration: Settings
    scorer: Scorer
    training_rows: TrainingRows
    writer: ReasonWriter
    snapshot: MarketSnapshot
    customers: CustomerRepository
    corrections: CustomerCorrections
    queue: WorkQueue
    frames: FrameStore
    files: FileStore
    mappings: MappingRepository
    predictions: PredictionRepository
    users: UserRepository
    settings: SettingsRepository
    in_force: SettingsInForce
    audit: AuditLog
    inbox: Inbox
    jobs: JobSchedule
    backups: BackupShelf


@contextmanager
def open_database(settings: Settings) -> Generator[str]:
    """Yield the URI of the database in force: the one named, or the embedded one, which is started where it is not up.

    Raises
    ------
    StartUpError
        The embedded database cannot start here.
    """
    given = settings.mongodb_uri
    with nullcontext(given.get_secret_value()) if given is not None else open_embedded(settings.var_dir) as uri:
        yield uri


@contextmanager
def open_services(settings: Settings) -> Generator[Services]:
    """Yield the services on the database in force, for a command."""
    with open_database(settings) as uri:
        yield build_services(settings.on_database(uri))


@contextmanager
def open_users(settings: Settings) -> Generator[tuple[UserRepository, AuditLog]]:
    """Yield the users and the audit log of the database in force, without loading a model."""
    with open_database(settings) as uri:
        database = _database(settings.on_database(uri))
        yield mongo.MongoUserRepository(database), mongo.MongoAuditLog(database)


@contextmanager
def open_audit(settings: Settings) -> Generator[AuditLog]:
    """Yield the audit log of the database in force, without loading a model."""
    with open_database(settings) as uri:
        yield mongo.MongoAuditLog(_database(settings.on_database(uri)))


@contextmanager
def open_bank_settings(settings: Settings) -> Generator[tuple[SettingsRepository, AuditLog]]:
    """Yield the bank's settings and the audit log of the database in force, without loading a model."""
    with open_database(settings) as uri:
        database = _database(settings.on_database(uri))
        yield mongo.MongoSettingsRepository(database), mongo.MongoAuditLog(database)


@contextmanager
def open_keys(settings: Settings) -> Generator[tuple[KeyRing, SealedData, AuditLog]]:
    """Yield the keys of the database in force, what they seal, and the audit log, without loading a model."""
    with open_database(settings) as uri:
        database = _database(settings.on_database(uri))
        vault = open_vault(settings.on_database(uri), database)
        yield vault, mongo.MongoSealedData(database, vault=vault), mongo.MongoAuditLog(database)


def build_services(settings: Settings) -> Services:
    """Load the model and open the database; called once a process.

    Raises
    ------
    StartUpError
        No database is named (`open_database` starts one and names it), or the keys of its data are missing.
    StorageError
        The database does not answer.
    ModelArtifactError
        The model is missing, altered or does not score as it did when it was trained.
    """
    database = _database(settings)
    vault = open_vault(settings, database)
    scorer = load_scorer(settings.models_dir)
    bank_settings = mongo.MongoSettingsRepository(database)
    return Services(
        configuration=settings,
        scorer=scorer,
        training_rows=ReferenceRows(settings.models_dir),
        writer=ReasonWriter(scorer.rate, float(scorer.card["base_rate"])),
        snapshot=BUNDLED_SNAPSHOT,
        customers=mongo.MongoCustomerRepository(database, vault=vault),
        corrections=mongo.MongoCustomerCorrections(database, vault=vault),
        queue=mongo.MongoWorkQueue(database, vault=vault),
        frames=mongo.MongoFrameStore(database, vault=vault),
        files=mongo.MongoFileStore(database, vault=vault),
        mappings=mongo.MongoMappingRepository(database, vault=vault),
        predictions=mongo.MongoPredictionRepository(database),
        users=mongo.MongoUserRepository(database),
        settings=bank_settings,
        in_force=SettingsInForce(bank_settings),
        audit=mongo.MongoAuditLog(database),
        inbox=mongo.MongoInbox(database),
        jobs=mongo.MongoJobSchedule(database),
        backups=BackupFolder(settings.var_dir / "backups", mongo.MongoDataStore(database)),
    )


def executors(services: Services) -> Mapping[WorkKind, Executor]:
    """Return what the worker calls for each kind of work."""
    ports = ScoringPorts(
        scorer=services.scorer,
        customers=services.customers,
        frames=services.frames,
        predictions=services.predictions,
        settings=services.settings,
        queue=services.queue,
        snapshot=services.snapshot,
    )

    def read(work: Work, report: Callable[[Progress], None]) -> dict[str, Any]:
        in_force = services.settings.current()
        return read_upload(
            work,
            files=services.files,
            frames=services.frames,
            customers=services.customers,
            mappings=services.mappings,
            training_rows=services.training_rows,
            read_table=open_table,
            report=report,
            region=in_force.country,
            require_consent=in_force.require_consent,
        )

    exports = ExportPorts(
        customers=services.customers,
        frames=services.frames,
        files=services.files,
        queue=services.queue,
        settings=services.settings,
        writer=services.writer,
        write_workbook=workbook_chunks,
    )
    removal = RemovalPorts(
        customers=services.customers,
        corrections=services.corrections,
        queue=services.queue,
        files=services.files,
        frames=services.frames,
        predictions=services.predictions,
        audit=services.audit,
    )
    return {
        WorkKind.UPLOAD: read,
        WorkKind.RUN: partial(score_run, ports=ports),
        WorkKind.EXPORT: partial(make_workbook, ports=exports),
        WorkKind.REMOVAL: partial(remove_customers, ports=removal),
    }


def replay_ports(services: Services) -> ReplayPorts:
    """Return what making predictions again needs; a model is loaded once."""

    @cache
    def load_model(version: str) -> Scorer:
        in_force = services.scorer
        return in_force if version == in_force.version else load_version(services.configuration.models_dir, version)

    return ReplayPorts(
        customers=services.customers,
        predictions=services.predictions,
        frames=services.frames,
        settings=services.settings,
        queue=services.queue,
        load_model=load_model,
    )


def sample_upload(services: Services) -> bytes:
    """Return the sample file: synthetic customers drawn from the frequencies kept beside the model, as CSV."""
    return sample_file(sample_population(load_demo_tables(services.configuration.models_dir)))


def load_demo(
    services: Services, *, count: int, now: datetime, seed: int = 0, by: Actor = COMMAND_LINE
) -> demo.LoadedDemo:
    """Load synthetic customers drawn from the frequencies kept beside the model, and queue their ranking."""
    customers = demo_population(load_demo_tables(services.configuration.models_dir), n=count, seed=seed)
    return demo.load_demo(
        customers, by=by, customers=services.customers, queue=services.queue, audit=services.audit, now=now
    )


def _database(settings: Settings) -> mongo.MongoDatabase:
    database = connect(settings)
    mongo.ensure_schema(database)
    return database


def connect(settings: Settings) -> mongo.MongoDatabase:
    """Return the database the settings name, as it is. Raises `StartUpError` if none is named."""
    if settings.mongodb_uri is None:
        raise StartUpError("No database is named. Start SmartBank with `make run`, or set SMARTBANK_MONGODB_URI.")
    return mongo.connect(
        settings.mongodb_uri.get_secret_value(), settings.mongodb_database, timeout_ms=settings.mongodb_timeout_ms
    )


def new_data_key() -> str:
    """Return a new key as `SMARTBANK_DATA_KEYS` takes it."""
    return encoded_key(new_key())


def open_vault(settings: Settings, database: mongo.MongoDatabase) -> Vault:
    """Return the vault on the keys in force. Raises `StartUpError` if they are missing."""
    folder = settings.var_dir if settings.embedded_database else None
    return mongo.open_vault(database, keys=settings.master_keys(), folder=folder)


def train_model(data: Path, models_dir: Path, *, seed: int, report: Callable[[str], None]) -> str:
    """Train on UCI's file, put the model in force and return its version."""
    from smartbank.ml.training import train_artifact  # noqa: PLC0415  scikit-learn, only where a model is trained

    return train_artifact(read_uci(data), models_dir, seed=seed, report=report)


def fetch_training_data(target: Path) -> Path:
    """Download UCI's training file to a folder and return its path."""
    with open_client() as client:
        return fetch_uci(target, client=client)
