"""MongoDB storage, one module a repository."""

from smartbank.adapters.mongo.answers import MongoAnswerRepository
from smartbank.adapters.mongo.audit import MongoAuditLog
from smartbank.adapters.mongo.call_lists import MongoCallListRepository
from smartbank.adapters.mongo.connection import MongoDatabase, connect, ping
from smartbank.adapters.mongo.corrections import MongoCustomerCorrections
from smartbank.adapters.mongo.customers import MongoCustomerRepository
from smartbank.adapters.mongo.data_keys import keys_in_backup
from smartbank.adapters.mongo.data_store import MongoDataStore
from smartbank.adapters.mongo.erased import MongoErasedCustomers
from smartbank.adapters.mongo.files import MongoFileStore
from smartbank.adapters.mongo.frames import MongoFrameStore
from smartbank.adapters.mongo.grounds import MongoGroundRepository
from smartbank.adapters.mongo.inbox import MongoInbox
from smartbank.adapters.mongo.jobs import MongoJobSchedule
from smartbank.adapters.mongo.key_wrapper import MongoKeyWrapper, new_wrapping_key
from smartbank.adapters.mongo.link import database_link
from smartbank.adapters.mongo.mappings import MongoMappingRepository
from smartbank.adapters.mongo.marked_by_uploads import MongoMarkedByUploads
from smartbank.adapters.mongo.market import (
    MongoObservationRepository,
    MongoOverrideRepository,
    MongoSnapshotRepository,
)
from smartbank.adapters.mongo.migrations.keeper import MongoSchemaKeeper
from smartbank.adapters.mongo.models import MongoModelRegistry
from smartbank.adapters.mongo.notes import MongoNoteRepository
from smartbank.adapters.mongo.opening import open_vault
from smartbank.adapters.mongo.outcomes import MongoOutcomeRepository
from smartbank.adapters.mongo.predictions import MongoPredictionRepository
from smartbank.adapters.mongo.programs import MongoProgramRepository
from smartbank.adapters.mongo.queue import MongoWorkQueue
from smartbank.adapters.mongo.resealing import MongoSealedData
from smartbank.adapters.mongo.rules import MongoRuleBookRepository
from smartbank.adapters.mongo.scenarios import MongoScenarioRepository
from smartbank.adapters.mongo.schema import ensure_schema
from smartbank.adapters.mongo.scored_customers import MongoScoredCustomers
from smartbank.adapters.mongo.settings import MongoSettingsRepository
from smartbank.adapters.mongo.tallies import MongoWorkTallies
from smartbank.adapters.mongo.token_keys import MongoTokenKeyRepository
from smartbank.adapters.mongo.users import MongoUserRepository

__all__ = [
    "MongoAnswerRepository",
    "MongoAuditLog",
    "MongoCallListRepository",
    "MongoCustomerCorrections",
    "MongoCustomerRepository",
    "MongoDataStore",
    "MongoDatabase",
    "MongoErasedCustomers",
    "MongoFileStore",
    "MongoFrameStore",
    "MongoGroundRepository",
    "MongoInbox",
    "MongoJobSchedule",
    "MongoKeyWrapper",
    "MongoMappingRepository",
    "MongoMarkedByUploads",
    "MongoModelRegistry",
    "MongoNoteRepository",
    "MongoObservationRepository",
    "MongoOutcomeRepository",
    "MongoOverrideRepository",
    "MongoPredictionRepository",
    "MongoProgramRepository",
    "MongoRuleBookRepository",
    "MongoScenarioRepository",
    "MongoSchemaKeeper",
    "MongoScoredCustomers",
    "MongoSealedData",
    "MongoSettingsRepository",
    "MongoSnapshotRepository",
    "MongoTokenKeyRepository",
    "MongoUserRepository",
    "MongoWorkQueue",
    "MongoWorkTallies",
    "connect",
    "database_link",
    "ensure_schema",
    "keys_in_backup",
    "new_wrapping_key",
    "open_vault",
    "ping",
]
