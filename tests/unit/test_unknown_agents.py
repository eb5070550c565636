"""Agents a dialler's file names, of whom SmartBank knows no calls of the list."""

from smartbank.core.people import Role, User
from tests.actors import put_user
from tests.unit import test_outcome_upload as uploads
from tests.unit.test_outcome_upload import look, minute, table

bank, now = uploads.bank, uploads.now


def test_agents_nobody_knows_on_the_list_are_counted_by_name(bank):
    put_user(bank.services.users, User("eva", Role.AGENT, "no hash", created_at=bank.clock))
    call_list = bank.release(agents=("eva",))
    first, second, third, fourth, *_ = bank.called(call_list)
    rows = [(first, "sale", minute(5), "EVA"), (second, "no", minute(6), "Joana Dialler"), (third, "no", minute(7), "")]
    data = table(
        *rows,
        (fourth, "no", minute(8), "Joana Dialler"),
        (bank.control(call_list)[0], "sale", minute(9), "Rita Dialler"),
        ("nobody", "no", minute(9), "Rita Dialler"),
        columns="customer id,outcome,time of call,agent",
    )

    report = look(bank, call_list, data)

    assert report.unknown_agents == {"Joana Dialler": 2}
