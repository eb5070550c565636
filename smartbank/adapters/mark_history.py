"""Where the marks that bar a customer come from: told from the customer's versions and from what each upload said."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from smartbank.adapters.customer_changes import consent_of, origin_of, with_consent
from smartbank.adapters.customer_documents import opened_document
from smartbank.adapters.vault import Vault
from smartbank.core.consent import BARRING, Consent
from smartbank.core.fields import CONSENT_COLUMNS
from smartbank.core.marks import SaidByUpload, UploadMarks

Document = dict[str, Any]

LIFTED: Final = "lift"
"""Kind of the source of a version that lifted an upload's marks."""
SHOWN: Final = {"version": 1, "consent": 1, "source": 1}
"""What must be read of a version to tell where its marks come from."""


def claims_of(upload_id: str, marks: Mapping[str, Consent]) -> list[Document]:
    """Return what an upload says against calling some customers, one document a customer; nothing of the others."""
    said = {key: [name for name, bars in BARRING.items() if each.get(name) == bars] for key, each in marks.items()}
    return [
        {
            "_id": claim_id(upload_id, key),
            "upload_id": upload_id,
            "customer_id": key,
            "marks": names,
            "withdrawn": False,
        }
        for key, names in said.items()
        if names
    ]


def claim_id(upload_id: str, customer_id: str) -> str:
    """Return the name of what an upload says of a customer."""
    return f"{upload_id}:{customer_id}"


def said_by(claims: Iterable[Mapping[str, Any]]) -> list[SaidByUpload]:
    """Return what documents of `claims_of` say, by upload."""
    said = (SaidByUpload(each["upload_id"], tuple(each["marks"]), bool(each["withdrawn"])) for each in claims)
    return sorted(said, key=lambda each: each.upload_id)


def judged(
    upload_id: str, *, versions: Iterable[Mapping[str, Any]], claims: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, str | None], list[str]]:
    """Return the marks of a customer that come from an upload alone, each with what stood before, and those that stay.

    A mark stays that a person set, that another upload said, or of which nobody noted where it came from.

    Parameters
    ----------
    versions : iterable of mapping
        Every version of the customer, at least `SHOWN` of each.
    claims : sequence of mapping
        What every upload said of the customer.
    """
    origins = _origins(versions)
    others = [claim for claim in claims if claim["upload_id"] != upload_id]
    alone: dict[str, str | None] = {}
    elsewhere: list[str] = []
    for name in (name for claim in claims if claim["upload_id"] == upload_id for name in claim["marks"]):
        if name not in origins:
            continue
        origin, was = origins[name]
        withdrawn = {claim["upload_id"] for claim in others if name in claim["marks"] and claim["withdrawn"]}
        said_too = any(name in claim["marks"] and not claim["withdrawn"] for claim in others)
        if not said_too and origin in {upload_id, *withdrawn}:
            alone[name] = was
        else:
            elsewhere.append(name)
    return alone, elsewhere


def counted(found: Iterable[tuple[str, Mapping[str, str | None], Sequence[str]]]) -> UploadMarks:
    """Return the marks of an upload, from each customer's id and what `judged` gave."""
    alone, elsewhere = dict.fromkeys(CONSENT_COLUMNS, 0), dict.fromkeys(CONSENT_COLUMNS, 0)
    customers: list[str] = []
    others: list[str] = []
    for customer_id, mine, theirs in found:
        if mine or theirs:
            (customers if mine else others).append(customer_id)
        for name in mine:
            alone[name] += 1
        for name in theirs:
            elsewhere[name] += 1
    return UploadMarks(_some(alone), _some(elsewhere), tuple(customers), tuple(others))


def lift_origin(upload_id: str, source: Mapping[str, Any], saved_at: datetime) -> Document:
    """Return what the versions that lift an upload's marks say of where they came from."""
    return origin_of({**source, "kind": LIFTED, "marks_of": upload_id}, saved_at)


def without_marks(stored: Mapping[str, Any], before: Consent, *, origin: Mapping[str, Any], vault: Vault) -> Document:
    """Return the next version of a customer, in clear, with some marks as they stood before an upload."""
    opened = opened_document(stored, vault=vault)
    kept = {"synthetic": stored["synthetic"], "version": stored["version"] + 1}
    return {**with_consent(opened, {**consent_of(stored), **before}), **origin, **kept}


def is_lifted(document: Mapping[str, Any], upload_id: str) -> bool:
    """Whether the newest version of a customer is the one that lifted an upload's marks."""
    source = document["source"]
    return bool(source["kind"] == LIFTED and source.get("marks_of") == upload_id)


def _origins(versions: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, str | None]]:
    """Return the upload that set each mark that bars now, empty for a person or nobody knows, and what stood before.

    Where the first versions are no longer kept, nobody knows of the marks of the first one that is.
    """
    found: dict[str, tuple[str, str | None]] = {}
    before: Consent = dict.fromkeys(CONSENT_COLUMNS)
    for place, version in enumerate(sorted(versions, key=lambda each: int(each["version"]))):
        is_known = place > 0 or int(version["version"]) == 1
        now, source = consent_of(version), version["source"] if is_known else {}
        for name, bars in BARRING.items():
            if now[name] == bars and before[name] != bars:
                found[name] = (str(source.get("marks_of") or source.get("upload_id") or ""), before[name])
        before = now
    return {name: origin for name, origin in found.items() if before[name] == BARRING[name]}


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: n for name, n in counts.items() if n}
