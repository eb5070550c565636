import pytest

from smartbank.core.identity import clean_name, clean_phone, id_prefix, is_valid_id, looks_garbled, row_id


def test_an_id_says_which_content_and_row_it_comes_from():
    made = row_id(id_prefix("abcdef123456"), 123)

    assert made == "row-abcdef12-000123"
    assert is_valid_id(made)


@pytest.mark.parametrize("text", ["C-1", "1", "2023/0012", "ana@bank", "A B"])
def test_usual_ids_are_valid(text):
    assert is_valid_id(text)


@pytest.mark.parametrize("text", ["", "x" * 65, "=1+1", "-1", "a\nb", "a\x00", "$where", "ção", "a "])
def test_ids_with_other_characters_are_not(text):
    assert not is_valid_id(text)


def test_a_name_is_one_line_without_control_characters():
    assert clean_name(" Ana\t\nSilva\x00\x1b \u202egnp") == "Ana Silva gnp"
    assert clean_name("=HYPERLINK(1)") == "=HYPERLINK(1)"
    assert len(clean_name("x" * 5000)) == 120


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("+44 20 7946 0123", None, "+442079460123"),
        ("0044 (20) 7946-0123", None, "+442079460123"),
        ("020 7946 0123", "GB", "+442079460123"),
        ("020 7946 0123", None, ""),
        ("12345", None, ""),
        ("call me", None, ""),
        ("+", None, ""),
        ("9" * 5000, "GB", ""),
    ],
)
def test_a_phone_number_is_kept_in_e164_or_not_at_all(text, region, phone):
    assert clean_phone(text, region) == phone


def test_text_read_in_the_wrong_encoding_is_noticed():
    assert looks_garbled("José".encode().decode("cp1252"))
    assert looks_garbled("Jos\ufffd")
    assert not looks_garbled("José Ângelo Łukasz")
