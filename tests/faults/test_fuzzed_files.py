"""Thousands of damaged files: each is read and reported on, or refused in a sentence that is about the file."""

import io
import random
import zipfile

import pytest

from smartbank.core.work import WorkState
from smartbank.services.uploads import queue_upload
from tests.bank import Bank
from tests.faults.embedded import customers
from tests.unit.intake.test_whatever_the_bytes import VALID

WORDS = (
    b"\0",
    b'"',
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b";;;;",
    b"\r",
    b"\n\n",
    b"=1+1",
    b"age",
    b"duration",
    b"<",
    b"</row>",
)
WORDS += (
    b"PK\x03\x04",
    b"PAR1",
    b"9" * 400,
    b"nan",
    b"-1e309",
    "é".encode("cp1252"),
    b"\xf0\x9f\x98\x80",
    b"%s%n",
    b"'",
)
SEEDS = {**VALID, "customers": customers(40)}
"""Good files by kind: CSV, XLSX and Parquet."""
OURS = "Something went wrong on our side"
"""Begins the apology for what nobody foresaw."""


def damaged(content, rng):
    """Return a file with one to six changes, at places and of kinds a seeded generator draws."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        place, size = rng.randrange(len(data) + 1), rng.choice((1, 2, 8, 200))
        change = rng.randrange(6)
        if change == 0 and place < len(data):
            data[place] ^= 1 << rng.randrange(8)
        elif change == 1:
            del data[place : place + size]
        elif change == 2:
            data[place:place] = rng.choice(WORDS)
        elif change == 3:
            data[place:place] = data[place : place + size]
        elif change == 4:
            data[place : place + size] = rng.randbytes(size)
        elif rng.random() < 0.2:
            del data[place:]
    return bytes(data)


def damaged_inside(workbook, rng):
    """Return a workbook of which one part is damaged, and all that holds it together is not."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(target, "w") as new:
        chosen = rng.choice(old.namelist())
        for name in old.namelist():
            new.writestr(name, damaged(old.read(name), rng) if name == chosen else old.read(name))
    return target.getvalue()


def check(numbers):
    """Bring a damaged file in for each number, and say of which number the answer is none."""
    bank, wrong, states = Bank(), [], set()
    for number in numbers:
        rng = random.Random(number)  # noqa: S311  the number alone makes the file again
        kind = rng.choice(sorted(SEEDS))
        inside = kind == "xlsx" and rng.random() < 0.7
        content = damaged_inside(SEEDS[kind], rng) if inside else damaged(SEEDS[kind], rng)
        upload_id = queue_upload([content], f"{kind}-{number}", files=bank.services.files, **bank.ports())
        bank.work()
        upload = bank.queue.find(upload_id)
        states.add(upload.state)
        if upload.state is WorkState.DONE:
            result = upload.result
            is_answer = result["rows"] == result["clean"] + result["listed"] + result["aside"]
        else:
            is_answer = upload.state is WorkState.FAILED and upload.error and OURS not in upload.error
        if not is_answer:
            wrong.append((number, kind, upload.error))
    return wrong, states


def test_a_hundred_damaged_files_are_each_reported_on_or_refused_in_words():
    wrong, states = check(range(100))

    assert wrong == []
    assert states == {WorkState.DONE, WorkState.FAILED}


@pytest.mark.soak
def test_ten_thousand_damaged_files_are_each_reported_on_or_refused_in_words():
    wrong, _ = check(range(100, 10_100))

    assert wrong == []
