"""The readiness report: what a file held, what was set aside, and whether its leads are fit to be scored."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Literal

from smartbank.core.columns import REQUIRED_COLUMNS, ColumnPlan, absent, label_of, lacking
from smartbank.core.consent import barred_sentence, barred_states
from smartbank.core.counts import Counts
from smartbank.core.customers import SaveCounts
from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS, LEAD_FIELDS
from smartbank.core.marks import Marked, list_sentence, mark_sentences
from smartbank.core.shared_phones import SharedPhones
from smartbank.core.wording import agreeing, plural

Verdict = Literal["ready", "usable", "not ready"]

MOST_ASIDE: Final = 0.5
"""Above this share of rows set aside, a column is more likely to be mistaken than the rows to be bad: not ready."""
MOST_UNKNOWN: Final = 0.5
"""Above this share of rows with an unknown job or age, ranking would rest on the other fields: not ready."""
SOME_ASIDE: Final = 0.02
"""Above this share of rows set aside, somebody should look at them before calling: usable."""
SOME_UNKNOWN: Final = 0.05
"""Above this share of values nobody knows in one field, its words should be corrected: usable."""
SOME_MISSING: Final = 0.3
"""Above this share missing in a field the file has, it tells little; the training data misses 21 % at most: usable."""
SHOWN_VALUES: Final = 10
_BY_COLUMN: Final = ("matched", "ignored", "by_hand")
NO_HISTORY: Final = (
    "The file has no contact history (channel, attempt, earlier contacts and their outcome, days since the last "
    "contact). Without it the best 20 % of leads hold about 1.2 times as many buyers as average, with it about "
    "1.6 times. Add these columns if you can."
)


@dataclass(frozen=True)
class ReadinessReport:
    """What is said of an upload before it is scored.

    Attributes
    ----------
    rows, clean, aside, duplicates : int
        Rows read, taken, set aside, and set aside because their id came before.
    aside_kept : int
        Lines about cells set aside that can be downloaded; at most 100,000.
    matched, ignored : dict
        Column of the file to our field, and to the reason why it is not used.
    unmatched : list of str
        Columns nobody recognised.
    unknown_rows : dict
        Rows with a category value nobody knows, by field; the value counts as unknown.
    unknown_categories : dict
        The most frequent of those values with their counts, by field.
    missing : dict
        Share of clean rows without a value, in [0, 1], by field.
    out_of_range : dict
        Rows set aside for a number out of range, by field.
    market : str
        "file" for a replay with the file's own market columns, else "snapshot".
    training_rows : bool
        Whether this is the file the model was trained on, or holds rows of it.
    picked : bool
        Whether the file says of itself that its customers were picked from a larger number.
    samples : int
        Clean rows of synthetic customers of the sample file or the template.
    listed, marked : int
        Rows of a list without leads that were used for their marks; stored customers the file's marks were set of.
    new, changed, unchanged : int
        Customers that scoring the file would add, change, and leave as they are.
    changes_kept : int
        Lines about fields that would change that can be looked at; at most 10,000.
    barred : dict
        Clean rows by why they must not be called (`ConsentState`), what is stored of them included.
    by_hand : dict
        Column of the file to our field, as somebody said.
    by_hand_as, by_hand_at : str
        Who said so for an earlier file with this header, and when (ISO 8601); empty where it was said of this file.
    shared_phones : SharedPhones
        The numbers that stand in many clean rows, and what leaving them out would do.
    preview : list of dict
        The first clean rows without contact details; a missing value is None.
    """

    filename: str
    content_hash: str
    rows: int
    clean: int
    aside: int
    duplicates: int
    aside_kept: int
    phones_dropped: int
    matched: dict[str, str]
    unmatched: list[str]
    ignored: dict[str, str]
    unknown_rows: dict[str, int]
    unknown_categories: dict[str, dict[str, int]]
    missing: dict[str, float]
    out_of_range: dict[str, int]
    verdict: Verdict
    why: str
    has_market: bool = False
    has_history: bool = True
    market: str = "snapshot"
    training_rows: bool = False
    picked: bool = False
    samples: int = 0
    listed: int = 0
    marked: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    changes_kept: int = 0
    barred: dict[str, int] = field(default_factory=dict)
    by_hand: dict[str, str] = field(default_factory=dict)
    by_hand_as: str = ""
    by_hand_at: str = ""
    notices: list[str] = field(default_factory=list)
    shared_phones: SharedPhones = field(default_factory=SharedPhones)
    preview: list[dict[str, Any]] = field(default_factory=list)

    @property
    def to_score(self) -> int:
        """Clean rows that may be called."""
        return self.clean - sum(self.barred.values())

    def to_json(self) -> dict[str, Any]:
        """Return the report in plain values that JSON and MongoDB can keep; columns with their names as pairs."""
        values = asdict(self)
        for name in _BY_COLUMN:
            values[name] = [list(pair) for pair in values[name].items()]
        values["unknown_categories"] = {
            name: [list(pair) for pair in found.items()] for name, found in self.unknown_categories.items()
        }
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "ReadinessReport":
        """Return a report from what `to_json` gave; what is not known here is passed over."""
        known = {f.name: values[f.name] for f in fields(cls) if f.name in values}
        known |= {name: dict(known[name]) for name in _BY_COLUMN if name in known}
        known["unknown_categories"] = {name: dict(found) for name, found in known["unknown_categories"].items()}
        known["shared_phones"] = SharedPhones(**known.get("shared_phones", {}))
        return cls(**known)


def build_report(
    plan: ColumnPlan,
    counts: Counts,
    *,
    filename: str,
    content_hash: str,
    market: str,
    aside_kept: int,
    would_save: SaveCounts,
    states: Mapping[str, int],
    changes_kept: int,
    marked: Marked,
    require_consent: bool,
    trained_on: str,
    notices: list[str],
    shared: list[str],
    preview: list[dict[str, Any]],
) -> ReadinessReport:
    """Return the report on a file that has been read to its end; `shared` as `shared_words` returns it."""
    is_list = plan.is_list and counts.listed + counts.marks_aside > 0
    verdict, why = readiness(plan, counts)
    if shared and verdict == "ready":
        verdict, why = "usable", shared[0]
    if is_list:
        verdict, why = "usable", list_sentence(marked)
    replay = market == "file" and plan.has_market
    said = [*notices, *absent(plan), *plan.notices]
    if counts.rows and not lacking(plan):
        said += _notices(plan, counts, trained_on=trained_on)
    said += mark_sentences(counts.marks_aside, marked, is_list=is_list)
    barred = {
        str(state): states[state] for state in barred_states(require_consent=require_consent) if states.get(state)
    }
    if barred:
        said.append(f"Never scored or exported: {barred_sentence(barred)}.")
    if market == "file" and not plan.has_market and not is_list:
        said.append("The file does not bring its own market columns, so today's market snapshot is used.")
    said += shared
    values = {
        f.name: {value: count for (name, value), count in counts.unknown_values.most_common() if name == f.name}
        for f in LEAD_FIELDS
        if counts.unknown_rows[f.name]
    }
    return ReadinessReport(
        filename=filename,
        content_hash=content_hash,
        rows=counts.rows,
        clean=counts.clean,
        aside=counts.aside,
        duplicates=counts.duplicates,
        aside_kept=aside_kept,
        phones_dropped=counts.phones_dropped,
        matched=plan.matched,
        unmatched=list(plan.unmatched),
        ignored=dict(plan.ignored),
        unknown_rows={name: n for name, n in counts.unknown_rows.items() if n},
        unknown_categories={name: dict(list(found.items())[:SHOWN_VALUES]) for name, found in values.items()},
        missing={f.name: counts.missing[f.name] / max(1, counts.clean) for f in LEAD_FIELDS},
        out_of_range={name: n for name, n in counts.out_of_range.items() if n},
        verdict=verdict,
        why=why,
        has_market=plan.has_market,
        has_history=plan.has_history,
        market="file" if replay else "snapshot",
        training_rows=bool(trained_on),
        listed=counts.listed,
        marked=marked.now,
        new=would_save.added,
        changed=would_save.changed,
        unchanged=would_save.unchanged,
        changes_kept=changes_kept,
        barred=barred,
        notices=said,
        preview=preview,
    )


def readiness(plan: ColumnPlan, counts: Counts) -> tuple[Verdict, str]:
    """Return whether the clean rows can be scored, and one sentence why."""
    if why := _obstacle(plan, counts):
        return "not ready", why
    if why := _limit(plan, counts):
        return "usable", why
    return "ready", "The leads have what the model needs."


def _obstacle(plan: ColumnPlan, counts: Counts) -> str:
    if why := lacking(plan):
        return why
    if not counts.clean:
        return (
            f"None of the {_rows(counts.rows)} could be used." if counts.rows else "The file has a header, but no rows."
        )
    if counts.aside > MOST_ASIDE * counts.rows:
        return f"{_set_aside(counts)}: check that each column is matched to the right field."
    name = max(REQUIRED_COLUMNS, key=lambda name: counts.missing[name])
    if counts.missing[name] > MOST_UNKNOWN * counts.clean:
        return f"{label_of(name)} is unknown in {counts.missing[name]:,} of {_rows(counts.clean)}."
    return ""


def _limit(plan: ColumnPlan, counts: Counts) -> str:
    """Return what touches the most rows of what somebody should look at; missing contact history where nothing does."""
    (unknown, n_unknown), *_ = [*counts.unknown_rows.most_common(1), ("", 0)]
    present = [name for name in LEAD_COLUMNS if name in plan.fields and name != "days_since_contact"]
    worst = max(present, key=lambda name: counts.missing[name])
    n_missing = counts.missing[worst]
    found = []
    if n_unknown > SOME_UNKNOWN * counts.rows:
        found.append(
            (n_unknown, f"{label_of(unknown)} holds a value nobody knows in {_rows(n_unknown)}; it counts as unknown.")
        )
    if counts.aside > SOME_ASIDE * counts.rows:
        found.append((counts.aside, f"{_set_aside(counts)}; the others can be scored."))
    if n_missing > SOME_MISSING * counts.clean:
        found.append((n_missing, f"{label_of(worst)} is missing in {n_missing / counts.clean:.0%} of the rows."))
    if found:
        return max(found)[1]
    return "" if plan.has_history else "The leads can be scored, but without contact history the order says much less."


def _notices(plan: ColumnPlan, counts: Counts, *, trained_on: str) -> list[str]:
    said = [trained_on] if trained_on else []
    if not plan.has_history:
        said.append(NO_HISTORY)
    if CUSTOMER_ID not in plan.fields:
        said.append("The file has no customer ids, so each row got one made of the file's content and its row number.")
    if counts.never_contacted:
        said.append(f"999 days since contact, in {_rows(counts.never_contacted)}, is read as never contacted.")
    if counts.phones_dropped:
        said.append(
            f"Phone numbers in {_rows(counts.phones_dropped)} could not be read and were left out: write them with the "
            "country code, for example +351 912 345 678."
        )
    if counts.garbled_names:
        said.append(
            f"Names in {_rows(counts.garbled_names)} look garbled, as if the file had been saved in another "
            'encoding: save it as "CSV UTF-8" and upload it again.'
        )
    if counts.market_gaps:
        said.append(f"Market values cannot be read in {_rows(counts.market_gaps)}.")
    return said


def _set_aside(counts: Counts) -> str:
    return f"{counts.aside:,} of {_rows(counts.rows)} {agreeing(counts.aside, 'was', 'were')} set aside"


def _rows(count: int) -> str:
    return plural(count, "row")
