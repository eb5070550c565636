"""Demo customers are loaded in steps: those a broken-off command has saved are ranked."""

import pytest

from smartbank.core.work import WorkKind
from smartbank.services import demo
from tests.actors import ANA
from tests.bank import Bank
from tests.stubs import stub_leads


def test_those_who_were_saved_before_the_command_was_broken_off_are_ranked(monkeypatch):
    bank = Bank()
    services = bank.services
    monkeypatch.setattr(demo, "_SAVE_ROWS", 10)
    save, calls = services.customers.save_many, []

    def breaks_off(rows, **about):
        calls.append(len(rows))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return save(rows, **about)

    monkeypatch.setattr(services.customers, "save_many", breaks_off)
    about = {"customers": services.customers, "queue": services.queue, "audit": services.audit, "now": bank.clock}
    with pytest.raises(KeyboardInterrupt):
        demo.load_demo(stub_leads([30] * 40), by=ANA, **about)
    bank.work()

    (run,) = services.queue.recent(WorkKind.RUN)
    assert run.result["summary"]["leads"] == 20
