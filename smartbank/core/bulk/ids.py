"""Customer ids as rows of bytes: whether they are valid, what they hash to, and in which order they come.

Millions of ids are looked at without making a Python text of each. An id is a row of a uint8 matrix, filled up with
zeros; no valid id holds a zero, so the rows compare as the texts do.
"""

import string
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.identity import MAX_ID

Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_WORD: Final = 8
_ENDS: Final = string.digits + string.ascii_letters
_INNER: Final = _ENDS + " ._:/@+-"


def _among(letters: str) -> BoolArray:
    table = np.zeros(256, dtype=bool)
    table[[ord(letter) for letter in letters]] = True
    return table


_MAY_END: Final = _among(_ENDS)
_MAY_STAND: Final = _among(_INNER)
_SMALL: Final = np.array([ord(chr(byte).lower()) if byte < 128 else byte for byte in range(256)], dtype=np.uint8)


def id_rows(texts: Sequence[str]) -> Bytes:
    """Return ASCII texts of at most 64 characters as rows of bytes."""
    encoded = np.array([text.encode("ascii") for text in texts] or [b""], dtype=np.bytes_)[: len(texts)]
    return encoded.view(np.uint8).reshape(len(texts), encoded.itemsize)


def widened(rows: Bytes, width: int) -> Bytes:
    """Return rows of at least so many bytes, filled up with zeros."""
    more = width - rows.shape[1]
    return np.pad(rows, ((0, 0), (0, more))) if more > 0 else rows


def lengths(rows: Bytes) -> IntArray:
    """Return how many bytes of each row are an id, shape (n_rows,)."""
    return np.asarray(np.count_nonzero(rows, axis=1), dtype=np.int64)


def are_valid(rows: Bytes) -> BoolArray:
    """Return which rows follow `smartbank.core.identity.ID_RULE`, shape (n_rows,)."""
    if not rows.shape[1] or not len(rows):
        return np.zeros(len(rows), dtype=bool)
    length = lengths(rows)
    inside = np.arange(rows.shape[1]) < length[:, None]
    allowed = (_MAY_STAND[rows] == inside).all(axis=1) & (length > 0) & (length <= MAX_ID)
    last = rows[np.arange(len(rows)), np.maximum(length - 1, 0)]
    return np.asarray(allowed & _MAY_END[rows[:, 0]] & _MAY_END[last])


def are_text(rows: Bytes, text: str) -> BoolArray:
    """Return which rows hold an ASCII text in small letters or in capitals, shape (n_rows,)."""
    found = np.zeros(len(rows), dtype=bool)
    if rows.shape[1] >= len(text):
        wanted = widened(id_rows([text]), rows.shape[1])
        alike = np.flatnonzero(_SMALL[rows[:, 0]] == wanted[0, 0])
        found[alike] = (_SMALL[rows[alike]] == wanted).all(axis=1)
    return found


def words(rows: Bytes) -> Hashes:
    """Return rows as numbers of eight bytes, shape (n_rows, n_words), that compare as the ids do."""
    wide = widened(rows, -(-max(rows.shape[1], 1) // _WORD) * _WORD)
    return np.ascontiguousarray(wide).view(">u8").astype(np.uint64)


def hashes(rows: Bytes) -> Hashes:
    """Return a 64-bit hash of each id, shape (n_rows,), whatever the width of the rows.

    The words of an id are mixed one after the other by the finaliser of SplitMix64 (Steele, Lea and Flood 2014); words
    that hold nothing are passed over, so an id hashes alike in a wide and in a narrow matrix.
    """
    found = np.zeros(len(rows), dtype=np.uint64)
    for column in words(rows).T:
        found = np.where(column == 0, found, _mixed(found ^ column))
    return found


def _mixed(values: Hashes) -> Hashes:
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def best_first(scores: FloatArray, margins: FloatArray, rows: Bytes) -> IntArray:
    """Return the order of leads, shape (n_leads,): by score and margin, falling, then by customer id.

    Parameters
    ----------
    scores, margins : array of shape (n_leads,)
        Log-odds.
    rows : uint8 array of shape (n_leads, width)
        Customer ids, no two alike.
    """
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    like_the_next = np.append(ordered[1:] == ordered[:-1], False)
    tied = like_the_next | np.append(False, like_the_next[:-1])
    if tied.any():
        leads = order[tied]
        keys = [column[leads] for column in words(rows).T[::-1]]
        order[tied] = leads[np.lexsort((*keys, -margins[leads], -scores[leads]))]
    return order
