"""What the use cases need from the outside, said as protocols; every repository method may raise `StorageError`."""

from smartbank.core.ports.answers import AnswerRepository
from smartbank.core.ports.audit import AuditLog
from smartbank.core.ports.backtests import BacktestShelf
from smartbank.core.ports.backups import BackupShelf, DataStore
from smartbank.core.ports.call_lists import CallListRepository
from smartbank.core.ports.customers import CustomerCorrections, CustomerRepository, Uploaded
from smartbank.core.ports.erased import ErasedCustomers
from smartbank.core.ports.grounds import GroundRepository
from smartbank.core.ports.inbox import Inbox
from smartbank.core.ports.jobs import JobSchedule
from smartbank.core.ports.keys import KeyRing, KeyWrapper, SealedData, Signer
from smartbank.core.ports.mappings import MappingRepository
from smartbank.core.ports.market import (
    MarketSource,
    ObservationRepository,
    OverrideRepository,
    ScenarioRepository,
    SnapshotRepository,
)
from smartbank.core.ports.migrations import SchemaKeeper
from smartbank.core.ports.models import Artifact, Model, ModelRegistry, ModelShelf, ModelTrainer, Retrained
from smartbank.core.ports.notes import NoteRepository
from smartbank.core.ports.outcomes import OutcomeRepository
from smartbank.core.ports.people import UserRepository
from smartbank.core.ports.predictions import PredictionRepository
from smartbank.core.ports.programs import ProgramRepository, TokenKeyRepository, TokenSigner
from smartbank.core.ports.provider import ProviderDirectory
from smartbank.core.ports.rules import RuleBookRepository
from smartbank.core.ports.scored_customers import ScoredCustomers
from smartbank.core.ports.scorer import Scorer
from smartbank.core.ports.settings import SettingsRepository
from smartbank.core.ports.stores import FileStore, FrameStore
from smartbank.core.ports.tables import Table, TableReader
from smartbank.core.ports.tallies import WorkTallies
from smartbank.core.ports.training_rows import TrainingRows
from smartbank.core.ports.upload_marks import MarkedByUploads
from smartbank.core.ports.work import WorkQueue

__all__ = [
    "AnswerRepository",
    "Artifact",
    "AuditLog",
    "BacktestShelf",
    "BackupShelf",
    "CallListRepository",
    "CustomerCorrections",
    "CustomerRepository",
    "DataStore",
    "ErasedCustomers",
    "FileStore",
    "FrameStore",
    "GroundRepository",
    "Inbox",
    "JobSchedule",
    "KeyRing",
    "KeyWrapper",
    "MappingRepository",
    "MarkedByUploads",
    "MarketSource",
    "Model",
    "ModelRegistry",
    "ModelShelf",
    "ModelTrainer",
    "NoteRepository",
    "ObservationRepository",
    "OutcomeRepository",
    "OverrideRepository",
    "PredictionRepository",
    "ProgramRepository",
    "ProviderDirectory",
    "Retrained",
    "RuleBookRepository",
    "ScenarioRepository",
    "SchemaKeeper",
    "ScoredCustomers",
    "Scorer",
    "SealedData",
    "SettingsRepository",
    "Signer",
    "SnapshotRepository",
    "Table",
    "TableReader",
    "TokenKeyRepository",
    "TokenSigner",
    "TrainingRows",
    "Uploaded",
    "UserRepository",
    "WorkQueue",
    "WorkTallies",
]
