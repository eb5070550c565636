from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from smartbank.adapters.memory import MemoryModelRegistry
from smartbank.core.model_versions import Promotion
from smartbank.errors import ModelArtifactError, StorageError
from smartbank.services.models_in_force import ModelsInForce
from tests.stubs import ShelfOf, stub_model

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)


class Registry(MemoryModelRegistry):
    """Counts how often it is asked, and does not answer when told so."""

    asked = 0
    away = False

    def in_force(self):
        self.asked += 1
        if self.away:
            raise StorageError("The database does not answer.")
        return super().in_force()


class Shelf(ShelfOf):
    """Counts how often a model is loaded."""

    loaded = 0

    def load(self, version):
        self.loaded += 1
        return super().load(version)


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def shelf():
    return Shelf(stub_model("old"), stub_model("new"))


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def models(registry, shelf, clock):
    return ModelsInForce(registry, shelf, max_age_s=5, clock=lambda: clock[0])


def promote(registry, version, number=1):
    assert registry.promote(Promotion(number, version, "old", NINE, "ada", "It ranks better.", {}))


def test_where_nothing_was_promoted_the_shipped_model_is_in_force(models):
    assert models.current().version == models.version() == "old"


def test_a_process_has_a_promoted_model_within_seconds_without_being_told(models, registry, clock):
    assert models.current().version == "old"
    promote(registry, "new")

    clock[0] = 4.9
    assert models.current().version == "old"
    clock[0] = 5.0
    assert models.current().version == "new"


def test_the_process_that_promoted_has_it_at_once(models, registry):
    models.current()
    promote(registry, "new")
    models.forget()

    assert models.current().version == "new"


def test_looking_is_cheap(models, registry, shelf):
    for _ in range(10):
        models.current()

    assert (registry.asked, shelf.loaded) == (1, 1)


def test_while_the_database_is_away_the_model_known_last_goes_on(models, registry, clock):
    models.current()
    registry.away, clock[0] = True, 100.0

    assert models.current().version == "old"
    registry.away, clock[0] = False, 200.0
    promote(registry, "new")
    models.forget()
    assert models.current().version == "new"


def test_a_first_look_without_a_database_is_an_error(models, registry):
    registry.away = True

    with pytest.raises(StorageError):
        models.current()


def test_a_promoted_model_that_is_gone_leaves_the_one_known_in_force(models, registry, clock, caplog):
    models.current()
    promote(registry, "gone")
    clock[0] = 10.0

    assert models.current().version == "old"
    assert "The model is old" in caplog.text


def test_a_promoted_model_that_is_gone_at_the_start_leaves_the_champion_before_in_force(models, registry, caplog):
    promote(registry, "gone")

    assert models.current().version == "old"
    assert "The model is old" in caplog.text
    assert models.version() == "gone"


def test_where_no_model_can_be_loaded_the_start_says_so(registry):
    promote(registry, "gone")
    shelf = Shelf(stub_model("old"))
    shelf.models.clear()

    with pytest.raises(ModelArtifactError, match="gone"):
        ModelsInForce(registry, shelf).current()


def test_a_look_that_waited_for_the_database_is_not_old_at_once(registry, shelf):
    clock = [0.0]

    def slowly():
        clock[0] += 5.0
        raise StorageError("The database does not answer.")

    models = ModelsInForce(registry, shelf, max_age_s=5, clock=lambda: clock[0])
    models.current()
    registry.in_force = slowly
    clock[0] = 10.0

    for _ in range(5):
        models.current()
    assert clock[0] == 15.0


def test_any_version_is_loaded_once_and_the_last_few_stay(registry):
    shelf = Shelf(*(stub_model(f"m{number}") for number in range(6)))
    models = ModelsInForce(registry, shelf)

    for number in (0, 1, 2, 3, 0, 4, 0):
        models.load(f"m{number}")
    assert shelf.loaded == 5
    models.load("m1")
    assert shelf.loaded == 6


def test_many_threads_load_a_model_once(registry, shelf):
    models = ModelsInForce(registry, shelf)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: models.current().version, range(32)))

    assert set(found) == {"old"}
    assert shelf.loaded == 1


def test_reasons_of_a_version_that_is_gone_are_told_with_the_model_in_force(models):
    assert models.writer_of("gone") is models.current().writer
    assert models.writer_of("new") is models.load("new").writer
