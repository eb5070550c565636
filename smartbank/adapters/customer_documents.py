"""A clean frame of leads as customer documents, sealed where they name people, and back."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from smartbank.adapters.name_tokens import name_tokens, search_words
from smartbank.adapters.vault import Vault
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
from smartbank.core.lead_rows import LeadRow

LOADED_COLUMNS: Final = (*CUSTOMER_COLUMNS, "customer_version", "synthetic", "source_name", "updated_at", "phone_since")
"""What `CustomerRepository.load` returns."""

STORED_FIELDS: Final = (*IDENTITY_FIELDS, *LEAD_FIELDS, *CONSENT_FIELDS)
FIELD_PATH: Final = {field.name: f"{field.block.value}.{field.name}" for field in STORED_FIELDS}
"""Where each field is found in a document, in dots."""

_TEXTS: Final = tuple(field.name for field in STORED_FIELDS if field.kind in ("text", "category"))
_NUMBERS: Final = tuple(field.name for field in STORED_FIELDS if field.name not in _TEXTS)
_BLOCKS: Final = tuple(Block(name) for name in dict.fromkeys(field.block.value for field in STORED_FIELDS))
_SEALED: Final = ("name", "phone")
_MOMENT: Final = "datetime64[ms, UTC]"
_KINDS: Final = {"customer_version": "int64", "synthetic": "bool", "updated_at": _MOMENT, "phone_since": _MOMENT}
"""What a column of a frame of customers holds where it is neither text nor a number of the lead."""


def customer_documents(customers: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one document a row, in clear: `_id` and the blocks. `sealed_document` makes it fit to be stored.

    Missing values become null, whole numbers int, and yes/no true/false. Of two rows with one id the last is taken.
    """
    last = customers.drop_duplicates(CUSTOMER_ID, keep="last")
    last = last.reindex(columns=[*last.columns, *(name for name in CONSENT_COLUMNS if name not in last)])
    columns = {name: [_plain(name, value) for value in last[name].tolist()] for name in FIELD_PATH}
    return [
        _document(str(customer_id), dict(zip(columns, values, strict=True)))
        for customer_id, *values in zip(last[CUSTOMER_ID].tolist(), *columns.values(), strict=True)
    ]


def customer_document(row: LeadRow) -> dict[str, Any]:
    """Return the document of one row, as `customer_documents` makes it; what the row lacks is unknown."""
    return _document(str(row[CUSTOMER_ID]), {name: _plain(name, row.get(name)) for name in FIELD_PATH})


def sealed_document(document: Mapping[str, Any], *, vault: Vault) -> dict[str, Any]:
    """Return a document as it is stored: name, phone and source name sealed, with `hash` and `name_tokens`.

    `sealed_with` names the key of all of it. The tokens come in the order of their hashes, which tells no lengths.
    Hold `vault.writing` until the document is written.
    """
    customer_id, contact, source = document["_id"], document[Block.CONTACT_DETAILS.value], document["source"]
    return {
        **document,
        Block.CONTACT_DETAILS.value: {
            **contact,
            **{name: _sealed(contact[name], customer_id, name, vault) for name in _SEALED},
        },
        "source": {**source, "name": _sealed(source["name"], customer_id, "source", vault)},
        "hash": vault.fingerprint(_hashed(document)),
        "name_tokens": sorted(vault.token(word) for word in name_tokens(contact["name"], contact["phone"])),
        "sealed_with": vault.sealing_key(),
    }


def opened_document(document: Mapping[str, Any], *, vault: Vault) -> dict[str, Any]:
    """Return a stored document, of which parts may be missing, with name, phone and source name in clear."""
    opened, customer_id = dict(document), document["_id"]
    if (contact := document.get(Block.CONTACT_DETAILS.value)) is not None:
        clear = {name: _opened(contact.get(name), customer_id, name, vault) for name in _SEALED}
        opened[Block.CONTACT_DETAILS.value] = {**contact, **clear}
    if (source := document.get("source")) is not None:
        opened["source"] = {**source, "name": _opened(source.get("name"), customer_id, "source", vault)}
    return opened


def has_hash(document: Mapping[str, Any], stored_hash: str, *, vault: Vault) -> bool:
    """Whether a document in clear has the content that was hashed, consent left out, whatever key it was hashed with.

    What a file does not say of consent stays as it is stored, so that is compared by itself.
    """
    return vault.is_fingerprint_of(stored_hash, _hashed(document))


