"""The services on in-memory storage, with a scorer whose numbers can be checked by eye."""

from smartbank.adapters import memory
from smartbank.adapters.tokens import JwtSigner
from smartbank.adapters.vault import Vault
from smartbank.bootstrap import Services
from smartbank.config import Settings
from smartbank.core.call_rules import RuleBook
from smartbank.core.calling_hours import CallingHours
from smartbank.services.ground_in_force import GroundInForce
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.models_in_force import ModelsInForce
from smartbank.services.rules_in_force import RulesInForce
from smartbank.services.settings_in_force import SettingsInForce
from tests.stubs import NoBacktests, ShelfOf, StubScorer, StubTrainer, model_with

ALWAYS = CallingHours(tuple(range(7)), 0, 24 * 60, on_holidays=True)
"""Tests call at any hour; those of the calling hours say theirs."""


def bundled_market():
    """Return the market in force where nothing was ever fetched."""
    return MarketInForce(
        observations=memory.MemoryObservationRepository(),
        snapshots=memory.MemorySnapshotRepository(),
        overrides=memory.MemoryOverrideRepository(),
        settings=SettingsInForce(memory.MemorySettingsRepository()),
        max_age_s=0,
    )


def memory_services(**instead):
    """Return services in memory; `instead` replaces some of them; `scorer` and `training_rows` are the model."""
    customers = instead.get("customers", memory.MemoryCustomerRepository())
    predictions = instead.get("predictions", memory.MemoryPredictionRepository())
    model = model_with(instead.pop("scorer", StubScorer()), instead.pop("training_rows", None))
    registry = instead.get("registry", memory.MemoryModelRegistry())
    shelf = instead.get("shelf", ShelfOf(model))
    settings = instead.get("settings", memory.MemorySettingsRepository())
    market = {
        "observations": memory.MemoryObservationRepository(),
        "snapshots": memory.MemorySnapshotRepository(),
        "overrides": memory.MemoryOverrideRepository(),
    } | {name: port for name, port in instead.items() if name in ("observations", "snapshots", "overrides")}
    in_force = SettingsInForce(settings, max_age_s=0)
    market_in_force = MarketInForce(**market, settings=in_force, max_age_s=0)
    outcomes = instead.get("outcomes", memory.MemoryOutcomeRepository())
    rules = instead.get("rules", memory.MemoryRuleBookRepository(RuleBook(hours=ALWAYS)))
    queue = instead.get("queue", memory.MemoryWorkQueue())
    grounds = memory.MemoryGroundRepository()
    chosen = {
        **market,
        "market": market_in_force,
        "sources": (),
        "scenarios": memory.MemoryScenarioRepository(),
        "configuration": Settings(),
        "models": ModelsInForce(registry, shelf, max_age_s=0),
        "registry": registry,
        "shelf": shelf,
        "trainer": StubTrainer(),
        "backtests": NoBacktests(),
        "customers": customers,
        "corrections": memory.MemoryCustomerCorrections(customers),
        "marked": memory.MemoryMarkedByUploads(customers),
        "erased": memory.MemoryErasedCustomers(),
        "queue": queue,
        "frames": memory.MemoryFrameStore(),
        "files": memory.MemoryFileStore(),
        "mappings": memory.MemoryMappingRepository(),
        "predictions": predictions,
        "scored": memory.MemoryScoredCustomers(customers, predictions),
        "outcomes": outcomes,
        "kept_grounds": grounds,
        "grounds": GroundInForce(
            grounds=grounds, settings=in_force, market=market_in_force, outcomes=outcomes, queue=queue, max_age_s=0
        ),
        "answers": memory.MemoryAnswerRepository(),
        "notes": memory.MemoryNoteRepository(),
        "users": memory.MemoryUserRepository(),
        "directory": None,
        "programs": memory.MemoryProgramRepository(),
        "tokens": JwtSigner(memory.MemoryTokenKeyRepository()),
        "settings": settings,
        "in_force": in_force,
        "rules": rules,
        "rules_in_force": RulesInForce(rules, max_age_s=0),
        "lists": memory.MemoryCallListRepository(),
        "audit": memory.MemoryAuditLog(),
        "signer": Vault([bytes(range(32))]),
        "inbox": memory.MemoryInbox(),
        "jobs": memory.MemoryJobSchedule(),
        "tallies": memory.MemoryWorkTallies(),
        "backups": memory.MemoryBackupShelf(),
    }
    return Services(**(chosen | instead))
