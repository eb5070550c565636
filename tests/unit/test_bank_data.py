from datetime import timedelta

from smartbank.core.audit import AuditAction
from smartbank.services.bank_data import note_bank_data
from tests import releasing
from tests.actors import ANA
from tests.releasing import release

bank = releasing.bank


def note(bank, list_id, until):
    services = bank.services
    note_bank_data([list_id], until=until, by=ANA, lists=services.lists, audit=services.audit, now=bank.clock)


def test_it_is_kept_up_to_when_the_banks_sales_are_in_and_never_goes_back(bank):
    list_id = release(bank).list_id

    note(bank, list_id, bank.clock)
    note(bank, list_id, bank.clock - timedelta(days=1))

    assert bank.services.lists.find(list_id).bank_data_until == bank.clock
    said = [each.event for each in bank.services.audit.entries() if each.event.action is AuditAction.NOTE_BANK_DATA]
    assert [event.object_id for event in said] == [list_id, list_id]
