"""The services on in-memory storage, with a scorer whose numbers can be checked by eye."""

from smartbank.adapters import memory
from smartbank.bootstrap import Services
from smartbank.config import Settings
from smartbank.core.market import BUNDLED_SNAPSHOT
from smartbank.core.reasons import ReasonWriter
from tests.stubs import StubScorer


def memory_services(**instead):
    """Return services in memory; `instead` replaces some of them."""
    scorer = StubScorer()
    chosen = {
        "configuration": Settings(),
        "scorer": scorer,
        "writer": ReasonWriter(scorer.rate, 0.11),
        "snapshot": BUNDLED_SNAPSHOT,
        "customers": memory.MemoryCustomerRepository(),
        "queue": memory.MemoryWorkQueue(),
        "frames": memory.MemoryFrameStore(),
        "files": memory.MemoryFileStore(),
        "predictions": memory.MemoryPredictionRepository(),
        "users": memory.MemoryUserRepository(),
        "settings": memory.MemorySettingsRepository(),
        "audit": memory.MemoryAuditLog(),
        "inbox": memory.MemoryInbox(),
    }
    return Services(**(chosen | instead))
