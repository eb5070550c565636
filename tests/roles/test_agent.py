"""An agent sees assigned entries only, whatever they open, ask for or guess."""

import pytest

from smartbank.bootstrap import call_ports
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Actor, Role
from smartbank.errors import ForbiddenError
from smartbank.services import my_calls, my_work
from tests.actors import EVERYBODY
from tests.roles.addresses import sent
from tests.roles.places import PLACES
from tests.roles.screens import ID, look
from tests.roles.stored import nothing_but_refusals
from tests.use_cases import BEN, World
from tests.world_lists import CALLERS, put_outcome

OWN, ANOTHERS = "lead-0", "lead-1"
"""Of the list of the world: whom the agent at the API calls, and whom ana calls, who sits at the screens."""
ENTRIES = ("GET", "/v1/call-lists/{list_id}/entries")
NOBODY = Actor("another_agent", Role.AGENT, "192.0.2.9")


@pytest.fixture
def ground(ground_of):
    return ground_of(Role.AGENT)


@pytest.fixture
def calls(ground):
    """Who calls, and the ports of calling."""
    return {"by": ground.by, "ports": call_ports(ground.services)}


def test_the_use_cases_of_calling_give_an_agent_their_own_entries(ground, calls):
    clock, list_id = ground.world.clock, ground.world.list_id
    lists = my_calls.my_lists(**calls)
    work = my_work.my_work(since=clock, now=clock, **calls)

    assert {OWN: ground.by.username, ANOTHERS: "ana"} == CALLERS
    assert [each.list_id for each, _ in lists] == [list_id]
    for entries in (
        lists[0][1],
        work.progress,
        my_calls.own_entries(lists[0][0], **calls),
        my_work.own_progress(list_id, now=clock, **calls),
    ):
        assert list(entries["customer_id"]) == [OWN]


def test_the_call_of_somebody_else_can_be_neither_recorded_nor_corrected_nor_taken_back():
    world = World()
    calls = {"by": EVERYBODY[Role.AGENT], "ports": call_ports(world.services), "now": world.clock}
    recorded = put_outcome(world.services, world.list_id, by=BEN.username, now=world.clock)

    with nothing_but_refusals(world.services, "calling for another"):
        for attempt in (
            lambda: my_calls.record_outcome(my_calls.Call(world.list_id, ANOTHERS, 1), OutcomeKind.DECLINED, **calls),
            lambda: my_calls.correct_outcome(recorded, OutcomeKind.DECLINED, **calls),
            lambda: my_calls.take_back_outcome(recorded, **calls),
        ):
            with pytest.raises(ForbiddenError):
                attempt()

    assert world.services.outcomes.of_list(world.list_id) == [recorded]


def test_my_calls_shows_whom_the_agent_calls_and_nobody_else(ground):
    page = ground.open("my_calls.py", list=ground.world.list_id, customer=OWN)

    text = repr(page.main)
    pressed = {ID.sub("", str(each.key)) for each in page.button if str(each.key).startswith("outcome_")}
    assert pressed == {f"outcome_{kind}_{ANOTHERS}_1" for kind in OutcomeKind}
    assert ANOTHERS in text
    assert OWN not in text


def test_no_page_tells_an_agent_of_leads_or_lists(ground):
    told = [place.name for place in PLACES if look(ground, place).tells_of_leads]

    assert told == []
    for script in ("leads.py", "call_lists.py", "results.py"):
        page = ground.open(script, list=ground.world.list_id, run=ground.world.done["run"], section="Released lists")
        assert page.warning[0].value.startswith("Your role (agent) does not include this page.")
        assert len(page.main) == 1


def test_over_the_api_an_agent_has_their_own_entries_and_those_who_have_none_learn_nothing(ground):
    own = sent(ground, ground.world, *ENTRIES).json()
    guessed, unknown = (
        ground.ask(ground.world, "GET", f"/v1/call-lists/{list_id}/entries", by=NOBODY)
        for list_id in (ground.world.list_id, "20260101-000000-000-abcdef")
    )

    assert [each["customer_id"] for each in own["items"]] == [OWN]
    assert guessed.status_code == unknown.status_code == 404
    assert guessed.json()["detail"] == unknown.json()["detail"]


def test_over_the_api_an_agent_changes_nothing_of_a_customer_whose_id_they_guess(ground):
    list_id = ground.world.list_id
    said = {"customer_id": ANOTHERS, "attempt": 1, "outcome": "declined"}

    with nothing_but_refusals(ground.services, "guessing"):
        answers = [
            ground.ask(ground.world, "POST", f"/v1/call-lists/{list_id}/outcomes", json=said),
            ground.ask(ground.world, "GET", "/v1/customers", params={"text": ANOTHERS}),
            ground.ask(ground.world, "GET", f"/v1/customers/{ANOTHERS}/data", params={"reason": "asked by letter"}),
            ground.ask(ground.world, "DELETE", f"/v1/customers/{ANOTHERS}", params={"reason": "asked by letter"}),
        ]

    assert [answer.status_code for answer in answers] == [403] * 4
