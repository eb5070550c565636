from smartbank.core.call_lists import ListState
from smartbank.core.list_entries import list_owner
from smartbank.services.call_lists import recent_lists
from smartbank.services.removals import queue_demo_removal
from tests import releasing
from tests.actors import ANA
from tests.bank import EVERYONE, Bank
from tests.releasing import release
from tests.stubs import stub_leads

bank = releasing.bank


def remove_demo(bank):
    services = bank.services
    queue_demo_removal(by=ANA, queue=services.queue, audit=services.audit, now=bank.clock)
    bank.work()


def test_lists_of_made_up_customers_go_with_the_demo_data():
    bank = Bank()
    bank.services.customers.save_many(stub_leads([30] * 40), source={"synthetic": True}, saved_at=bank.clock)
    bank.run_id = bank.score(EVERYONE)
    call_list = release(bank)

    remove_demo(bank)

    lists = bank.services.lists
    assert lists.find(call_list.list_id).state is ListState.REMOVED
    assert recent_lists(by=ANA, lists=lists) == []
    assert lists.claimed() == {}
    assert bank.services.frames.load(list_owner(call_list.list_id)).empty


def test_lists_of_real_customers_stay(bank):
    call_list = release(bank)

    remove_demo(bank)

    assert bank.services.lists.find(call_list.list_id).state is ListState.RELEASED
    assert len(bank.services.lists.claimed()) == 21
