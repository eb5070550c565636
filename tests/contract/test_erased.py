"""Who was erased: every store of erasures, and every store that forgets a customer, must pass these."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from smartbank.adapters.memory import MemoryErasedCustomers
from smartbank.adapters.mongo import MongoErasedCustomers
from smartbank.adapters.vault import Vault
from smartbank.core.erasure import ErasureList, anonymous_outcomes, erasure_list_from
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.work import Work, WorkKind
from smartbank.errors import StorageError
from tests.contract.test_customers import leads
from tests.database import VAULT

MAY, JUNE = date(2026, 5, 3), date(2026, 6, 1)
MONDAY = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
CALL = Outcome("c1", MONDAY, OutcomeKind.NO_ANSWER, "r1", 0.25, 0.113, list_id="l1", attempt=1, by="rui")


@pytest.fixture
def erased(build):
    return build("ErasedCustomers", vault=VAULT)


def test_who_was_erased_is_known_by_id_with_the_first_day(erased):
    assert erased.among(["c1", "c2"]) == {}

    erased.begin("c1", on=MAY)
    erased.begin("c1", on=JUNE)

    assert erased.among(["c1", "c2"]) == {"c1": MAY}
    assert erased.among([f"c{number}" for number in range(300)]) == {"c1": MAY}
    assert erased.among([]) == {}


def test_the_chance_of_the_pseudonyms_stays_until_the_end_and_is_then_another(erased):
    erased.begin("c1", on=MAY)
    erased.begin("c2", on=MAY)
    chance = erased.salt("c1")

    assert (erased.salt("c1"), erased.is_under_way("c1")) == (chance, True)
    assert erased.salt("c2") != chance
    erased.finish("c1")
    erased.finish("c1")

    assert (erased.is_under_way("c1"), erased.is_under_way("c9")) == (False, False)
    assert erased.salt("c1") != chance
    erased.begin("c1", on=JUNE)
    assert erased.is_under_way("c1")


def test_the_number_of_ended_erasures_only_grows(erased):
    erased.begin("c1", on=MAY)
    seen = [erased.ended()]

    erased.finish("c1")
    seen.append(erased.ended())
    erased.lift("c1")
    erased.begin("c2", on=MAY)
    seen.append(erased.ended())
    erased.finish("c2")
    seen.append(erased.ended())

    assert seen == [0, 1, 1, 2]


def test_an_erasure_that_is_lifted_is_forgotten_and_the_mark_is_told(erased):
    mark = erased.begin("c1", on=MAY)

    assert [erased.lift("c1"), erased.lift("c1"), erased.lift("c9")] == [mark, "", ""]
    assert erased.among(["c1"]) == {}


def test_one_erased_here_and_elsewhere_is_lifted_altogether(erased):
    elsewhere = MemoryErasedCustomers(vault=VAULT)
    marks = {elsewhere.begin("c1", on=MAY), erased.begin("c1", on=JUNE)}
    erased.take_over(elsewhere.to_list())

    assert erased.lift("c1") in marks

    assert erased.among(["c1"]) == {}
    assert not erased.is_under_way("c1")


def test_no_mark_tells_the_id_and_each_has_its_own(erased):
    marks = [erased.begin(each, on=MAY) for each in ("quorwen-1", "quorwen-2", "quorwen-1")]

    assert marks[0] == marks[2] != marks[1]
    assert "quorwen" not in str(erased.to_list().to_json())


def test_a_list_of_erasures_is_known_again_beside_those_known_since(erased):
    erased.begin("c1", on=MAY)
    written = erased.to_list().to_json()
    erased.lift("c1")
    erased.begin("c2", on=JUNE)

    known = erasure_list_from(written)

    assert [erased.take_over(known), erased.take_over(known)] == [1, 0]
    assert erased.among(["c1", "c2", "c3"]) == {"c1": MAY, "c2": JUNE}
    assert not erased.is_under_way("c1")


def test_a_list_from_a_database_of_its_own_is_known_too(erased):
    elsewhere = MemoryErasedCustomers(vault=VAULT)
    elsewhere.begin("c1", on=MAY)
    erased.begin("c2", on=JUNE)

    erased.take_over(elsewhere.to_list())

    assert erased.among(["c1", "c2"]) == {"c1": MAY, "c2": JUNE}
    erased.begin("c1", on=JUNE)
    assert erased.among(["c1"]) == {"c1": MAY}


def test_a_list_whose_key_is_not_here_is_refused(erased):
    elsewhere = MemoryErasedCustomers(vault=Vault([bytes(32)]))
    elsewhere.begin("c1", on=MAY)

    with pytest.raises(StorageError, match="key"):
        erased.take_over(elsewhere.to_list())
    assert erased.to_list() == ErasureList({}, {})


def test_of_a_list_whose_secret_is_known_here_the_key_is_not_needed(erased):
    mark = erased.begin("c1", on=MAY)
    erased.lift("c1")
    (name,) = erased.to_list().secrets

    assert erased.take_over(ErasureList({name: "s1.00000000.AAAA"}, {mark: MAY})) == 1
    assert erased.among(["c1"]) == {"c1": MAY}


def test_an_erasure_under_way_goes_on_where_others_of_the_same_customer_are_brought_in(erased):
    erased.begin("c1", on=MAY)
    chance = erased.salt("c1")

    for _ in range(8):
        elsewhere = MemoryErasedCustomers(vault=VAULT)
        elsewhere.begin("c1", on=JUNE)
        erased.take_over(elsewhere.to_list())

    assert (erased.is_under_way("c1"), erased.salt("c1")) == (True, chance)
    erased.finish("c1")
    assert not erased.is_under_way("c1")


def test_who_is_erased_by_another_process_is_known_at_the_next_look(database):
    here, there = (MongoErasedCustomers(database, vault=VAULT) for _ in range(2))
    elsewhere = MemoryErasedCustomers(vault=VAULT)
    elsewhere.begin("c3", on=MAY)
    looks = [dict(here.among(["c1", "c2", "c3"]))]

    for change in (
        lambda: there.begin("c1", on=MAY),
        lambda: there.begin("c2", on=JUNE),
        lambda: there.take_over(elsewhere.to_list()),
        lambda: there.lift("c1"),
    ):
        change()
        looks.append(dict(here.among(["c1", "c2", "c3"])))

    assert looks == [
        {},
        {"c1": MAY},
        {"c1": MAY, "c2": JUNE},
        {"c1": MAY, "c2": JUNE, "c3": MAY},
        {"c2": JUNE, "c3": MAY},
    ]


def test_a_secret_is_opened_once(database, monkeypatch):
    vault = Vault([bytes(range(32))])
    erased = MongoErasedCustomers(database, vault=vault)
    erased.begin("c1", on=MAY)
    monkeypatch.setattr(vault, "open_text", lambda *_: pytest.fail("opened again"))

    assert erased.among(["c1", "c2"]) == {"c1": MAY}


@pytest.fixture
def customers(build):
    return build("CustomerRepository")


def test_a_customer_is_erased_with_versions_and_marks_whatever_they_come_from(customers, corrections):
    for age, upload in ((30, "u1"), (31, "u2")):
        rows = leads(customer_id=["c1", "c2"], age=[age, age]).assign(objected="yes")
        customers.save_many(rows, source={"kind": "upload", "name": "a.csv", "upload_id": upload}, saved_at=MONDAY)

    assert [corrections.erase("c1"), corrections.erase("c1")] == [True, False]

    assert customers.load(["c1", "c2"])["customer_id"].tolist() == ["c2"]
    assert customers.load_versions([("c1", 1), ("c1", 2), ("c2", 1)])["customer_id"].tolist() == ["c2"]
    assert customers.count() == 1
    assert dict(customers.barred(require_consent=False)) == {"c2": "objected"}


def test_predictions_keep_their_place_and_nothing_of_the_person(build):
    predictions = build("PredictionRepository")
    row = {"run_id": "r1", "customer_version": 3, "propensity": 0.4567, "band": "A", "contributions": [0.5] * 12}
    both = [row | {"rank": at, "customer_id": f"c{at}", "lead_hash": "ab", "scored_at": MONDAY} for at in (1, 2)]
    predictions.save_many(both)

    assert [predictions.forget_customer("c1", salt="s") for _ in range(2)] == [1, 0]

    first, second = predictions.in_run("r1", 1, 2)
    assert first["customer_id"].startswith("erased~")
    assert {name: value for name, value in first.items() if name != "customer_id"} == {
        "run_id": "r1",
        "rank": 1,
        "propensity": 0.46,
        "band": "A",
        "scored_at": MONDAY,
        "customer_version": 0,
    }
    assert second == both[1]
    assert predictions.history("c1") == []


def test_outcomes_of_a_customer_give_way_to_others_with_every_mistake(build):
    outcomes = build("OutcomeRepository")
    outcomes.record(CALL)
    outcomes.correct(replace(CALL, outcome=OutcomeKind.CALLBACK, version=2))
    outcomes.record(replace(CALL, customer_id="c2"))
    mistake = outcomes.record(replace(CALL, attempt=2))
    outcomes.take_back(mistake)
    instead = anonymous_outcomes(outcomes.of_customer("c1"), salt="s", time_zone="Europe/Lisbon")

    assert [outcomes.forget_customer("c1", instead=instead) for _ in range(2)] == [2, 0]

    assert outcomes.every_version("c1") == []
    assert sorted(each.customer_id[:7] for each in outcomes.of_list("l1")) == ["c2", "erased~"]
    (kept,) = outcomes.every_version(instead[0].customer_id)
    assert (kept.outcome.outcome, kept.outcome.at) == (
        OutcomeKind.CALLBACK,
        datetime(2026, 1, 5, 0, 0, 0, 1_000, tzinfo=UTC),
    )


def test_a_claim_on_a_customer_is_given_up_whichever_list_has_it(build):
    lists = build("CallListRepository")
    lists.claim("l1", ["c1", "c2"])

    assert [lists.forget_customer("c1"), lists.forget_customer("c1")] == [True, False]
    assert dict(lists.claimed()) == {"c2": "l1"}


def test_work_is_found_whatever_became_of_it_and_its_request_can_be_another(build):
    queue = build("WorkQueue")
    for work_id in ("w2", "w1"):
        queue.add(Work(work_id, WorkKind.RUN, "ana", MONDAY, {"source": {"label": "Ana Silva"}}))
    queue.cancel("w1", now=MONDAY)
    queue.expire("w1")

    queue.rewrite("w1", {"source": {"label": "erased~"}})

    assert [(work.work_id, work.state, work.request["source"]["label"]) for work in queue.every(WorkKind.RUN)] == [
        ("w1", "expired", "erased~"),
        ("w2", "queued", "Ana Silva"),
    ]
    assert queue.every(WorkKind.UPLOAD) == []
