"""The services on in-memory storage, with a scorer whose numbers can be checked by eye."""

from smartbank.adapters import memory
from smartbank.bootstrap import Services
from smartbank.config import Settings
from smartbank.core.market import BUNDLED_SNAPSHOT
from smartbank.core.reasons import ReasonWriter
from smartbank.services.settings import SettingsInForce
from tests.stubs import NothingTrainedOn, StubScorer


def memory_services(**instead):
    """Return services in memory; `instead` replaces some of them."""
    scorer, customers = StubScorer(), memory.MemoryCustomerRepository()
    settings = instead.get("settings", memory.MemorySettingsRepository())
    chosen = {
        "configuration": Settings(),
        "scorer": scorer,
        "training_rows": NothingTrainedOn(),
        "writer": ReasonWriter(scorer.rate, 0.11),
        "snapshot": BUNDLED_SNAPSHOT,
        "customers": customers,
        "corrections": memory.MemoryCustomerCorrections(customers),
        "queue": memory.MemoryWorkQueue(),
        "frames": memory.MemoryFrameStore(),
        "files": memory.MemoryFileStore(),
        "mappings": memory.MemoryMappingRepository(),
        "predictions": memory.MemoryPredictionRepository(),
        "users": memory.MemoryUserRepository(),
        "settings": settings,
        "in_force": SettingsInForce(settings, max_age_s=0),
        "audit": memory.MemoryAuditLog(),
        "inbox": memory.MemoryInbox(),
        "jobs": memory.MemoryJobSchedule(),
        "backups": memory.MemoryBackupShelf(),
    }
    return Services(**(chosen | instead))
