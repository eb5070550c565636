from datetime import UTC, datetime

import pytest

from smartbank.adapters.memory import MemoryMappingRepository
from smartbank.core.columns import IGNORE
from smartbank.core.mappings import LONGEST_NAME, MOST_COLUMNS, header_signature, mapping_to_keep
from smartbank.errors import LeadValidationError

FILE = "Ref,Years,job\nc1,30,student\n"
BY_HAND = {"Ref": "customer_id", "Years": "age"}


@pytest.fixture
def mappings():
    return MemoryMappingRepository()


@pytest.fixture
def upload(upload, mappings):
    return lambda content, **request: upload(content, mappings=mappings, **request)


def test_columns_matched_by_hand_are_matched_so_in_the_next_file_with_the_same_header(upload):
    assert upload(FILE, mapping=BY_HAND, by_hand=True).report.by_hand_as == ""

    report = upload("job; YEARS ;ref\nretired;60;c2\nstudent;20;c3\n").report

    assert (report.clean, report.by_hand) == (2, {" YEARS ".strip(): "age", "ref": "customer_id"})
    assert report.by_hand_as == "ana"
    assert report.by_hand_at.startswith("2026-01-01")


def test_a_file_with_another_header_is_matched_by_its_names_alone(upload):
    upload(FILE, mapping=BY_HAND, by_hand=True)

    report = upload("Ref,Years,job,town\nc1,30,student,Porto\n").report

    assert report.unmatched == ["Ref", "Years", "town"]
    assert (report.by_hand, report.by_hand_as) == ({}, "")


def test_another_choice_by_hand_replaces_what_was_kept(upload):
    upload(FILE, mapping=BY_HAND, by_hand=True)
    upload(FILE, mapping={"Years": "age"}, by_hand=True)

    assert upload(FILE).report.by_hand == {"Years": "age"}


def test_an_empty_choice_by_hand_forgets_what_was_kept(upload):
    upload(FILE, mapping=BY_HAND, by_hand=True)

    assert upload(FILE, by_hand=True).report.by_hand == {}
    assert upload(FILE).report.unmatched == ["Ref", "Years"]


def test_a_mapping_that_does_not_give_age_and_job_is_not_kept(upload):
    upload(FILE, mapping={"Ref": "customer_id"}, by_hand=True)

    assert upload(FILE).report.by_hand == {}


def test_a_mapping_that_is_refused_is_not_kept(upload):
    with pytest.raises(LeadValidationError, match="both mapped"):
        upload(FILE, mapping={"Ref": "age", "Years": "age"}, by_hand=True)

    assert upload(FILE).report.by_hand == {}


def test_what_is_too_large_is_not_kept():
    at = datetime(2026, 1, 5, tzinfo=UTC)
    names = [f"column {number}" for number in range(MOST_COLUMNS + 1)]

    assert mapping_to_keep(names, dict.fromkeys(names[1:], "age"), by="ana", at=at) is not None
    assert mapping_to_keep(names, dict.fromkeys(names, "age"), by="ana", at=at) is None
    assert mapping_to_keep(["x" * LONGEST_NAME], {"x" * LONGEST_NAME: "age"}, by="ana", at=at) is not None
    assert mapping_to_keep(["x" * 201], {"x" * (LONGEST_NAME + 1): "age"}, by="ana", at=at) is None
    assert mapping_to_keep(["a"], {"a": IGNORE}, by="ana", at=at) is None


def test_headers_are_the_same_in_any_order_case_and_spacing_and_else_differ():
    assert header_signature(["Age", "Job  title"]) == header_signature(["job title", "AGE"])
    assert header_signature(["возраст"]) != header_signature(["работа"])
    assert header_signature(["a", "b"]) != header_signature(["a b"])
    assert header_signature(["a", "a"]) != header_signature(["a"])


def test_two_columns_that_differ_in_case_alone_are_not_matched_by_what_was_kept(upload):
    upload("Years,YEARS,job\n30,31,student\n", mapping={"Years": "age"}, by_hand=True)

    assert upload("Years,YEARS,job\n30,31,student\n").report.by_hand == {}
