"""A clean frame of leads as customer documents, and back."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from smartbank.core.customers import CustomerQuery
from smartbank.core.fields import (
    CONSENT_COLUMNS,
    CONSENT_FIELDS,
    CUSTOMER_COLUMNS,
    CUSTOMER_ID,
    FIELD,
    IDENTITY_FIELDS,
    LEAD_FIELDS,
    UNKNOWN,
    YES_NO,
    Block,
)
from smartbank.core.fingerprint import fingerprint

LOADED_COLUMNS: Final = (*CUSTOMER_COLUMNS, "customer_version", "synthetic", "source_name", "updated_at")
"""What `CustomerRepository.load` returns."""

STORED_FIELDS: Final = (*IDENTITY_FIELDS, *LEAD_FIELDS, *CONSENT_FIELDS)
FIELD_PATH: Final = {field.name: f"{field.block.value}.{field.name}" for field in STORED_FIELDS}
"""Where each field is found in a document, in dots."""

_TEXTS: Final = tuple(field.name for field in STORED_FIELDS if field.kind in ("text", "category"))
_NUMBERS: Final = tuple(field.name for field in STORED_FIELDS if field.name not in _TEXTS)
_BLOCKS: Final = tuple(Block(name) for name in dict.fromkeys(field.block.value for field in STORED_FIELDS))
_SHORTEST_PREFIX: Final = 3
_LONGEST_WORD: Final = 24
_MOST_WORDS: Final = 8
_SHORTEST_PHONE: Final = 5
_PHONE: Final = re.compile(r"^[+(]?[\d\s()./-]+$")


def customer_documents(customers: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one document a row: `_id`, the blocks, `hash` of the blocks, and `name_tokens`.

    The hash leaves consent out: what a file does not say of it stays as it is stored. Missing values become null,
    whole numbers int, and yes/no true/false. Of two rows with one id the last is taken.
    """
    last = customers.drop_duplicates(CUSTOMER_ID, keep="last")
    last = last.reindex(columns=[*last.columns, *(name for name in CONSENT_COLUMNS if name not in last)])
    columns = {name: [_plain(name, value) for value in last[name].tolist()] for name in FIELD_PATH}
    return [
        _document(str(customer_id), dict(zip(columns, values, strict=True)))
        for customer_id, *values in zip(last[CUSTOMER_ID].tolist(), *columns.values(), strict=True)
    ]


