"""In-memory storage with the behaviour of the database, for tests; gone when the process ends."""

from smartbank.adapters.memory.answers import MemoryAnswerRepository
from smartbank.adapters.memory.audit import MemoryAuditLog
from smartbank.adapters.memory.backups import MemoryBackupShelf
from smartbank.adapters.memory.call_lists import MemoryCallListRepository
from smartbank.adapters.memory.corrections import MemoryCustomerCorrections
from smartbank.adapters.memory.customers import MemoryCustomerRepository
from smartbank.adapters.memory.erased import MemoryErasedCustomers
from smartbank.adapters.memory.files import MemoryFileStore
from smartbank.adapters.memory.frames import MemoryFrameStore
from smartbank.adapters.memory.grounds import MemoryGroundRepository
from smartbank.adapters.memory.inbox import MemoryInbox
from smartbank.adapters.memory.jobs import MemoryJobSchedule
from smartbank.adapters.memory.mappings import MemoryMappingRepository
from smartbank.adapters.memory.marked_by_uploads import MemoryMarkedByUploads
from smartbank.adapters.memory.market import (
    MemoryObservationRepository,
    MemoryOverrideRepository,
    MemorySnapshotRepository,
)
from smartbank.adapters.memory.models import MemoryModelRegistry
from smartbank.adapters.memory.notes import MemoryNoteRepository
from smartbank.adapters.memory.outcomes import MemoryOutcomeRepository
from smartbank.adapters.memory.predictions import MemoryPredictionRepository
from smartbank.adapters.memory.programs import MemoryProgramRepository
from smartbank.adapters.memory.provider import MemoryProviderDirectory
from smartbank.adapters.memory.queue import MemoryWorkQueue
from smartbank.adapters.memory.rules import MemoryRuleBookRepository
from smartbank.adapters.memory.scenarios import MemoryScenarioRepository
from smartbank.adapters.memory.scored_customers import MemoryScoredCustomers
from smartbank.adapters.memory.settings import MemorySettingsRepository
from smartbank.adapters.memory.tallies import MemoryWorkTallies
from smartbank.adapters.memory.token_keys import MemoryTokenKeyRepository
from smartbank.adapters.memory.users import MemoryUserRepository

__all__ = [
    "MemoryAnswerRepository",
    "MemoryAuditLog",
    "MemoryBackupShelf",
    "MemoryCallListRepository",
    "MemoryCustomerCorrections",
    "MemoryCustomerRepository",
    "MemoryErasedCustomers",
    "MemoryFileStore",
    "MemoryFrameStore",
    "MemoryGroundRepository",
    "MemoryInbox",
    "MemoryJobSchedule",
    "MemoryMappingRepository",
    "MemoryMarkedByUploads",
    "MemoryModelRegistry",
    "MemoryNoteRepository",
    "MemoryObservationRepository",
    "MemoryOutcomeRepository",
    "MemoryOverrideRepository",
    "MemoryPredictionRepository",
    "MemoryProgramRepository",
    "MemoryProviderDirectory",
    "MemoryRuleBookRepository",
    "MemoryScenarioRepository",
    "MemoryScoredCustomers",
    "MemorySettingsRepository",
    "MemorySnapshotRepository",
    "MemoryTokenKeyRepository",
    "MemoryUserRepository",
    "MemoryWorkQueue",
    "MemoryWorkTallies",
]
