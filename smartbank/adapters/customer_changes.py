"""What saving, comparing and restoring do to one customer document; the same in memory and on the database."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pandas as pd

from smartbank.adapters.customer_documents import has_hash, opened_document
from smartbank.adapters.vault import Vault
from smartbank.core.consent import BARRING, Consent, consent_state, consent_states, merged_consent
from smartbank.core.customers import CHANGE_COLUMNS, Comparison, SaveCounts
from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_COLUMNS, CUSTOMER_ID, Block
from smartbank.core.marks import gravest

Document = dict[str, Any]

COMPARED: Final = {"hash": 1, "consent": 1, "consent_state": 1}
"""What must be read of a stored customer to say whether a new one differs."""
REPLACED_AT: Final = "replaced_at"
"""When a version of a customer was replaced."""
_WORD: Final = {True: "yes", False: "no"}
_FLAG: Final = {"yes": True, "no": False}


def origin_of(source: Mapping[str, Any], saved_at: datetime) -> Document:
    """Return what a saved document says of where it came from, and when."""
    said = {name: str(source.get(name, "")) for name in ("kind", "name", "upload_id")}
    return {
        "source": said | ({"marks_of": str(source["marks_of"])} if "marks_of" in source else {}),
        "synthetic": bool(source.get("synthetic", False)),
        "updated_at": saved_at,
    }


def sources_of(versions: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Return the upload or request each of a customer's versions came from, in their order; of others nothing."""
    named = ((each["version"], each["source"]) for each in versions)
    found = {version: str(source.get("upload_id") or source.get("marks_of", "")) for version, source in named}
    return {version: found[version] for version in sorted(found) if found[version]}


def consent_of(document: Mapping[str, Any]) -> dict[str, str | None]:
    """Return a document's marks as words."""
    block = document.get(Block.CONSENT.value, {})
    return {name: _WORD.get(block.get(name)) for name in CONSENT_COLUMNS}


def with_consent(document: Mapping[str, Any], consent: Consent) -> Document:
    """Return a document with other marks, and what they come to."""
    flags = {name: _FLAG.get(consent.get(name) or "") for name in CONSENT_COLUMNS}
    return {**document, Block.CONSENT.value: flags, "consent_state": str(consent_state(consent))}


def merged_with(stored: Mapping[str, Any] | None, document: Mapping[str, Any]) -> Document:
    """Return a document as it is saved over a stored one: it keeps the marks the new one does not say."""
    brought = consent_of(document)
    return with_consent(document, merged_consent(consent_of(stored), brought) if stored is not None else brought)


def phone_since(stored: Mapping[str, Any] | None, document: Mapping[str, Any], *, vault: Vault) -> datetime:
    """Return since when a document's phone number has been that of its customer; without one, since it was saved.

    Parameters
    ----------
    stored : mapping or None
        The version before, as it is stored; None for a new customer.
    document : mapping
        The version that is saved, in clear.
    """
    saved_at: datetime = document["updated_at"]
    number = _phone(document)
    if stored is None or number is None or _phone(opened_document(stored, vault=vault)) != number:
        return saved_at
    return stored.get("phone_since", stored["updated_at"])  # type: ignore[no-any-return]


def _phone(document: Mapping[str, Any]) -> str | None:
    return document.get(Block.CONTACT_DETAILS.value, {}).get("phone")  # type: ignore[no-any-return]


def marks_by_id(marks: pd.DataFrame) -> dict[str, Consent]:
    """Return what bars, by customer id."""
    rows = gravest(marks).to_dict("records")
    return {str(row[CUSTOMER_ID]): {name: row[name] for name in BARRING if row[name] == BARRING[name]} for row in rows}


def lacks_marks(stored: Mapping[str, Any] | None, marks: Consent) -> bool:
    """Whether a stored customer lacks one of the marks; nobody stored lacks none."""
    return stored is not None and merged_consent(said := consent_of(stored), marks) != said


def with_more_marks(stored: Mapping[str, Any], marks: Consent, *, origin: Mapping[str, Any], vault: Vault) -> Document:
    """Return the next version of a customer, in clear, with marks set beside those it has."""
    document = with_consent(opened_document(stored, vault=vault), merged_consent(consent_of(stored), marks))
    return {**document, **origin, "synthetic": stored["synthetic"], "version": stored["version"] + 1}


