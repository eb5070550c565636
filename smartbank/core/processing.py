"""The record of processing: what each thing kept of a customer is for, where it comes from, who sees it, how long."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from smartbank.core.fields import (
    CAMPAIGN_FIELDS,
    CONSENT_FIELDS,
    CUSTOMER_FIELDS,
    CUSTOMER_ID,
    FIELD,
    IDENTITY_FIELDS,
    MARKET_FIELDS,
)


@dataclass(frozen=True)
class Processed:
    """One thing that is kept of customers.

    Attributes
    ----------
    name : str
        Of a field of `FIELD`, `CUSTOMER_ID`, or a part such as "predictions".
    label, purpose, source, seen_by, kept : str
        What the bank calls it, what it is for, where it comes from, who sees it, and for how long it is kept.
    """

    name: str
    label: str
    purpose: str
    source: str
    seen_by: str
    kept: str


SCORED: Final = "for the score, where the model in force uses it"
_WITH_CUSTOMER: Final = "until the customer is erased or their upload undone"
_FILE: Final = "the bank's files"
_CUSTOMER_PAGE: Final = "managers, agents, auditors, administrators"
_STAFF: Final = "managers, auditors, administrators"
_CALLED_BY: Final = f"{_STAFF}; an agent who is to call"


def _fields(names: Iterable[str], purpose: str, *, source: str = _FILE, kept: str = _WITH_CUSTOMER) -> list[Processed]:
    return [Processed(name, FIELD[name].label, purpose, source, _CUSTOMER_PAGE, kept) for name in names]


PROCESSING: Final[tuple[Processed, ...]] = (
    Processed(
        CUSTOMER_ID,
        "Customer id",
        "to know a customer again",
        "the bank's files, or made",
        _CUSTOMER_PAGE,
        f"{_WITH_CUSTOMER}; in the audit log for good",
    ),
    *_fields([field.name for field in IDENTITY_FIELDS], "to call the customer, and to find them by it; never scored"),
    *_fields([field.name for field in CUSTOMER_FIELDS], f"{SCORED}; rules on calling; fairness figures"),
    *_fields(
        [field.name for field in CAMPAIGN_FIELDS],
        f"{SCORED}; rules on how often somebody is called",
        source="the bank's files, and calls recorded here",
    ),
    *_fields(
        [field.name for field in CONSENT_FIELDS],
        "not to call who must not be called; never scored",
        source="the bank's files and programs, the customer, in a call or on the page",
    ),
    *_fields(
        [field.name for field in MARKET_FIELDS],
        "the market a file brings of its own, for a look at the past; says nothing of a person",
        kept="with the run it was used in",
    ),
    Processed(
        "versions",
        "Earlier versions",
        "to show what a score was made from, and to take a mistaken file back",
        "replaced values of the fields above",
        _STAFF,
        "keep_lists_days after they were replaced; at most as long as the customer",
    ),
    Processed(
        "predictions",
        "Scores",
        "to rank whom to call, to explain a score and to make it again",
        "the model",
        _CUSTOMER_PAGE,
        "keep_lists_days after the run; after an erasure as figures without a person",
    ),
    Processed(
        "reasons",
        "Reasons",
        "to say why somebody is ranked as they are",
        "the model, from the fields scored",
        _CUSTOMER_PAGE,
        "with the score; gone with an erasure",
    ),
    Processed(
        "outcomes",
        "Outcomes of calls",
        "to call back, to judge lists and the model, and to correct its level",
        "who called, or the dialler's file",
        _CUSTOMER_PAGE,
        "for good; after an erasure as figures without a person",
    ),
    Processed(
        "lists",
        "Call lists",
        "to share calls out, and to see what calling brings",
        "a manager, from ranked leads",
        _CALLED_BY,
        "for good; after an erasure as figures without a person",
    ),
    Processed(
        "training",
        "Training of models",
        "to learn from decided calls who buys; who must not be called is left out",
        "the fields scored, and outcomes of calls",
        "nobody; models say figures of groups alone",
        "with the model, for good: fields as codes and whether they bought, without ids",
    ),
    Processed(
        "notes",
        "Notes",
        "what the next caller should know",
        "who wrote them",
        _CUSTOMER_PAGE,
        _WITH_CUSTOMER,
    ),
    Processed(
        "uploads",
        "Uploaded files",
        "to read customers from, and to show rows that were not used",
        "the bank",
        "managers, administrators",
        "keep_files_hours",
    ),
    Processed(
        "exports",
        "Files taken away",
        "to call with another program, or on paper",
        "ranked leads and call lists",
        "who took them",
        "keep_files_hours here; outside as the bank's rules say",
    ),
    Processed(
        "answers",
        "Answers to programs",
        "so that a request that is sent again is not done twice",
        "what was answered",
        "the program that asked",
        "a day",
    ),
    Processed(
        "backups",
        "Backups",
        "to have the data back after a loss",
        "all of the database, sealed as it is there",
        "who runs the server",
        "keep_backups days here; erased customers are erased again after an import",
    ),
    Processed(
        "search",
        "Search words",
        "to find a customer by name or phone: keyed hashes, not words",
        "name and phone",
        "nobody",
        _WITH_CUSTOMER,
    ),
    Processed(
        "audit",
        "Audit log",
        "to prove who did what to whose data; names customers by id alone",
        "every change and every file taken away",
        "auditors, administrators",
        "for good, erased customers' ids too",
    ),
    Processed(
        "erased",
        "Mark of an erasure",
        "so that an erased customer does not come back unnoticed: a keyed hash of the id, and the day",
        "the erasure",
        "nobody",
        "until an administrator lifts it",
    ),
)
"""The one table of what is kept of customers and why; shown in docs/privacy.md and in every access file."""
COLUMNS: Final = ("What", "What it is for", "Where it comes from", "Who sees it", "How long it is kept")


def processing_rows() -> list[tuple[str, str, str, str, str]]:
    """Return the record as rows of `COLUMNS`."""
    return [(each.label, each.purpose, each.source, each.seen_by, each.kept) for each in PROCESSING]
