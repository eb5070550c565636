"""What is written into the log of a process, and how."""

import io
import json
import logging
import sys
import threading
import warnings
from contextvars import copy_context
from datetime import UTC, datetime

import pytest
from streamlit import logger as streamlits

from smartbank.core.log_context import log_fields, logged_with, note_in_log
from smartbank.core.trace import traced
from smartbank.logs import FIELDS, start_log
from smartbank.ui.streamlit_log import join_log

SECRET = "Ana Silva, +351 912 345 678"


@pytest.fixture
def begin(monkeypatch):
    """Return a function that begins the log and returns where it writes; everything is as before afterwards."""
    names = ("", "smartbank", "smartbank.api", "uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")
    kept = [(one, one.level, one.handlers[:], one.propagate) for one in map(logging.getLogger, names)]
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(logging, "raiseExceptions", True)

    def begin(role="worker", *, as_json=True, level="info"):
        monkeypatch.setattr(sys, "stderr", written := io.StringIO())
        start_log(role, as_json=as_json, level=level)
        return written

    yield begin
    logging.captureWarnings(False)
    for one, its_level, handlers, propagate in kept:
        one.level, one.handlers, one.propagate = its_level, handlers, propagate
        one.manager._clear_cache()


def lines(written):
    return [json.loads(line) for line in written.getvalue().splitlines()]


def failed():
    try:
        raise ValueError(SECRET)
    except ValueError as exc:
        return exc


def test_a_line_of_json_says_when_who_what_and_for_what(begin):
    written = begin("worker")

    with logged_with(work_id="run-1", work_kind="run"):
        logging.getLogger("smartbank.worker").info("Work %s begins.", "run-1")

    [said] = lines(written)
    assert datetime.fromisoformat(said.pop("time")).tzinfo == UTC
    assert said.pop("pid") > 0
    assert said == {
        "level": "INFO",
        "logger": "smartbank.worker",
        "message": "Work run-1 begins.",
        "role": "worker",
        "work_id": "run-1",
        "work_kind": "run",
    }


def test_a_line_of_words_says_the_same(begin):
    written = begin(as_json=False)

    with logged_with(request_id="order-1", by="mara"):
        logging.getLogger("smartbank.api").error("Request failed.", extra=traced(failed()))

    said = written.getvalue()
    assert " ERROR smartbank.api: Request failed: ValueError at " in said
    assert said.endswith(" [request_id=order-1, by=mara]\n")


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("name", ["smartbank.api", "uvicorn.error", "pymongo"])
def test_of_an_exception_places_are_written_and_no_message_whoever_logs_it(begin, name, as_json):
    written = begin(as_json=as_json)

    logging.getLogger(name).error("Exception in ASGI application\n", exc_info=failed())

    said = written.getvalue()
    assert len(said.splitlines()) == 1
    assert "ValueError at unit/test_logs.py" in said.replace("tests/", "")
    assert "Silva" not in said
    if as_json:
        assert lines(written)[0]["exception"].startswith("ValueError at")


def test_a_line_holds_nothing_a_library_adds(begin):
    written = begin()

    logging.getLogger("pymongo").warning("slow", extra={"document": SECRET, "request_id": "order-1"})

    assert set(lines(written)[0]) <= set(FIELDS)
    assert "Silva" not in written.getvalue()


def test_a_message_of_several_lines_is_one_line(begin):
    for as_json in (True, False):
        written = begin(as_json=as_json)

        logging.getLogger("smartbank").info("one\n2026-01-01 ERROR smartbank: forged")

        assert len(written.getvalue().splitlines()) == 1


def test_the_level_is_ours_alone_for_libraries_log_documents_below_warnings(begin):
    written = begin(level="debug")
    for name in ("smartbank.api", "pymongo.command", "httpx2"):
        logging.getLogger(name).debug("details of %s", name)
    more = begin(level="error")
    for name in ("smartbank.api", "pymongo.command"):
        logging.getLogger(name).warning("warning of %s", name)

    assert [said["message"] for said in lines(written)] == ["details of smartbank.api"]
    assert more.getvalue() == ""


def test_a_line_that_cannot_be_written_is_not_shown_with_the_exception_it_was_about(begin, monkeypatch):
    begin().close()
    monkeypatch.setattr(sys, "stderr", shown := io.StringIO())

    logging.getLogger("smartbank.worker").error("Work run-1 failed.", exc_info=failed())

    assert shown.getvalue() == ""


def test_warnings_are_lines_too(begin):
    written = begin()

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", UserWarning, stacklevel=1)

    [said] = lines(written)
    assert (said["level"], said["logger"]) == ("WARNING", "py.warnings")
    assert "UserWarning: old" in said["message"]


def test_how_a_process_and_a_thread_end_is_a_line_without_a_message(begin):
    written = begin()

    def fall():
        raise ValueError(SECRET)

    thread = threading.Thread(target=fall, name="jobs")
    thread.start()
    thread.join()
    exc = failed()
    sys.excepthook(type(exc), exc, exc.__traceback__)

    assert [said["message"] for said in lines(written)] == ["The thread jobs ended.", "The process ended."]
    assert all(said["exception"].startswith("ValueError at") for said in lines(written))
    assert "Silva" not in written.getvalue()


def test_loggers_streamlit_has_and_makes_later_write_the_same_lines(begin, monkeypatch):
    monkeypatch.setattr(streamlits, "setup_formatter", streamlits.setup_formatter)
    monkeypatch.setattr(streamlits, "_loggers", {})
    early = streamlits.get_logger("streamlit.test_logs_early")
    written = begin("web")

    join_log()
    late = streamlits.get_logger("streamlit.test_logs_late")
    early.warning("early")
    late.warning("late")

    assert [(said["message"], said["role"]) for said in lines(written)] == [("early", "web"), ("late", "web")]


def test_what_is_noted_in_a_block_holds_to_its_end_also_from_a_thread_with_its_context():
    with logged_with(request_id="order-1"):
        thread = threading.Thread(target=copy_context().run, args=(lambda: note_in_log(by="mara"),))
        thread.start()
        thread.join()
        inside = log_fields()
        with logged_with(work_id="run-1"):
            deeper = log_fields()

    assert inside == {"request_id": "order-1", "by": "mara"}
    assert deeper == {"request_id": "order-1", "by": "mara", "work_id": "run-1"}
    assert log_fields() == {}


def test_an_empty_note_takes_the_field_away():
    with logged_with(by="mara"):
        note_in_log(by="")

        assert log_fields() == {}
