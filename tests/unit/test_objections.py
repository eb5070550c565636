"""What several people do to one customer while an objection is recorded or taken back."""

from datetime import timedelta

import pytest

from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.errors import ConflictError, ForbiddenError, NotFoundError
from smartbank.services.objections import OWN_MISTAKE, lift_mistaken, objected_in_call, require_may_lift
from tests.actors import ANA
from tests.bank import NOW, Bank
from tests.stubs import stub_leads
from tests.unit.test_my_calls import EVA, RUI


@pytest.fixture
def bank():
    bank = Bank()
    leads = stub_leads([30]).assign(do_not_call="no", consent="yes")
    bank.services.customers.save_many(leads, source={"synthetic": False}, saved_at=NOW)
    return bank


def ports(bank):
    return {"customers": bank.services.customers, "corrections": bank.services.corrections}


def objection(bank, *, by=EVA):
    return objected_in_call("lead-0", by=by, **ports(bank), now=NOW)


def marks(bank):
    row = bank.services.customers.standing(["lead-0"]).iloc[0]
    return row["do_not_call"], row["objected"], row["consent"]


def outcome(version, *, by="eva"):
    return Outcome("lead-0", NOW, OutcomeKind.OBJECTED, "r1", 0.2, 0.1, by=by, customer_version=version)


def test_an_objection_leaves_the_other_marks_as_they_are(bank):
    assert objection(bank) == 2
    assert marks(bank) == ("no", "yes", "yes")


def test_a_second_objection_changes_nothing(bank):
    assert [objection(bank), objection(bank, by=RUI)] == [2, 0]
    assert bank.services.customers.standing(["lead-0"])["customer_version"].tolist() == [2]


def test_an_objection_comes_on_top_of_what_somebody_saved_in_between(bank, monkeypatch):
    record = bank.services.corrections.record_consent
    tries = []

    def somebody_is_faster(customer_id, consent, *, version, **about):
        tries.append(version)
        if len(tries) == 1:
            record(customer_id, {**consent, "objected": "no", "consent": "no"}, version=version, **about)
        return record(customer_id, consent, version=version, **about)

    monkeypatch.setattr(bank.services.corrections, "record_consent", somebody_is_faster)

    assert objection(bank) == 3
    assert tries == [1, 2]
    assert marks(bank) == ("no", "yes", "no")


def test_what_somebody_marks_right_after_the_look_stays_beside_the_objection(bank, monkeypatch):
    look, record = bank.services.customers.standing, bank.services.corrections.record_consent
    looks = []

    def marked_after_it(ids):
        found = look(ids)
        looks.append(ids)
        if len(looks) == 1:
            said = {"do_not_call": "yes", "objected": None, "consent": "yes"}
            record("lead-0", said, version=1, source={"kind": "edit", "name": "rui"}, saved_at=NOW)
        return found

    monkeypatch.setattr(bank.services.customers, "standing", marked_after_it)

    assert objection(bank) == 3
    assert marks(bank) == ("yes", "yes", "yes")


def test_a_customer_whom_others_keep_changing_is_said(bank, monkeypatch):
    def refuse(*_arguments, **_about):
        raise ConflictError("Somebody else changed this customer meanwhile.")

    monkeypatch.setattr(bank.services.corrections, "record_consent", refuse)

    with pytest.raises(ConflictError, match="Record the objection again"):
        objection(bank)


def test_nobody_is_there_to_object(bank):
    with pytest.raises(NotFoundError):
        objected_in_call("nobody", by=EVA, **ports(bank), now=NOW)


def test_lifting_gives_the_marks_from_before_back(bank):
    version = objection(bank)

    assert lift_mistaken(outcome(version), by=EVA, **ports(bank), now=NOW)
    assert marks(bank)[0::2] == ("no", "yes")
    assert marks(bank)[1] != "yes"


@pytest.mark.parametrize("version", [0, 1, 7])
def test_an_objection_that_changed_nothing_or_is_not_the_newest_change_is_not_lifted(bank, version):
    objection(bank)

    assert not lift_mistaken(outcome(version), by=EVA, **ports(bank), now=NOW)
    assert marks(bank)[1] == "yes"


@pytest.mark.parametrize(
    ("by", "later", "may"),
    [
        (EVA, OWN_MISTAKE, True),
        (EVA, OWN_MISTAKE + timedelta(seconds=1), False),
        (RUI, timedelta(0), False),
        (ANA, timedelta(days=30), True),
    ],
)
def test_ones_own_mistake_is_lifted_within_the_hour_and_any_other_by_right(by, later, may):
    if may:
        require_may_lift(outcome(2), by=by, now=NOW + later)
    else:
        with pytest.raises(ForbiddenError):
            require_may_lift(outcome(2), by=by, now=NOW + later)
