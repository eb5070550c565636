"""A dump of the database shows no name and no phone number: read as raw bytes after all that is done with customers."""

import logging
from datetime import UTC, datetime

import pytest
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from smartbank.bootstrap import export_ports
from smartbank.core.customers import CustomerQuery
from smartbank.core.mappings import SavedMapping
from smartbank.core.notes import Note
from smartbank.core.people import COMMAND_LINE
from smartbank.core.ranking import RankFilter
from smartbank.core.work import WorkKind, WorkState
from smartbank.logs import JsonLines
from smartbank.services.exporting import queue_workbook
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_upload
from smartbank.worker import run_this
from tests.database import VAULT, repositories_on
from tests.services import memory_services

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
FILE_NAME = "zwickelmann-visit.csv"
FIRST = """customer_id,name,phone,age,job,do_not_call
QX-0001,Xylanthia Quørwennick,+351 912 345 678,41,technician,no
QX-0002,Bjørnstjerne O'Zwickelmann,+351 934 567 890,35,student,yes
QX-0003,Thessalonikia Vandermolen,00351 967 890 123,Thessalonikia,retired,no
QX-0004,Ptolemaios Vandermolen,call Ptolemaios,52,retired,no
"""
SECOND = FIRST.replace("912 345 678", "918 273 645").replace("Xylanthia Quørwennick", "Xylanthia Haberdasher")
NAMES = ("Xylanthia", "Quørwennick", "Bjørnstjerne", "Zwickelmann", "Thessalonikia", "Vandermolen", "Ptolemaios")
MORE_NAMES = ("Quorwennick", "Bjornstjerne", "Haberdasher", "xylan", "haber", "zwick", "thess", "ptole")
PHONES = ("912345678", "934567890", "967890123", "918273645", "912 345 678", "934 567 890", "967 890 123")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")
SEALED = ("file_chunks", "run_frame_chunks")


@pytest.fixture
def services(database):
    names = ("customers", "corrections", "queue", "frames", "files", "mappings", "notes", "predictions", "settings")
    return memory_services(**repositories_on(database, *names, "users", "audit", "inbox"))


@pytest.fixture
def dump(database):
    """Return a function that reads every document of every collection as it is stored, by collection."""
    raw = CodecOptions(document_class=RawBSONDocument)

    def dump():
        names = database.list_collection_names()
        return {name: [document.raw for document in database[name].with_options(raw).find()] for name in names}

    return dump


def bring_in(services, content, name=FILE_NAME):
    stores = {"files": services.files, "queue": services.queue, "audit": services.audit}
    return run_this(services, queue_upload([content.encode()], name, by=COMMAND_LINE, now=NOW, **stores))


def score(services, source):
    stores = {"queue": services.queue, "audit": services.audit}
    return run_this(services, queue_run(source, market="snapshot", by=COMMAND_LINE, now=NOW, **stores))


def export(services, run_id):
    work_id = queue_workbook(run_id, RankFilter(), by=COMMAND_LINE, ports=export_ports(services), now=NOW)
    return run_this(services, work_id)


def found_in(texts):
    """Return which names and numbers are in some bytes, in any letter case and usual encoding."""
    wanted = {*NAMES, *MORE_NAMES, *PHONES}
    spelt = {word: {case.encode(code) for case in cases(word) for code in ENCODINGS} for word in wanted}
    return sorted(word for word, forms in spelt.items() if any(form in text for text in texts for form in forms))


def cases(word):
    return {word, word.lower(), word.upper(), word.title()}


def test_the_search_of_this_test_would_find_them():
    hidden = [b"..XYLANTHIA..", "Zwickelmann".encode("utf-16-le"), b"tel:934567890", "quørwennick".encode("cp1252")]

    assert found_in(hidden) == ["934567890", "Quørwennick", "Xylanthia", "Zwickelmann", "xylan", "zwick"]


def test_after_uploads_runs_exports_and_changes_nothing_names_anybody(services, dump, caplog, capfd):
    caplog.set_level(logging.INFO)
    caplog.handler.setFormatter(JsonLines("worker"))
    uploads = [bring_in(services, FIRST), bring_in(services, SECOND)]
    runs = [score(services, RunSource("upload", FILE_NAME, upload_id=upload.work_id)) for upload in uploads]
    exported = export(services, runs[1].work_id)
    score(services, RunSource("customers", "Vandermolen", query={"text": "Vandermolen"}))
    broken = bring_in(services, "PK\x03\x04Xylanthia", "Thessalonikia.xlsx")
    source = {"kind": "screen", "name": "Ptolemaios"}
    services.corrections.record_consent("QX-0001", {"do_not_call": "yes"}, version=2, source=source, saved_at=NOW)
    services.mappings.save(SavedMapping("header", {"Haberdasher": "name"}, "mara", NOW))
    services.notes.add(Note("note-1", "QX-0001", NOW, "mara", "Ring Xylanthia Vandermolen at 934567890.", {}))

    stored = dump()

    assert [work.state for work in (*uploads, *runs, exported)] == [WorkState.DONE] * 5
    assert broken.state is WorkState.FAILED
    for name in (
        "customers",
        "customer_versions",
        "uploads",
        "predictions",
        "audit_log",
        "inbox",
        "customer_notes",
        *SEALED,
    ):
        assert stored[name], name
    assert any(b"QX-0001" in document for document in stored["customers"])
    assert {name: found for name, documents in stored.items() if (found := found_in(documents))} == {}
    said = capfd.readouterr()
    assert found_in([caplog.text.encode(), said.out.encode(), said.err.encode()]) == []


def test_no_part_of_a_file_or_frame_is_what_it_was_before_it_was_sealed(services, database):
    upload = bring_in(services, FIRST)
    run = score(services, RunSource("upload", FILE_NAME, upload_id=upload.work_id))
    export(services, run.work_id)

    begins = {bytes(part["data"])[:7] for name in SEALED for part in database[name].find()}

    assert begins == {b"s1." + bytes.fromhex(VAULT.sealing_key())}


def test_with_the_key_they_are_found_by_name_beginning_and_phone(services):
    upload = bring_in(services, FIRST)
    score(services, RunSource("upload", FILE_NAME, upload_id=upload.work_id))

    assert services.customers.load(["QX-0001"])["name"].tolist() == ["Xylanthia Quørwennick"]
    for text in ("xylan", "Xylanthia", "+351 912 345 678"):
        assert services.customers.ids(CustomerQuery(text=text)) == ["QX-0001"]
    assert services.queue.recent(WorkKind.UPLOAD)[0].request["filename"] == FILE_NAME
