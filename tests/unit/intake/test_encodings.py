import codecs

import pytest

TEXT = "age,job,name\n45,admin.,José Ângelo Conceição\n46,student,Zoë Müller\n"
NAMES = ["José Ângelo Conceição", "Zoë Müller"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_files_are_read_without_a_notice_on_encoding(upload, encoding):
    uploaded = upload(TEXT.encode(encoding))

    assert uploaded.leads["name"].tolist() == NAMES
    assert "read as" not in uploaded.said


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_recognised(upload, encoding):
    assert upload(TEXT.encode(encoding)).leads["name"].tolist() == NAMES


@pytest.mark.parametrize(("mark", "encoding"), [(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")])
def test_big_endian_files_with_a_mark_are_read(upload, mark, encoding):
    assert upload(mark + TEXT.encode(encoding)).leads["name"].tolist() == NAMES


def test_a_western_file_is_read_right_and_says_what_was_assumed(upload):
    uploaded = upload(TEXT.encode("cp1252"))

    assert uploaded.leads["name"].tolist() == NAMES
    assert "not UTF-8; it was read as Windows-1252 (Western Europe)" in uploaded.said
    assert 'save it as "CSV UTF-8"' in uploaded.said


@pytest.mark.parametrize(
    ("encoding", "name", "said"),
    [
        ("cp1250", "Zażółć gęślą jaźń, Łukasz Wałęsa", "Central Europe"),
        ("cp1251", "Пётр Сидоров, Иван Иванов", "Cyrillic"),
    ],
)
def test_another_legacy_encoding_is_told_apart(upload, encoding, name, said):
    uploaded = upload(f'age,job,name\n45,admin.,"{name}"\n'.encode(encoding))

    assert uploaded.leads["name"].tolist() == [name]
    assert said in uploaded.said


def test_one_bad_byte_in_a_utf_8_file_does_not_turn_the_others_into_nonsense(upload):
    uploaded = upload(TEXT.encode() * 3 + b"47,admin.,Ren\xe9\n")

    assert uploaded.leads["name"].tolist()[:2] == NAMES
    assert uploaded.leads["name"].iloc[-1] == "Ren\ufffd"
    assert "Some characters are not valid UTF-8" in uploaded.said
    assert "Names in 1 row look garbled" in uploaded.said


def test_names_garbled_before_they_came_are_noticed(upload):
    uploaded = upload(TEXT.encode().decode("cp1252").encode())

    assert "Names in 2 rows look garbled" in uploaded.said


def test_a_letter_cut_by_a_block_is_no_error(upload, monkeypatch):
    monkeypatch.setattr("smartbank.adapters.files.encoding._BLOCK", 7)

    assert upload(TEXT).leads["name"].tolist() == NAMES
