"""Leaks: columns that are set during or after a call, which a model that ranks calls must not learn from."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from smartbank.core.columns import normalised, recognised
from smartbank.core.fields import KNOWN_AFTER_THE_CALL
from smartbank.errors import TrainingDataError

_PHRASES: Final = {
    "talk_time": "talktime",
    "handle_time": "talktime",
    "handling_time": "talktime",
    "hold_time": "talktime",
    "hang_up": "hangup",
    "hung_up": "hangup",
    "wrap_up": "wrapup",
}
"""Two words that mean one."""
_AFTER: Final = frozenset(
    (
        *KNOWN_AFTER_THE_CALL,
        *("durations", "talktime", "calltime", "callduration", "calllength", "aht", "dauer", "gesprachsdauer"),
        *("gespraechsdauer", "anrufdauer", "duracao", "duracion", "hangup", "wrapup", "disposition", "target", "label"),
        *(
            "outcome",
            "outcomes",
            "result",
            "results",
            "response",
            "responded",
            "subscribed",
            "subscription",
            "converted",
        ),
        *("conversion", "deposit", "bought", "purchase", "purchased", "sold", "sale", "sales", "success", "accepted"),
        *("declined", "ergebnis", "abschluss", "verkauft", "resultado", "desfecho", "vendido", "subscreveu"),
    )
)
"""Words that mean the length of the call or what came of it by themselves."""
_OF_A_CALL: Final = frozenset(
    (
        *("length", "status", "end", "ended", "ending", "finish", "finished", "stop", "stopped", "reached", "answered"),
        *(
            "s",
            "sec",
            "secs",
            "second",
            "seconds",
            "min",
            "mins",
            "minute",
            "minutes",
            "ende",
            "lange",
            "fim",
            "estado",
        ),
    )
)
"""Words that mean it beside one of `_CALL`."""
_CALL: Final = frozenset(
    ("call", "calls", "contact", "conversation", "anruf", "gesprach", "gespraech", "chamada", "contacto")
)
_BESIDE: Final = frozenset(
    (
        *(
            "last",
            "latest",
            "current",
            "this",
            "total",
            "is",
            "was",
            "the",
            "of",
            "in",
            "final",
            "campaign",
            "customer",
        ),
        *("client", "lead", "flag", "code", "date", "time", "at", "term", "made", "number", "des", "da", "do", "de"),
    )
)
"""Words that change nothing of what the others mean; any other word does: `mortgage_duration` may be known before."""


class Verdict(StrEnum):
    """What becomes of a new training column."""

    PASSES = "passes"
    DOUBTFUL = "doubtful"
    """Better alone than the whole model: used only by somebody who names it."""
    REFUSED = "refused"
    SAYS_NOTHING = "says nothing"
    """Constant, without values, or different in every row: left out."""


@dataclass(frozen=True)
class Finding:
    """What was found out about a column.

    Attributes
    ----------
    why : str
        A sentence for the reader of the command.
    auc, model_auc : float or None
        Of the column alone in random folds, and of the model on the same rows; None where nothing was compared.
    within_month, model_within_month : float or None
        The same within the month.
    """

    name: str
    verdict: Verdict
    why: str
    auc: float | None = None
    model_auc: float | None = None
    within_month: float | None = None
    model_within_month: float | None = None


def is_known_after_the_call(name: str) -> bool:
    """Whether a column's name says that it is set during or after the call, in English, German or Portuguese.

    A field of a lead is not, whatever its alias: `previous_outcome` is that of an earlier campaign.
    """
    meaning = recognised(name)
    if meaning is not None:
        return meaning in KNOWN_AFTER_THE_CALL
    text = normalised(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:200]))
    for phrase, word in _PHRASES.items():
        text = re.sub(rf"(?<![a-z0-9]){phrase}(?![a-z0-9])", word, text)
    words = {word for word in text.split("_") if not word.isdigit()}
    if words - _AFTER - _OF_A_CALL - _CALL - _BESIDE:
        return False
    return bool(words & _AFTER) or bool(words & _OF_A_CALL and words & _CALL)


def refused_by_name(name: str) -> Finding | None:
    """Return the finding on a column whose name says that it is set after the call; None for any other."""
    if not is_known_after_the_call(name):
        return None
    why = (
        f"{name} is known only after the call, and nobody knows it of a lead that is still to be called. Leave it out."
        " If it belongs to an earlier call, say so in its name (previous_...)."
    )
    return Finding(name, Verdict.REFUSED, why)


def usable_columns(findings: Iterable[Finding], allowed: Collection[str] = ()) -> tuple[str, ...]:
    """Return the columns a model may be trained on: those that pass, and doubtful ones somebody allows by name.

    Raises
    ------
    TrainingDataError
        A column is refused, which nobody can allow, or is doubtful and not allowed; or a name allowed is no column.
    """
    findings = list(findings)
    strange = sorted(set(allowed) - {each.name for each in findings})
    if strange:
        raise TrainingDataError(f"There is no column {', '.join(strange)} to allow. Write it as the file does.")
    refused = [each.name for each in findings if each.verdict is Verdict.REFUSED]
    doubtful = [each.name for each in findings if each.verdict is Verdict.DOUBTFUL and each.name not in allowed]
    said = [f"Known only after the call, leave out: {', '.join(refused)}."] if refused else []
    if doubtful:
        said.append(
            f"Better alone than the whole model: {', '.join(doubtful)}. Find out when it is written, and only if that"
            " is before the call allow it by name (--allow-column)."
        )
    if said:
        raise TrainingDataError(" ".join(said))
    return tuple(each.name for each in findings if each.verdict is not Verdict.SAYS_NOTHING)
