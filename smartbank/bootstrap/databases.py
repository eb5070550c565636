"""The database in force, opened as far as an entry point needs it."""

from collections.abc import Generator
from contextlib import contextmanager, nullcontext

from smartbank.adapters import mongo
from smartbank.adapters.backup_folder import BackupFolder
from smartbank.adapters.embedded import open_embedded, revive_embedded
from smartbank.adapters.key_file import KeyFile, encoded_key, new_key
from smartbank.adapters.tokens import JwtSigner
from smartbank.adapters.vault import Vault
from smartbank.bootstrap.market import series_in_use
from smartbank.config import Settings
from smartbank.core.ports import (
    AuditLog,
    BackupShelf,
    KeyRing,
    KeyWrapper,
    ProgramRepository,
    SealedData,
    SettingsRepository,
    Signer,
    TokenSigner,
    UserRepository,
)
from smartbank.errors import StartUpError
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.settings_in_force import SettingsInForce


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


def revive_database(settings: Settings, *, asks: bool) -> tuple[Settings, bool]:
    """Start the embedded database again if it is in use and died, or `asks` and it is of no use.

    Returns
    -------
    tuple of Settings and bool
        Those that name the database where it is now, and whether it was started again. Raises `StartUpError`.
    """
    if not settings.embedded_database:
        return settings, False
    looked = revive_embedded(settings.var_dir, asks=asks)
    return settings if looked.uri is None else settings.on_database(looked.uri), looked.was_down


@contextmanager
def open_users(settings: Settings) -> Generator[tuple[UserRepository, AuditLog]]:
    """Yield the users and the audit log of the database in force, without loading a model."""
    with open_database(settings) as uri:
        database = open_schema(settings.on_database(uri))
        yield mongo.MongoUserRepository(database), mongo.MongoAuditLog(database)


@contextmanager
def open_programs(settings: Settings) -> Generator[tuple[ProgramRepository, AuditLog]]:
    """Yield the programs and the audit log of the database in force, without loading a model."""
    with open_database(settings) as uri:
        database = open_schema(settings.on_database(uri))
        yield mongo.MongoProgramRepository(database), mongo.MongoAuditLog(database)


@contextmanager
def open_tokens(settings: Settings) -> Generator[tuple[TokenSigner, AuditLog]]:
    """Yield what signs tokens and the audit log of the database in force, without loading a model."""
    with open_database(settings) as uri:
        database = open_schema(settings.on_database(uri))
        vault = open_vault(settings.on_database(uri), database)
        yield JwtSigner(mongo.MongoTokenKeyRepository(database, vault=vault)), mongo.MongoAuditLog(database)


@contextmanager
def open_audit(settings: Settings) -> Generator[AuditLog]:
    """Yield the audit log of the database in force, without loading a model."""
    with open_database(settings) as uri:
        yield mongo.MongoAuditLog(open_schema(settings.on_database(uri)))


@contextmanager
def open_bank_settings(settings: Settings) -> Generator[tuple[SettingsRepository, MarketInForce, AuditLog]]:
    """Yield the bank's settings, the market and the audit log of the database in force, without loading a model."""
    with open_database(settings) as uri:
        database = open_schema(settings.on_database(uri))
        bank_settings = mongo.MongoSettingsRepository(database)
        market = MarketInForce(
            settings=SettingsInForce(bank_settings),
            observations=mongo.MongoObservationRepository(database, series=series_in_use(settings)),
            snapshots=mongo.MongoSnapshotRepository(database),
            overrides=mongo.MongoOverrideRepository(database),
        )
        yield bank_settings, market, mongo.MongoAuditLog(database)


@contextmanager
def open_keys(settings: Settings) -> Generator[tuple[KeyRing, SealedData, AuditLog, BackupShelf]]:
    """Yield the keys of the database in force, what they seal, the audit log and the backups, without a model."""
    with open_database(settings) as uri:
        database = open_schema(settings.on_database(uri))
        vault = open_vault(settings.on_database(uri), database)
        shelf = BackupFolder(settings.var_dir / "backups", mongo.MongoDataStore(database))
        yield vault, mongo.MongoSealedData(database, vault=vault), mongo.MongoAuditLog(database), shelf


@contextmanager
def open_signer(settings: Settings) -> Generator[Signer]:
    """Yield the keys that signed what this installation handed out; only wrapped ones need the database.

    Raises
    ------
    StartUpError
        There are no keys here.
    """
    if settings.wrapping() is not None:
        with open_database(settings) as uri:
            on_database = settings.on_database(uri)
            yield open_vault(on_database, connect(on_database))
        return
    if settings.master_keys():
        yield Vault(settings.master_keys())
        return
    kept = KeyFile(settings.var_dir)
    if not kept.exists():
        raise StartUpError(
            f"There are no keys to check a signature with: set SMARTBANK_DATA_KEYS, or put {kept.path} in its place."
        )
    yield Vault(kept.load(), kept_in=kept)


@contextmanager
def open_wrapper(settings: Settings) -> Generator[tuple[KeyWrapper, AuditLog]]:
    """Yield what wraps the keys of the data, and the audit log, without loading a model.

    Raises
    ------
    StartUpError
        No wrapping key is set, or what it wraps does not open.
    """
    wrapping = settings.wrapping()
    if wrapping is None:
        raise StartUpError("No wrapping key is set, so there is nothing to wrap: see SMARTBANK_WRAPPING_KEY.")
    with open_database(settings) as uri:
        on_database = settings.on_database(uri)
        database = open_schema(on_database)
        yield mongo.MongoKeyWrapper(database, wrapping), mongo.MongoAuditLog(database)


def connect(settings: Settings, *, patient: bool = False) -> mongo.MongoDatabase:
    """Return the database the settings name, as it is. See `mongo.connect`; raises `StartUpError` if none is named."""
    if settings.mongodb_uri is None:
        raise StartUpError("No database is named. Start SmartBank with `make run`, or set SMARTBANK_MONGODB_URI.")
    return mongo.connect(
        settings.mongodb_uri.get_secret_value(),
        settings.mongodb_database,
        timeout_ms=settings.mongodb_timeout_ms,
        patient=patient,
    )


def open_schema(settings: Settings) -> mongo.MongoDatabase:
    """Return the database the settings name, with its schema made. Raises `StorageError`."""
    database = connect(settings)
    mongo.ensure_schema(database)
    return database


def new_wrapping_key() -> str:
    """Return a new key as a file of wrapping keys takes it."""
    return mongo.new_wrapping_key()


def new_data_key() -> str:
    """Return a new key as `SMARTBANK_DATA_KEYS` takes it."""
    return encoded_key(new_key())


def open_vault(settings: Settings, database: mongo.MongoDatabase) -> Vault:
    """Return the vault on the keys in force. Raises `StartUpError` if they are missing."""
    folder = settings.var_dir if settings.embedded_database else None
    return mongo.open_vault(database, keys=settings.master_keys(), folder=folder, wrapping=settings.wrapping())