def customer_frame(documents: Iterable[Mapping[str, Any]], *, vault: Vault) -> pd.DataFrame:
    """Return stored documents as a frame, `LOADED_COLUMNS` wide: texts are `str`, numbers float64, unknown is NaN."""
    rows = [customer_row(opened_document(each, vault=vault)) for each in documents]
    kinds = {name: "float64" if name in _NUMBERS else _KINDS.get(name, "str") for name in LOADED_COLUMNS}
    columns = {name: pd.Series([row[name] for row in rows], dtype=kind) for name, kind in kinds.items()}
    return pd.DataFrame(columns, columns=list(LOADED_COLUMNS))


def customer_row(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document in clear as a row, `LOADED_COLUMNS` wide, with the values a frame of customers has."""
    fields = {name: _frame_value(document.get(FIELD[name].block.value, {}).get(name)) for name in CUSTOMER_COLUMNS[1:]}
    return {
        CUSTOMER_ID: document["_id"],
        **fields,
        "customer_version": document["version"],
        "synthetic": document["synthetic"],
        "source_name": document["source"].get("name"),
        "updated_at": document["updated_at"],
        "phone_since": document.get("phone_since", document["updated_at"]),
    }


def contact_frame(customer_ids: Iterable[str], found: Mapping[str, Mapping[str, Any]], *, vault: Vault) -> pd.DataFrame:
    """Return `name`, `phone` and `synthetic`, one row an id in its order; NaN and False for an id not found."""
    rows = [opened_document(found[each], vault=vault) if each in found else {} for each in customer_ids]
    details = [row.get(Block.CONTACT_DETAILS.value, {}) for row in rows]
    columns = {
        name: pd.Series([_frame_value(each.get(name)) for each in details], dtype="str") for name in ("name", "phone")
    }
    return pd.DataFrame(columns).assign(synthetic=[bool(row.get("synthetic", False)) for row in rows])


def standing_frame(customer_ids: Iterable[str], found: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return version, `synthetic`, `updated_at`, `phone_since` and `CONSENT_COLUMNS`; the ids found are the index."""
    known = [each for each in customer_ids if each in found]
    marks = [found[each].get(Block.CONSENT.value, {}) for each in known]
    return pd.DataFrame(
        {
            "customer_version": pd.Series([found[each]["version"] for each in known], dtype="int64"),
            "synthetic": pd.Series([bool(found[each]["synthetic"]) for each in known], dtype="bool"),
            "updated_at": pd.Series([found[each]["updated_at"] for each in known], dtype=_MOMENT),
            "phone_since": pd.Series(
                [found[each].get("phone_since", found[each]["updated_at"]) for each in known], dtype=_MOMENT
            ),
            **{
                name: pd.Series([_frame_value(mark.get(name)) for mark in marks], dtype="str")
                for name in CONSENT_COLUMNS
            },
        }
    ).set_axis(pd.Index(known, dtype="str"))


def search_tokens(text: str, *, vault: Vault) -> list[list[str]]:
    """Return the tokens a customer must have to match a search text, one list a key; empty when none can match.

    The oldest key comes first: asked in this order, a rotation that moves a customer in between hides nobody.
    """
    return [list(tokens) for tokens in zip(*map(vault.tokens_of_every_key, search_words(text)), strict=True)]


def condition(query: CustomerQuery) -> dict[str, Any]:
    """Return all of a query but its text as a MongoDB filter: equalities and ranges bounded on both sides."""
    wanted: dict[str, Any] = {} if query.origin == "both" else {"synthetic": query.origin == "demo"}
    if query.consent:
        wanted["consent_state"] = {"$in": list(query.consent)}
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
    return {"_id": customer_id, **blocks}


def _hashed(document: Mapping[str, Any]) -> list[Any]:
    blocks = {block.value: document[block.value] for block in _BLOCKS if block is not Block.CONSENT}
    return [document["_id"], blocks]


def _sealed(value: str | None, customer_id: str, name: str, vault: Vault) -> str | None:
    return None if value is None else vault.seal_text(value, f"customer:{customer_id}:{name}")


def _opened(value: str | None, customer_id: str, name: str, vault: Vault) -> str | None:
    return None if value is None else vault.open_text(value, f"customer:{customer_id}:{name}")


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
    if isinstance(value, int):
        return float(value)
    return math.nan if value is None else value
