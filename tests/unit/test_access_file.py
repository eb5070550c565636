import json
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.bootstrap import access_ports, asked_ports, call_ports, export_ports
from smartbank.core.access_file import FORMAT
from smartbank.core.asked_leads import AskedLead
from smartbank.core.audit import AuditAction
from smartbank.core.notes import Note
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Actor, Role
from smartbank.core.ranking import RankFilter
from smartbank.core.score_purpose import SCORE_PURPOSE
from smartbank.errors import ForbiddenError, NotFoundError
from smartbank.services.access_file import access_bytes, access_file_name, give_access
from smartbank.services.asked_scores import score_asked
from smartbank.services.downloads import open_csv
from smartbank.services.my_calls import correct_outcome
from smartbank.services.outcome_upload import record_outcomes
from tests.actors import ANA, EVERYBODY
from tests.call_lists import ListBank
from tests.erasures import ErasureBank

HER = "lead-59"
"""Ana 59 of 79 years, the first of the ranking."""


@pytest.fixture
def bank():
    """A bank in which everything there is was done to one customer."""
    bank = ListBank()
    services = bank.services
    bank.bring(f"customer_id,name,age,job\n{HER},Ana Nova,78,retired\n", name="june.csv")
    bank.list = bank.release(control=0.0)
    sold = bank.call(bank.list, HER, OutcomeKind.SUBSCRIBED)
    now = datetime.now(UTC)
    correct_outcome(sold, OutcomeKind.DECLINED, by=ANA, ports=call_ports(services), now=now)
    services.notes.add(Note("n1", HER, bank.clock, "ana", "Ring after six.", {"if_age": "30"}))
    export(bank, RankFilter())
    export(bank, RankFilter(bands=("D",)))
    return bank


def export(bank, rank_filter):
    open_csv(bank.run_id, rank_filter, by=ANA, ports=export_ports(bank.services), now=bank.later())


def given(bank, customer_id=HER, by=ANA):
    return give_access(customer_id, by=by, ports=access_ports(bank.services), now=bank.later())


def entries(bank, part):
    return given(bank)[part]["entries"]


def test_the_file_says_what_it_is_what_scores_are_for_and_what_each_field_is_for(bank):
    content = given(bank)

    assert (content["format"], content["Customer id"]) == (FORMAT, HER)
    assert content["what scores are for"] == SCORE_PURPOSE
    assert "credit" in content["what scores are for"]
    assert next(each for each in content["what each field is for"] if each["What"] == "Age")["What it is for"]
    assert all(part["what this is"] for part in content.values() if isinstance(part, dict))


def test_the_customer_is_in_it_as_they_are_and_as_they_were(bank):
    (now,) = entries(bank, "you")
    (before,) = entries(bank, "earlier versions")

    assert (now["Name"], now["Age"], now["Phone"], now["From"], now["Version"]) == (
        "Ana Nova",
        78,
        None,
        "june.csv",
        2,
    )
    assert (before["Name"], before["Age"], before["Phone"]) == ("Ana 59", 79, "+442079460059")


def test_every_score_is_in_it_with_its_reasons_in_words(bank):
    newest, first = entries(bank, "scores")

    assert (first["Rank"], first["Version of your data"], first["Model"]) == (1, 1, "stub-1")
    assert first["Propensity in percent"] > first["Threshold in percent"] > 0
    assert first["Reasons"][0]["Field"] == "Age"
    assert "bought; all:" in first["Reasons"][0]["Reason"]
    assert first["Market"].startswith("Euribor")
    assert newest["Version of your data"] == 2


def test_calls_are_in_it_with_mistakes_that_were_corrected(bank):
    newest, mistake = entries(bank, "calls")

    assert (newest["Outcome"], newest["Standing"], newest["Recorded by"]) == ("declined", "counts", "ana")
    assert (mistake["Outcome"], mistake["Standing"]) == ("subscribed", "corrected since")
    assert newest["Call list"] == bank.list.list_id


