import pytest

from smartbank.core.call_lists import ListState
from smartbank.errors import ListConstraintError
from smartbank.services import list_release
from smartbank.services.list_names import free_name, names_in_use
from tests.actors import ANA
from tests.releasing import BEN, bank, end, release

__all__ = ["bank"]


def test_a_name_a_running_list_has_is_refused_and_says_whose(bank):
    release(bank, name="Monday")

    with pytest.raises(ListConstraintError, match="ana has a running list of the name “Monday” already"):
        release(bank, by=BEN, name=" monday ")

    assert names_in_use(by=ANA, lists=bank.services.lists) == {"monday"}


def test_of_two_who_looked_at_the_same_moment_one_gets_the_name(bank, monkeypatch):
    monkeypatch.setattr(list_release, "require_free_name", lambda *_, **__: None)
    first = release(bank, name="Monday")

    with pytest.raises(ListConstraintError, match="ana has a running list of the name “Monday” already"):
        release(bank, by=BEN, name=" monday ")

    lists = bank.services.lists
    assert [each.list_id for each in lists.in_state(ListState.RELEASED)] == [first.list_id]
    assert lists.in_state(ListState.RELEASING) == []


def test_once_a_list_has_ended_its_name_is_free_again(bank):
    end(bank, release(bank, name="Monday"))

    assert release(bank, name="Monday").figures is not None


def test_the_name_offered_is_free(bank):
    release(bank, name="List of 3 May 2026")
    in_use = names_in_use(by=ANA, lists=bank.services.lists)

    assert free_name("List of 3 May 2026", in_use) == "List of 3 May 2026 (2)"
    assert free_name("List of 4 May 2026", in_use) == "List of 4 May 2026"
    assert free_name("a", {"a", "a (2)"}) == "a (3)"
