"""What a dialler's file of results says: which column is which, which word is which outcome, and each row read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd

from smartbank.core.call_times import moment_of, says_month_first
from smartbank.core.columns import normalised, recognised
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.outcomes import OutcomeKind
from smartbank.errors import LeadValidationError

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "list_id": ("list_id", "list", "call_list", "campaign_id", "liste", "listen_id", "lista", "id_lista"),
    "rank": ("rank", "rang", "posicao"),
    "outcome": (
        *("outcome", "result", "call_result", "call_outcome", "disposition", "call_disposition", "disposition_code"),
        *("status", "call_status", "ergebnis", "anrufergebnis", "resultado", "resultado_da_chamada", "y"),
    ),
    "at": (
        *("time_of_call", "call_time", "called_at", "call_date", "time", "at", "date", "datetime", "date_time"),
        *("timestamp", "call_start", "start_time", "zeitpunkt", "anrufzeit", "datum", "hora", "data", "data_hora"),
    ),
    "attempt": ("attempt", "attempts", "call_number", "attempt_number", "campaign", "versuch", "tentativa"),
    "call_again_at": (
        *("call_back_at", "callback_at", "call_again_at", "callback_time", "call_back_time", "callback", "call_back"),
        *("callback_date", "next_call", "rueckruf", "ruckruf", "ruckruf_am", "wiedervorlage", "ligar_em"),
    ),
    "agent": ("agent", "agent_name", "caller", "called_by", "user", "operator", "agente", "operador", "mitarbeiter"),
}
_FIELD: Final = {alias: name for name, aliases in _COLUMNS.items() for alias in aliases}
_WORDS: Final[Mapping[OutcomeKind, tuple[str, ...]]] = {
    OutcomeKind.SUBSCRIBED: (
        *("subscribed", "subscription", "sale", "sold", "yes", "y", "success", "successful", "converted", "conversion"),
        *("bought", "won", "accepted", "agreed", "ja", "verkauft", "abschluss", "sim", "vendido", "venda", "aceitou"),
    ),
    OutcomeKind.DECLINED: (
        *("declined", "decline", "no", "n", "not interested", "no interest", "refused", "rejected", "lost", "no sale"),
        *("nein", "kein interesse", "abgelehnt", "não", "sem interesse", "recusado", "recusou", "failure"),
    ),
    OutcomeKind.NO_ANSWER: (
        *("no answer", "not answered", "unanswered", "no reply", "no response", "busy", "engaged", "line busy"),
        *("voicemail", "voice mail", "answering machine", "machine", "unreachable", "not reached", "no contact"),
        *("keine antwort", "nicht erreicht", "besetzt", "mailbox", "não atende", "não atendeu", "ocupado"),
    ),
    OutcomeKind.CALLBACK: (
        *("callback", "call back", "call again", "call later", "callback requested", "call back later", "later"),
        *("rückruf", "rueckruf", "wiedervorlage", "später", "ligar mais tarde", "ligar depois", "voltar a ligar"),
    ),
    OutcomeKind.OBJECTED: (
        *("objected", "objection", "dnc", "do not call", "dont call", "do not contact", "opt out", "opted out", "stop"),
        *("unsubscribe", "remove", "blocked", "widerspruch", "nicht anrufen", "opos-se", "oposição", "não contactar"),
    ),
    OutcomeKind.WRONG_NUMBER: (
        *("wrong number", "wrong person", "bad number", "invalid number", "number invalid", "disconnected"),
        *("out of service", "falsche nummer", "kein anschluss", "número errado", "número inválido"),
    ),
}
_ATTEMPT: Final = re.compile(r"([0-9]{1,3})(?:[.,]0+)?")
_RANK: Final = re.compile(r"([0-9]{1,9})(?:[.,]0+)?")
TEMPLATE_NAME: Final = "dialler-results.csv"
TEMPLATE: Final = (
    b"\xef\xbb\xbfcustomer id,outcome,time of call,attempt,call back at,agent,list id\r\n"
    b"C-1,sale,2026-01-31 09:15,1,,,\r\nC-2,call back,2026-01-31 09:20,1,2026-02-02 18:00,,\r\n"
)
"""A file to fill: its customers are nobody's."""