def is_same(stored: Mapping[str, Any], merged: Mapping[str, Any], *, vault: Vault) -> bool:
    """Whether saving changes nothing; `merged` comes from `merged_with`, in clear."""
    return has_hash(merged, stored["hash"], vault=vault) and consent_of(stored) == consent_of(merged)


def restored(
    current: Mapping[str, Any], earlier: Mapping[str, Any], *, upload_id: str, saved_at: datetime, vault: Vault
) -> Document:
    """Return the next version of a customer, in clear: the content and origin of an earlier one as it is stored.

    What bars the customer now goes on to do so: only a person lifts it.
    """
    opened = opened_document({**earlier, "_id": current["_id"]}, vault=vault)
    content = {name: value for name, value in opened.items() if name not in ("customer_id", REPLACED_AT)}
    marks = merged_consent(consent_of(current), consent_of(earlier))
    found = {
        **with_consent(content, marks),
        "_id": current["_id"],
        "version": current["version"] + 1,
        "created_at": current["created_at"],
        "updated_at": saved_at,
        "undone_upload": upload_id,
    }
    return {**found, "phone_since": phone_since(current, found, vault=vault)}


@dataclass(frozen=True)
class Touched:
    """What an upload did to a customer: added it, or changed what it was before; None where that is no longer kept."""

    is_added: bool
    before: Mapping[str, Any] | None


def touched_by(upload_id: str, current: Mapping[str, Any], versions: Iterable[Mapping[str, Any]]) -> Touched:
    """Return what an upload did to a customer when it first touched it.

    Parameters
    ----------
    current : mapping
        The newest version, which comes from the upload.
    versions : iterable of mapping
        The replaced versions of the customer, as far as they are kept.
    """
    older = sorted(versions, key=lambda version: int(version["version"]))
    first = next((one["version"] for one in older if is_from(one, upload_id)), current["version"])
    return Touched(first == 1, next((one for one in reversed(older) if one["version"] < first), None))


def is_from(document: Mapping[str, Any], upload_id: str) -> bool:
    """Whether a version comes from an upload."""
    return bool(document["source"].get("upload_id") == upload_id)


def compared(
    customers: pd.DataFrame,
    *,
    stored: Mapping[str, Mapping[str, Any]],
    documents: Callable[[pd.DataFrame], Iterable[Mapping[str, Any]]],
    load: Callable[[list[str]], pd.DataFrame],
    vault: Vault,
) -> Comparison:
    """Return what saving customers would do.

    Parameters
    ----------
    stored : mapping
        Stored documents by id, at least `COMPARED` of each.
    documents : callable
        Makes documents of a frame, for those that are stored already.
    load : callable
        Returns stored customers as a frame, for those that would change.
    """
    last = customers.drop_duplicates(CUSTOMER_ID, keep="last")
    is_known = last[CUSTOMER_ID].isin(list(stored))
    states = Counter[str](consent_states(last[~is_known]))
    changed: dict[str, Consent] = {}
    for document in documents(last[is_known]) if is_known.any() else ():
        merged = merged_with(stored[document["_id"]], document)
        states[merged["consent_state"]] += 1
        if not is_same(stored[document["_id"]], merged, vault=vault):
            changed[str(document["_id"])] = consent_of(merged)
    counts = SaveCounts(int((~is_known).sum()), len(changed), int(is_known.sum()) - len(changed))
    return Comparison(counts, states, _changes(last, changed, load))


def _changes(
    customers: pd.DataFrame, changed: Mapping[str, Consent], load: Callable[[list[str]], pd.DataFrame]
) -> pd.DataFrame:
    lines: list[tuple[str, str, str, str]] = []
    if changed:
        before = load(list(changed)).set_index(CUSTOMER_ID)
        last = customers.set_index(CUSTOMER_ID)
        for customer_id, consent in changed.items():
            old, new = before.loc[customer_id], last.loc[customer_id]
            after = {name: consent[name] if name in consent else new[name] for name in CUSTOMER_COLUMNS[1:]}
            texts = [(name, _text(old[name]), _text(value)) for name, value in after.items()]
            lines += [(customer_id, name, was, now) for name, was, now in texts if was != now]
    return pd.DataFrame(lines, columns=list(CHANGE_COLUMNS), dtype="str")


def _text(value: Any) -> str:  # noqa: ANN401  any cell of a frame
    if value is None or pd.isna(value):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
