"""Everything an entry point needs to run the use cases."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from smartbank.adapters import mongo
from smartbank.adapters.backtest_files import BacktestFiles
from smartbank.adapters.backup_folder import BackupFolder
from smartbank.adapters.oidc_directory import OidcDirectory
from smartbank.adapters.tokens import JwtSigner
from smartbank.bootstrap.databases import open_database, open_schema, open_vault
from smartbank.bootstrap.market import market_sources, series_in_use
from smartbank.bootstrap.trainer import OwnTrainer
from smartbank.config import Settings
from smartbank.core.ports import (
    AnswerRepository,
    AuditLog,
    BacktestShelf,
    BackupShelf,
    CallListRepository,
    CustomerCorrections,
    CustomerRepository,
    ErasedCustomers,
    FileStore,
    FrameStore,
    GroundRepository,
    Inbox,
    JobSchedule,
    MappingRepository,
    MarkedByUploads,
    MarketSource,
    ModelRegistry,
    ModelShelf,
    ModelTrainer,
    NoteRepository,
    ObservationRepository,
    OutcomeRepository,
    OverrideRepository,
    PredictionRepository,
    ProgramRepository,
    ProviderDirectory,
    RuleBookRepository,
    ScenarioRepository,
    ScoredCustomers,
    Scorer,
    SettingsRepository,
    Signer,
    SnapshotRepository,
    TokenSigner,
    TrainingRows,
    UserRepository,
    WorkQueue,
    WorkTallies,
)
from smartbank.core.reasons import ReasonWriter
from smartbank.ml.shelf import ArtifactShelf
from smartbank.services.ground_in_force import GroundInForce
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.models_in_force import ModelsInForce
from smartbank.services.rules_in_force import RulesInForce
from smartbank.services.settings_in_force import SettingsInForce


@dataclass(frozen=True)
class Services:
    """What an entry point needs to run the use cases."""

    configuration: Settings
    models: ModelsInForce
    registry: ModelRegistry
    shelf: ModelShelf
    trainer: ModelTrainer
    backtests: BacktestShelf
    market: MarketInForce
    observations: ObservationRepository
    snapshots: SnapshotRepository
    overrides: OverrideRepository
    sources: Sequence[MarketSource]
    scenarios: ScenarioRepository
    customers: CustomerRepository
    corrections: CustomerCorrections
    marked: MarkedByUploads
    erased: ErasedCustomers
    queue: WorkQueue
    frames: FrameStore
    files: FileStore
    mappings: MappingRepository
    predictions: PredictionRepository
    scored: ScoredCustomers
    kept_grounds: GroundRepository
    grounds: GroundInForce
    outcomes: OutcomeRepository
    answers: AnswerRepository
    notes: NoteRepository
    users: UserRepository
    directory: ProviderDirectory | None
    programs: ProgramRepository
    tokens: TokenSigner
    settings: SettingsRepository
    in_force: SettingsInForce
    rules: RuleBookRepository
    rules_in_force: RulesInForce
    lists: CallListRepository
    audit: AuditLog
    signer: Signer
    inbox: Inbox
    jobs: JobSchedule
    tallies: WorkTallies
    backups: BackupShelf

    @property
    def scorer(self) -> Scorer:
        """The scorer in force now; whoever scores more than once takes it once."""
        return self.models.current().scorer

    @property
    def training_rows(self) -> TrainingRows:
        """The rows the model in force now was trained on."""
        return self.models.current().training_rows

    def writer_of(self, version: str) -> ReasonWriter:
        """Return what puts the reasons of a version of the model into words."""
        return self.models.writer_of(version)


def build_services(settings: Settings, *, notes_later: bool = True) -> Services:
    """Load the model and open the database; called once a process.

    Parameters
    ----------
    notes_later : bool
        Whether the process goes on for long: then nobody waits for the audit log's note of its newest entry.

    Raises
    ------
    StartUpError
        No database is named (`open_database` starts one and names it), or the keys of its data are missing.
    StorageError
        The database does not answer.
    ModelArtifactError
        The model is missing, altered or does not score as it did when it was trained.
    """
    database = open_schema(settings)
    vault = open_vault(settings, database)
    files = mongo.MongoFileStore(database, vault=vault)
    registry, shelf = mongo.MongoModelRegistry(database), ArtifactShelf(settings.models_dir, files)
    models = ModelsInForce(registry, shelf)
    models.current()
    observations = mongo.MongoObservationRepository(database, series=series_in_use(settings))
    snapshots, overrides = mongo.MongoSnapshotRepository(database), mongo.MongoOverrideRepository(database)
    bank_settings = mongo.MongoSettingsRepository(database)
    in_force = SettingsInForce(bank_settings)
    market = MarketInForce(observations=observations, snapshots=snapshots, overrides=overrides, settings=in_force)
    outcomes, queue = mongo.MongoOutcomeRepository(database), mongo.MongoWorkQueue(database, vault=vault)
    grounds, rules = mongo.MongoGroundRepository(database), mongo.MongoRuleBookRepository(database)
    return Services(
        configuration=settings,
        models=models,
        registry=registry,
        shelf=shelf,
        trainer=OwnTrainer(settings.training_data),
        backtests=BacktestFiles(settings.models_dir),
        market=market,
        observations=observations,
        snapshots=snapshots,
        overrides=overrides,
        sources=market_sources(settings, observations=observations),
        scenarios=mongo.MongoScenarioRepository(database),
        customers=mongo.MongoCustomerRepository(database, vault=vault),
        corrections=mongo.MongoCustomerCorrections(database, vault=vault),
        marked=mongo.MongoMarkedByUploads(database, vault=vault),
        erased=mongo.MongoErasedCustomers(database, vault=vault),
        queue=queue,
        frames=mongo.MongoFrameStore(database, vault=vault),
        files=files,
        mappings=mongo.MongoMappingRepository(database, vault=vault),
        predictions=mongo.MongoPredictionRepository(database),
        scored=mongo.MongoScoredCustomers(database, vault=vault),
        kept_grounds=grounds,
        grounds=GroundInForce(grounds=grounds, settings=in_force, market=market, outcomes=outcomes, queue=queue),
        outcomes=outcomes,
        answers=mongo.MongoAnswerRepository(database, vault=vault),
        notes=mongo.MongoNoteRepository(database, vault=vault),
        users=mongo.MongoUserRepository(database),
        directory=OidcDirectory(provider) if (provider := settings.provider()) is not None else None,
        programs=mongo.MongoProgramRepository(database),
        tokens=JwtSigner(mongo.MongoTokenKeyRepository(database, vault=vault)),
        settings=bank_settings,
        in_force=in_force,
        rules=rules,
        rules_in_force=RulesInForce(rules),
        lists=mongo.MongoCallListRepository(database),
        audit=mongo.MongoAuditLog(database, notes_later=notes_later),
        signer=vault,
        inbox=mongo.MongoInbox(database),
        jobs=mongo.MongoJobSchedule(database),
        tallies=mongo.MongoWorkTallies(database),
        backups=BackupFolder(settings.var_dir / "backups", mongo.MongoDataStore(database)),
    )


@contextmanager
def open_services(settings: Settings) -> Generator[Services]:
    """Yield the services on the database in force, for a command."""
    with open_database(settings) as uri:
        yield build_services(settings.on_database(uri), notes_later=False)