def test_lists_notes_and_files_are_in_it(bank):
    (listed,) = entries(bank, "call lists")
    (note,) = entries(bank, "notes")
    files = entries(bank, "files your data came from")

    assert (listed["Call list"], listed["Place"], listed["State"]) == ("Monday", 1, "released")
    assert (note["Note"], note["What-if"]) == ("Ring after six.", {"if_age": "30"})
    assert [each["From"] for each in files if "From" in each] == ["june.csv"]
    assert [each["Your row"]["Name"] for each in files if "Your row" in each] == ["Ana Nova"]


def test_what_kept_them_off_a_list_or_out_of_a_ranking_is_in_it():
    bank = ErasureBank()

    kept = given(bank, HER)["call lists"]["entries"]

    assert [each["Kept off because"] for each in kept if "Kept off because" in each] == [f"on list {bank.list.list_id}"]
    assert [(each["Run"], each["Left out by rule"]) for each in kept if "Run" in each] == [(bank.without_her, "old")]


def test_who_took_the_customer_away_is_in_it_and_files_without_them_are_not(bank):
    taken = entries(bank, "who took your data away")

    assert [(each["By"], each["What"], each["As"]) for each in taken] == [
        ("ana", f"ranked leads of run {bank.run_id}", "csv")
    ]
    done = entries(bank, "what was done to your data")
    assert [each["What"] for each in done if "From" not in each][:2] == ["record_outcome", "correct_outcome"]


def test_uploads_and_programs_that_changed_the_customer_are_in_it_with_the_versions_they_made(bank):
    crm = Actor("program:crm", Role.MANAGER, "192.0.2.9")
    ports = asked_ports(bank.services)
    score_asked([AskedLead(HER, {"age": 70.0})], by=crm, ports=ports, now=bank.later())
    score_asked([AskedLead("lead-1", {"age": 71.0})], by=crm, ports=ports, now=bank.later())

    done = [each for each in entries(bank, "what was done to your data") if "From" in each]

    sources = bank.services.customers.sources(HER)
    assert [(each["By"], each["What"], each["Result"], each["From"]) for each in done] == [
        ("ana", "upload", "done", f"upload {sources[2]}"),  # queued
        ("ana", "upload", "done", f"upload {sources[2]}"),  # read
        ("program:crm", "run", "done", f"request {sources[3]}"),
    ]
    assert [each["Versions of your data from it"] for each in done] == [[2], [2], [3]]


def test_an_objection_that_came_with_results_is_in_it(bank):
    at = (datetime.now(UTC) + timedelta(minutes=5)).isoformat(timespec="seconds")
    other = bank.called(bank.list)[1]
    for who in (HER, other):
        data = f"customer id,outcome,time of call,attempt\n{who},dnc,{at},1".encode()
        record_outcomes(
            bank.list.list_id, [data], "r.csv", by=ANA, ports=bank.upload_ports, now=bank.later() + timedelta(days=1)
        )

    done = [each for each in entries(bank, "what was done to your data") if "call list" in each.get("From", "")]

    assert [(each["What"], each["From"]) for each in done] == [("record_outcome", f"call list {bank.list.list_id}")]


def test_nothing_of_anybody_else_is_in_it(bank):
    text = access_bytes(given(bank)).decode()

    assert [f"lead-{place}" for place in range(59) if f'"lead-{place}"' in text] == []
    assert "Ana 58" not in text


def test_the_file_is_json_that_people_can_read(bank):
    content = given(bank)

    written = access_bytes(content)

    assert json.loads(written) == content
    assert written.count(b"\n") > 100
    assert access_file_name(datetime(2026, 5, 3, 9, 0, 1, tzinfo=UTC)) == "customer-data-20260503-090001.json"


def test_handing_it_over_is_on_record_with_counts_alone(bank):
    given(bank)

    event = bank.services.audit.kept[-1].event
    assert (event.action, event.object_id, event.who) == (AuditAction.GIVE_ACCESS, HER, "ana")
    assert event.details["entries"]["scores"] == 2
    assert "Ana Nova" not in str(event)


def test_who_may_not_and_who_is_not_there_get_nothing(bank):
    for role in (Role.AGENT, Role.AUDITOR):
        with pytest.raises(ForbiddenError):
            given(bank, by=EVERYBODY[role])
    with pytest.raises(NotFoundError):
        given(bank, "nobody")

    assert [each.event.result for each in bank.services.audit.kept[-3:]] == ["refused", "refused", "failed"]
