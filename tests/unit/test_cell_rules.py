import pytest

from smartbank.core.cell_rules import read_texts
from smartbank.core.cells import level_of
from smartbank.core.counts import Counts
from smartbank.core.fields import FIELD
from smartbank.core.level_words import LEVEL_WORDS


def test_a_category_nobody_knows_stays_out_and_is_counted_by_what_is_shown_of_it():
    read = read_texts(FIELD["job"], ["student", "", "astronaut", "astronaut ", "z" * 60, "z" * 50], [5, 4, 1, 2, 3, 4])

    assert list(read.values) == ["student", None, None, None, None, None]
    assert read.problems == {}
    assert read.counts.unknown_rows == {"job": 10}
    assert read.counts.unknown_values == {("job", "astronaut"): 3, ("job", "z" * 50): 7}


@pytest.mark.parametrize("name", ["do_not_call", "objected", "consent"])
def test_a_mark_nobody_can_read_is_a_problem_and_not_an_unknown_value(name):
    read = read_texts(FIELD[name], ["yes", "", "hm"], [1, 2, 3])

    assert list(read.values) == ["yes", None, None]
    assert list(read.problems) == ["hm"]
    assert "neither yes nor no" in read.problems["hm"]
    assert read.counts == Counts()


def test_a_number_that_cannot_be_used_is_a_problem_and_999_days_are_never():
    days = read_texts(FIELD["days_since_contact"], ["6", "999", "", "-1", "x"], [1, 20, 300, 4_000, 50_000])

    assert list(days.values) == [6.0, None, None, None, None]
    assert list(days.problems) == ["-1", "x"]
    assert days.counts.out_of_range == {"days_since_contact": 4_000}
    assert days.counts.never_contacted == 20


@pytest.mark.parametrize(
    ("field", "text", "level"),
    [
        ("job", "Reformado", "retired"),
        ("job", "Técnica", "technician"),
        ("job", "Führungskraft", "management"),
        ("job", "Trabalhador por conta própria", "self-employed"),
        ("marital", "União de facto", "married"),
        ("marital", "viúva", "divorced"),
        ("education", "1.º ciclo", "basic.4y"),
        ("education", "Ensino Superior", "university.degree"),
        ("contact", "telemóvel", "cellular"),
        ("poutcome", "Misserfolg", "failure"),
    ],
)
def test_categories_are_read_in_portuguese_and_german_too(field, text, level):
    assert level_of(FIELD[field], text) == level


def test_every_other_word_is_folded_and_means_a_level_there_is():
    for name, words in LEVEL_WORDS.items():
        for word, level in words.items():
            assert level_of(FIELD[name], word) == level
            assert level in FIELD[name].levels
