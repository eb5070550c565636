"""What the audit log says of one customer: who changed their data, and who took it away."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from smartbank.core.access_file import AccessPart
from smartbank.core.audit import OBJECTED_IDS, AuditAction, AuditEntry, AuditEvent, AuditResult
from smartbank.core.ranking import RankFilter
from smartbank.services.access_parts import Gathered

_TAKEN: Final = ("handed out", "shown for paper")
_ORIGINS: Final = ("upload", "request")
_EVERYTHING: Final = "everything in the database, as a backup"


def trail_parts(gathered: Gathered) -> list[AccessPart]:
    """Return what was done to the customer's data, and what was taken away that held it, oldest first.

    Read from the audit log in one pass. Whoever was barred when a file was taken was left out of it; what is said here
    may therefore be one file too many, never one too few.
    """
    origins = _origins(gathered)
    ranked = {str(row["run_id"]): row for row in gathered.predictions}
    listed = {call_list.list_id: str(call_list.request.name) for call_list, entry in gathered.entries if entry["place"]}
    done: list[dict[str, Any]] = []
    taken: list[dict[str, Any]] = []
    for event in _events(gathered):
        if _is_done_to(event, gathered.customer_id, origins):
            done.append(_done(event, origins))
        elif what := _taken(event, ranked, listed):
            taken.append({"At": event.at, "By": event.who, "What": what, "As": event.details.get("format", "paper")})
    return [
        AccessPart(
            "what was done to your data",
            "From the audit log, oldest first: what was done to you alone, and the uploads, programs' requests and "
            "results of calls that changed what is known of you, as far as the versions they made are kept.",
            done,
        ),
        AccessPart(
            "who took your data away",
            "Files and sheets that held your data, as far as they are on record, oldest first. Who was not to be "
            "called at that moment was left out.",
            taken,
        ),
    ]


def _events(gathered: Gathered) -> Iterator[AuditEvent]:
    return (each.event for each in gathered.ports.audit.entries() if isinstance(each, AuditEntry))


def _origins(gathered: Gathered) -> dict[str, list[int]]:
    """Return the uploads and requests that changed the customer, or said marks of them, each with versions it made."""
    found = {each.upload_id: list[int]() for each in gathered.ports.marked.said_of(gathered.customer_id)}
    for version, source in gathered.ports.customers.sources(gathered.customer_id).items():
        found.setdefault(source, []).append(version)
    return found


def _is_done_to(event: AuditEvent, customer_id: str, origins: Mapping[str, list[int]]) -> bool:
    if event.object_kind == "customer":
        return event.object_id == customer_id
    if event.object_kind in _ORIGINS:
        return event.object_id in origins and event.action is not AuditAction.EXPORT
    return customer_id in event.details.get(OBJECTED_IDS, ())


def _done(event: AuditEvent, origins: Mapping[str, list[int]]) -> dict[str, Any]:
    said = {"At": event.at, "By": event.who, "What": str(event.action), "Result": str(event.result)}
    if event.object_kind == "customer":
        return said
    made = origins.get(event.object_id, [])
    return said | {"From": f"{event.object_kind} {event.object_id}", "Versions of your data from it": made}


def _taken(event: AuditEvent, ranked: Mapping[str, Mapping[str, Any]], listed: Mapping[str, str]) -> str:
    """Return what was taken away that held the customer; empty where it held them not, or nothing was taken."""
    if event.result is not AuditResult.DONE:
        return ""
    if event.action is AuditAction.EXPORT_DATA:
        return _EVERYTHING
    if event.action is not AuditAction.EXPORT or event.details.get("step") not in _TAKEN:
        return ""
    run_id = event.object_id if event.object_kind == "run" else str(event.details.get("run", ""))
    list_id = event.object_id if event.object_kind == "call list" else str(event.details.get("list", ""))
    if run_id in ranked and _is_meant(event, ranked[run_id]):
        return f"ranked leads of run {run_id}"
    if list_id in listed and event.details.get("format") != "manifest":
        return f"call list “{listed[list_id]}”"
    return ""


def _is_meant(event: AuditEvent, prediction: Mapping[str, Any]) -> bool:
    """Whether the filter an export was made with, where it is on record, means the customer."""
    said = event.details
    chosen = RankFilter(tuple(said.get("bands", ())), float(said.get("propensity_from", 0.0)), int(said.get("best", 0)))
    row = pd.DataFrame([{name: prediction[name] for name in ("rank", "propensity", "band")}])
    return not chosen.apply(row).empty