def customer_frame(documents: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return documents as a frame, `LOADED_COLUMNS` wide: texts are `str`, numbers float64, unknown is NaN."""
    rows = list(documents)
    columns: dict[str, Any] = {CUSTOMER_ID: pd.Series([row["_id"] for row in rows], dtype="str")}
    for name in CUSTOMER_COLUMNS[1:]:
        block = FIELD[name].block.value
        values = [_frame_value(row.get(block, {}).get(name)) for row in rows]
        columns[name] = pd.Series(values, dtype="str" if name in _TEXTS else "float64")
    columns["customer_version"] = pd.Series([row["version"] for row in rows], dtype="int64")
    columns["synthetic"] = pd.Series([row["synthetic"] for row in rows], dtype="bool")
    columns["source_name"] = pd.Series([row["source"].get("name") for row in rows], dtype="str")
    columns["updated_at"] = pd.Series([row["updated_at"] for row in rows], dtype="datetime64[ms, UTC]")
    return pd.DataFrame(columns, columns=list(LOADED_COLUMNS))


def contact_frame(customer_ids: Iterable[str], found: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return `name`, `phone` and `synthetic`, one row an id in its order; NaN and False for an id not found."""
    rows = [found.get(each, {}) for each in customer_ids]
    details = [row.get(Block.CONTACT_DETAILS.value, {}) for row in rows]
    columns = {
        name: pd.Series([_frame_value(each.get(name)) for each in details], dtype="str") for name in ("name", "phone")
    }
    return pd.DataFrame(columns).assign(synthetic=[bool(row.get("synthetic", False)) for row in rows])


def standing_frame(customer_ids: Iterable[str], found: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return version, `synthetic` and `CONSENT_COLUMNS` with the ids that were found as index, in their order."""
    known = [each for each in customer_ids if each in found]
    marks = [found[each].get(Block.CONSENT.value, {}) for each in known]
    return pd.DataFrame(
        {
            "customer_version": pd.Series([found[each]["version"] for each in known], dtype="int64"),
            "synthetic": pd.Series([bool(found[each]["synthetic"]) for each in known], dtype="bool"),
            **{
                name: pd.Series([_frame_value(mark.get(name)) for mark in marks], dtype="str")
                for name in CONSENT_COLUMNS
            },
        }
    ).set_axis(pd.Index(known, dtype="str"))


def name_tokens(name: str | None, phone: str | None) -> list[str]:
    """Return what a customer can be found by: words of the name, their beginnings of 3 letters or more, the phone."""
    words = _words(name or "")[:_MOST_WORDS]
    tokens = {word[:length] for word in words for length in range(_SHORTEST_PREFIX, len(word))} | set(words)
    digits = _digits(phone or "")
    return sorted(tokens | ({digits} if digits else set()))


def search_tokens(text: str) -> list[str]:
    """Return the tokens a customer must have to match a search text, longest first; empty when none can."""
    if _PHONE.match(text.strip()) and len(_digits(text)) >= _SHORTEST_PHONE:
        return [_digits(text)]
    return sorted(_words(text), key=lambda word: (-len(word), word))


def condition(query: CustomerQuery) -> dict[str, Any]:
    """Return all of a query but its text as a MongoDB filter: equalities and ranges bounded on both sides."""
    wanted: dict[str, Any] = {}
    chosen = {
        "job": query.jobs,
        "marital": query.marital,
        "education": query.education,
        "housing": query.housing,
        "loan": query.loan,
    }
    for name, levels in chosen.items():
        if levels:
            wanted[FIELD_PATH[name]] = {"$in": [_plain(name, level) for level in levels]}
    if query.min_age is not None or query.max_age is not None:
        low = FIELD["age"].low if query.min_age is None else query.min_age
        high = FIELD["age"].high if query.max_age is None else query.max_age
        wanted[FIELD_PATH["age"]] = {"$gte": low, "$lte": high}
    if query.never_contacted:
        wanted[FIELD_PATH["days_since_contact"]] = None
        wanted[FIELD_PATH["previous"]] = {"$in": [0, None]}
    elif query.max_days_since_contact is not None:
        wanted[FIELD_PATH["days_since_contact"]] = {"$gte": 0, "$lte": query.max_days_since_contact}
    return wanted


def in_order(keys: Mapping[str, Any], *, descending: bool) -> list[str]:
    """Return ids in the order of their sort keys, unknown keys last either way; ties by id, rising."""
    known = sorted(customer_id for customer_id, key in keys.items() if key is not None)
    known.sort(key=lambda customer_id: keys[customer_id], reverse=descending)
    return known + sorted(customer_id for customer_id, key in keys.items() if key is None)


def _document(customer_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    blocks: dict[str, dict[str, Any]] = {block.value: {} for block in _BLOCKS}
    for field in STORED_FIELDS:
        blocks[field.block.value][field.name] = values[field.name]
    return {
        "_id": customer_id,
        **blocks,
        "hash": fingerprint({name: block for name, block in blocks.items() if name != Block.CONSENT}, length=16),
        "name_tokens": name_tokens(values["name"], values["phone"]),
    }


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401  any cell of a clean frame
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) or value == UNKNOWN:
        return None
    if FIELD[name].levels == YES_NO:
        return value == "yes"
    if name in _NUMBERS:
        return int(value) if float(value).is_integer() else float(value)
    return str(value)


def _frame_value(value: Any) -> Any:  # noqa: ANN401  any value of a document
    if isinstance(value, bool):
        return "yes" if value else "no"
    return math.nan if value is None else value


def _words(text: str) -> list[str]:
    """Words in lower case without accents, in order; a word with a hyphen or apostrophe also counts as its parts."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    folded = bare.casefold().split()
    parts = [part for word in folded for part in (word, *re.split(r"[^\w]+", word))]
    return [word[:_LONGEST_WORD] for word in dict.fromkeys(parts) if re.search(r"\w", word)]


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii() and letter.isdigit())