@dataclass(frozen=True)
class OutcomeRow:
    """One row of a file of results, as far as it can be read without knowing the list.

    Attributes
    ----------
    row : int
        Its number in the file; the header is the first one.
    customer_id, list_id, agent : str
        Empty where the row does not say.
    rank, attempt : int or None
    kind, at : OutcomeKind or None, datetime or None
        None only where there is a problem.
    call_again_at : datetime or None
    problem : str
        Why the row cannot be used; empty where it can.
    """

    row: int
    customer_id: str = ""
    list_id: str = ""
    rank: int | None = None
    kind: OutcomeKind | None = None
    at: datetime | None = None
    attempt: int | None = None
    call_again_at: datetime | None = None
    agent: str = ""
    problem: str = ""


def outcome_columns(columns: Sequence[str]) -> dict[str, str]:
    """Return our field to the column of a file of results; of two columns for one field the first.

    Raises
    ------
    LeadValidationError
        Nothing says who was called, what came of it or when.
    """
    found: dict[str, str] = {}
    for column in columns:
        field = _FIELD.get(normalised(column[:200]))
        if field is None and recognised(column) == CUSTOMER_ID:
            field = CUSTOMER_ID
        if field is not None:
            found.setdefault(field, column)
    missing = [
        *([] if CUSTOMER_ID in found or "rank" in found else ["customer id (or list id and rank)"]),
        *([] if "outcome" in found else ["outcome"]),
        *([] if "at" in found else ["time of call"]),
    ]
    if missing:
        raise LeadValidationError(
            f"The file has no column for: {', '.join(missing)}. Columns in it: {', '.join(columns[:30]) or 'none'}. "
            "Rename a column as in the template, and choose the file again."
        )
    return found


def outcome_of_word(text: str) -> OutcomeKind | None:
    """Return the outcome a word means, in any case and with any separators; None for one nobody knows."""
    return _KINDS.get(_folded(text))


def read_rows(rows: pd.DataFrame, columns: Mapping[str, str], *, zone: ZoneInfo, us_dates: bool) -> list[OutcomeRow]:
    """Return the rows of a file of results, read.

    Parameters
    ----------
    rows : DataFrame
        Cells as text; the index is the row number in the file.
    columns : mapping of str to str
        As `outcome_columns` returns it.
    zone : ZoneInfo
        Of times that do not say theirs.
    us_dates : bool
        Whether the month comes first where no date of the file tells.
    """
    cells = {field: [str(text).strip() for text in rows[column]] for field, column in columns.items()}
    empty = [""] * len(rows)
    month_first = says_month_first([*cells["at"], *cells.get("call_again_at", [])], otherwise=us_dates)
    values = {name: cells.get(name, empty) for name in (CUSTOMER_ID, *_COLUMNS)}
    return [
        _read(int(row), dict(zip(values, texts, strict=True)), zone, month_first=month_first)
        for row, texts in zip(rows.index, zip(*values.values(), strict=True), strict=True)
    ]


def _read(row: int, cells: Mapping[str, str], zone: ZoneInfo, *, month_first: bool) -> OutcomeRow:
    at = moment_of(cells["at"], zone=zone, month_first=month_first)
    again = moment_of(cells["call_again_at"], zone=zone, month_first=month_first)
    kind = outcome_of_word(cells["outcome"])
    attempt, rank = _whole(_ATTEMPT, cells["attempt"]), _whole(_RANK, cells["rank"])
    return OutcomeRow(
        row,
        cells[CUSTOMER_ID],
        cells["list_id"],
        rank,
        kind,
        at,
        attempt,
        again if kind is OutcomeKind.CALLBACK else None,
        cells["agent"],
        next(_problems(cells, kind=kind, at=at, attempt=attempt, rank=rank, again=again), ""),
    )


def _problems(
    cells: Mapping[str, str],
    *,
    kind: OutcomeKind | None,
    at: datetime | None,
    attempt: int | None,
    rank: int | None,
    again: datetime | None,
) -> Iterator[str]:
    if not cells[CUSTOMER_ID] and rank is None:
        yield "There is no customer id."
    if not cells["outcome"]:
        yield "There is no outcome."
    if kind is None:
        yield f"“{cells['outcome'][:40]}” is no outcome SmartBank knows."
    if not cells["at"]:
        yield "There is no time of the call."
    if at is None:
        yield f"“{cells['at'][:40]}” is no date with a time of day."
    if cells["attempt"] and attempt is None:
        yield f"“{cells['attempt'][:40]}” is no number of an attempt."
    if kind is OutcomeKind.CALLBACK and cells["call_again_at"] and again is None:
        yield "The time to call back is no date with a time of day."


def _whole(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.fullmatch(text) if text.isascii() else None
    return int(found[1]) if found else None


def _folded(text: str) -> str:
    return normalised(text[:200]).replace("_", "")


_KINDS: Final = {_folded(word): kind for kind, words in _WORDS.items() for word in words}
