import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartbank.core.bulk.ids import are_text, are_valid, best_first, hashes, id_rows, widened, words
from smartbank.core.identity import is_valid_id

TEXTS = st.lists(st.text(st.characters(min_codepoint=1, max_codepoint=126), max_size=66), min_size=1, max_size=8)


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_ids_as_bytes_are_valid_when_their_texts_are(texts):
    assert are_valid(id_rows(texts)).tolist() == [is_valid_id(text) for text in texts]


@pytest.mark.parametrize("width", [0, 61])
def test_a_text_is_found_in_small_letters_and_in_capitals_whatever_the_width(width):
    rows = id_rows(["note of", "note", "Note OF", "note off"])

    assert are_text(widened(rows, width), "note of").tolist() == [True, False, True, False]
    assert not are_text(id_rows(["note"]), "note of").any()


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_words_come_in_the_order_of_the_texts(texts):
    found = words(id_rows(texts))

    order = np.lexsort(found.T[::-1])

    assert [texts[place] for place in order] == sorted(texts)


def test_an_id_hashes_alike_in_a_wide_and_in_a_narrow_matrix_and_unlike_others():
    rows = id_rows([f"C-{number}" for number in range(20_000)])

    found = hashes(rows)

    assert np.array_equal(found, hashes(widened(rows, 61)))
    assert len(np.unique(found)) == 20_000
    assert hashes(id_rows(["12345678ABCDEFGH"])) != hashes(id_rows(["ABCDEFGH12345678"]))


@pytest.mark.parametrize("ids", [["b", "a", "c"], ["customer-10", "customer-1", "customer-2"]])
def test_ties_are_broken_by_margin_and_then_by_id(ids):
    rows = id_rows([*ids, "z", "y"])
    scores = np.array([1.0, 1.0, 1.0, 2.0, 1.0])
    margins = np.array([0.0, 0.0, 0.0, 0.0, 0.5])

    order = best_first(scores, margins, rows)

    texts = [*ids, "z", "y"]
    assert [texts[place] for place in order] == ["z", "y", *sorted(ids)]
