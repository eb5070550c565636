"""Every repository of columns matched by hand must pass these, whatever it is built on."""

from datetime import UTC, datetime

import pytest

from smartbank.adapters.mongo import MongoMappingRepository
from smartbank.core.mappings import SavedMapping
from tests.database import VAULT

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
FIELDS = {"idade do cliente": "age", "$set": "job", "a.b.c": "loan", "": "phone", "имя": "name"}


@pytest.fixture
def mappings(build):
    return build("MappingRepository")


def test_a_mapping_comes_back_whatever_the_columns_are_called(mappings):
    mapping = SavedMapping("s1", FIELDS, "ana", MONDAY)

    mappings.save(mapping)

    assert mappings.find("s1") == mapping
    assert mappings.find("s2") is None


def test_the_newest_mapping_of_a_header_replaces_the_one_before(mappings):
    mappings.save(SavedMapping("s1", FIELDS, "ana", MONDAY))

    mappings.save(SavedMapping("s1", {"alter": "age"}, "bruno", MONDAY))

    assert mappings.find("s1") == SavedMapping("s1", {"alter": "age"}, "bruno", MONDAY)


def test_a_forgotten_mapping_is_gone_and_the_others_stay(mappings):
    for signature in ("s1", "s2"):
        mappings.save(SavedMapping(signature, FIELDS, "ana", MONDAY))

    mappings.forget("s1")
    mappings.forget("s1")

    assert mappings.find("s1") is None
    assert mappings.find("s2") is not None


def test_the_database_does_not_show_the_names_of_columns(database):
    MongoMappingRepository(database, vault=VAULT).save(SavedMapping("s1", {"Ana Silva 912345678": "age"}, "bo", MONDAY))

    (document,) = database["column_mappings"].find()

    assert "Silva" not in str(document)
    assert document["sealed_with"] == [VAULT.sealing_key()]
