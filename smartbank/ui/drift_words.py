"""Drift in words: one plain verdict on the leads of a run, and names of groups and verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from smartbank.core.drift import MARGIN, MOVED_FROM, SHIFTED_FROM, Drift, DriftVerdict, FieldDrift
from smartbank.core.fields import FIELD, UNKNOWN
from smartbank.core.wording import agreeing, listed
from smartbank.ui.text import count, decimal, level_name, percent, plural

Tone = Literal["act", "look", "calm"]

MARKED_VERDICTS: Final = {
    DriftVerdict.STABLE: "✓ stable",
    DriftVerdict.MOVED: "→ moved",
    DriftVerdict.SHIFTED: "▲ shifted",
    DriftVerdict.TOO_FEW: "– too few leads to say",
}
"""Each verdict with a mark of its own, for a table that knows no icons."""
_NAMED: Final = 3


@dataclass(frozen=True)
class Said:
    """A verdict for the screen; only one to act upon is red."""

    text: str
    tone: Tone
    icon: str


def verdict_sentence(drift: Drift) -> Said:
    """Return in plain words whether the leads of a run look like those the model learned from, and what to do."""
    shifted, moved = drift.of_verdict(DriftVerdict.SHIFTED), drift.of_verdict(DriftVerdict.MOVED)
    score = drift.margin.verdict
    if drift.spoilt:
        return Said(_spoilt_words(drift), "act", ":material/error:")
    if shifted:
        text = f"{_have(shifted)} shifted. {_fact(shifted[0])} Check that these are the leads you meant."
        return Said(text, "look", ":material/warning:")
    if score is DriftVerdict.SHIFTED:
        text = f"The scores have shifted, though no field alone has. {_fact(drift.margin)}"
        return Said(text, "look", ":material/warning:")
    if score is DriftVerdict.TOO_FEW:
        leads = plural(drift.margin.n_now, "lead")
        text = f"{leads}: too few to say whether they look like those the model learned from."
        return Said(text, "calm", ":material/hourglass_empty:")
    if moved or score is DriftVerdict.MOVED:
        said, first = (_have(moved), moved[0]) if moved else ("The scores have", drift.margin)
        return Said(f"{said} moved a little. {_fact(first)} Nothing needs doing.", "calm", ":material/trending_flat:")
    return Said("The leads look like those the model learned from.", "calm", ":material/check_circle:")


def field_name(one: FieldDrift) -> str:
    """Return what the screen calls a field, or the margins."""
    return "Score, without the level" if one.name == MARGIN else FIELD[one.name].label


def group_name(field: str, label: str) -> str:
    """Return what the screen calls a group of a field."""
    if field == MARGIN:
        return "best tenth" if label == "1" else f"tenth {label}"
    if field == "days_since_contact" and label == UNKNOWN:
        return "never contacted or unknown"
    return level_name(label)


def unseen_words(one: FieldDrift) -> str:
    """Return which values the training rows do not have, with leads: "student: 12"; and lost words as a count."""
    said = [f"{level_name(level)}: {count(n)}" for level, n in one.unseen.items()]
    said += [f"words nobody knows: {count(one.strange)}"] if one.strange else []
    return "; ".join(said) or "none"


def index_words() -> str:
    """Return how the index is to be read."""
    moved, shifted = decimal(MOVED_FROM, digits=1), decimal(SHIFTED_FROM, digits=2)
    return (
        f"The index (PSI, population stability index) compares the shares of groups. Below {moved} is stable, up to "
        f"{shifted} moved, above it shifted: the convention of credit scoring (Siddiqi 2006), a habit rather than a "
        "test. It grows by itself as leads get fewer, so nothing is said of a field while chance alone could reach "
        f"{moved}. The score is compared without the level, which moves with the market and the base rate even when "
        "the leads are the same. A shift says that the leads are others, not that the order is wrong: outcomes tell "
        "that."
    )


def _fact(one: FieldDrift) -> str:
    """Return the group that grew most: "Age 60-69: 41 % of these leads, 2 % of those the model learned from."."""
    label, then, now = one.risen
    group = group_name(one.name, label)
    name = f"{_capital(group)} of the scores" if one.name == MARGIN else f"{field_name(one)} {group}"
    return f"{name}: {_shares(then, now)}."


def _spoilt_words(drift: Drift) -> str:
    spoilt = drift.spoilt
    others = [one for one in drift.of_verdict(DriftVerdict.SHIFTED) if one not in spoilt]
    unknown = f"{field_name(spoilt[0])} unknown: {_shares(*spoilt[0].missing)}."
    check = f"Check {agreeing(len(spoilt), 'this column', 'these columns')} of the file."
    beside = f" {_have(others)} shifted too." if others else ""
    return f"Many values of {_listed(spoilt)} are unknown. {unknown} {check}{beside}"


def _have(fields: Sequence[FieldDrift]) -> str:
    return f"{_capital(_listed(fields))} {agreeing(len(fields), 'has', 'have')}"


def _shares(then: float, now: float) -> str:
    return f"{percent(now, digits=0)} of these leads, {percent(then, digits=0)} of those the model learned from"


def _listed(fields: Sequence[FieldDrift]) -> str:
    """Return names of fields within a sentence: "age, job and channel", "age, job, channel and 2 more"."""
    names = [_lower(field_name(one)) for one in fields[:_NAMED]]
    names += [f"{len(fields) - _NAMED} more"] if len(fields) > _NAMED else []
    return listed(names)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
