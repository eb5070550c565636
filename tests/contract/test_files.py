"""Every file store must pass these, whatever it is built on."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.errors import NotFoundError

MEGABYTE = bytes(range(256)) * 4096


@pytest.fixture
def files(build):
    return build("FileStore")


def test_a_file_comes_back_byte_for_byte(files):
    size = files.save("upload:1", [b"customer_id;age\n", b"", b"c1;30\n"])

    assert size == 22
    assert b"".join(files.open("upload:1")) == b"customer_id;age\nc1;30\n"


def test_a_large_file_is_kept_in_bounded_chunks(files):
    size = files.save("upload:1", (MEGABYTE for _ in range(9)))

    assert size == 9 * len(MEGABYTE)
    assert b"".join(files.open("upload:1")) == MEGABYTE * 9


def test_an_empty_file_is_a_file(files):
    assert files.save("upload:1", []) == 0
    assert b"".join(files.open("upload:1")) == b""


def test_the_same_id_again_replaces_the_file(files):
    files.save("export:1", [b"first"])
    files.save("export:1", [b"second"])

    assert b"".join(files.open("export:1")) == b"second"


def test_an_unknown_file_is_refused_before_the_first_chunk(files):
    with pytest.raises(NotFoundError, match="not there any more"):
        files.open("export:none")


def test_a_deleted_file_is_gone_and_the_others_stay(files):
    files.save("export:1", [b"one"])
    files.save("export:2", [b"two"])

    files.delete("export:1")
    files.delete("export:1")

    assert b"".join(files.open("export:2")) == b"two"
    with pytest.raises(NotFoundError):
        files.open("export:1")


def test_an_interrupted_save_keeps_the_earlier_file(files):
    def torn():
        yield b"half"
        raise ConnectionAbortedError

    files.save("upload:1", [b"whole"])
    with pytest.raises(ConnectionAbortedError):
        files.save("upload:1", torn())

    assert b"".join(files.open("upload:1")) == b"whole"


def test_files_are_listed_by_when_they_were_saved(files):
    files.save("upload:2", [b"two"])
    files.save("upload:1", [b"one"])
    files.save("upload:3", [b"three"])
    files.delete("upload:3")

    assert files.saved_before(datetime.now(UTC) + timedelta(seconds=1)) == ["upload:1", "upload:2"]
    assert files.saved_before(datetime.now(UTC) - timedelta(minutes=1)) == []
