"""The readiness report on the screen."""

from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.columns import label_of
from smartbank.core.exports import harmless
from smartbank.core.people import Actor
from smartbank.core.readiness import ReadinessReport
from smartbank.core.wording import agreeing
from smartbank.services.uploads import changed_fields, hand_out_rows_aside, rows_set_aside
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.shared_phones import asks_to_leave_out
from smartbank.ui.text import count, percent, plain, plural, when
from smartbank.ui.visitor import asking_later

_ASIDE_SHOWN: Final = 200
_CHANGES_SHOWN: Final = 200
_VERDICTS: Final = {
    "ready": (st.success, ":material/check_circle:", "Ready to score"),
    "usable": (st.warning, ":material/warning:", "Usable, with limits"),
    "not ready": (st.error, ":material/block:", "Not ready"),
}


def show_readiness(upload_id: str, report: ReadinessReport, actor: Actor) -> bool:
    """Show the verdict, the figures, the notices, and the evidence behind them.

    Returns
    -------
    bool
        Whether phone numbers that stand in many rows are to be left out.
    """
    draw, icon, title = _VERDICTS[report.verdict]
    st.title(_headline(report))
    draw(report.why, icon=icon, title=title)
    if report.rows:
        with st.container(horizontal=True):
            st.metric("Rows read", count(report.rows), border=True)
            used = ("Used for marks", report.listed) if report.listed else ("Clean", report.clean)
            st.metric(used[0], count(used[1]), border=True)
            st.metric("Set aside", count(report.aside), border=True)
            st.metric("Of these, repeated ids", count(report.duplicates), border=True)
    if report.by_hand_as:
        day = when(datetime.fromisoformat(report.by_hand_at)).partition(",")[0]
        st.markdown(f":material/history: Columns matched by hand as on {day} by {plain(report.by_hand_as)}.")
    for notice in report.notices:
        st.markdown(f":material/info: {plain(notice)}")
    without_shared = asks_to_leave_out(upload_id, report.shared_phones)
    _changes(upload_id, report, actor, without_shared=without_shared)
    if report.aside_kept:
        _rows_aside(upload_id, report, actor)
    with st.expander("What is in the file", icon=":material/table_chart:"):
        _fields(report)
        _unknown_values(report)
        if report.ignored:
            st.markdown("**Columns that are not used**")
            st.dataframe(
                pd.DataFrame(report.ignored.items(), columns=["Column", "Why"]),
                hide_index=True,
                alt="Columns of the file that are not used",
            )
    return without_shared


def _changes(upload_id: str, report: ReadinessReport, actor: Actor, *, without_shared: bool) -> None:
    """Say what scoring the file would do to the customers that are stored, before it is done."""
    if not report.clean:
        return
    found = report.shared_phones if without_shared else report
    st.markdown(
        f"Scoring saves these customers: **{count(report.new)} new**, **{count(found.changed)} changed**, "
        f"{count(found.unchanged)} as {agreeing(found.unchanged, 'it is', 'they are')}."
    )
    if not found.changes_kept:
        return
    with st.expander("What would change", icon=":material/difference:"):
        lines = changed_fields(upload_id, by=actor, frames=services().frames, without_shared=without_shared)
        shown = lines.head(_CHANGES_SHOWN).assign(
            field=[label_of(name) for name in lines["field"].head(_CHANGES_SHOWN)],
            before=[_word(value) for value in lines["before"].head(_CHANGES_SHOWN)],
            after=[_word(value) for value in lines["after"].head(_CHANGES_SHOWN)],
        )
        shown.columns = pd.Index(["Customer", "Field", "Now", "Afterwards"])
        st.dataframe(shown, hide_index=True, key="changes", alt="What would change: customer, field, now, afterwards")
        if found.changes_kept > _CHANGES_SHOWN:
            st.caption(f"The first {_CHANGES_SHOWN} of {plural(found.changes_kept, 'changed field')} are shown.")


def _word(value: object) -> str:
    return harmless(value) if isinstance(value, str) and value else "unknown"


def _headline(report: ReadinessReport) -> str:
    if not report.rows:
        return f"{plain(report.filename)} cannot be read yet."
    if report.verdict != "not ready" and not report.clean:
        return f"{plain(report.filename)} says who must not be called."
    of_rows = f"{plain(report.filename)}: {count(report.clean)} of {plural(report.rows, 'row')}"
    return (
        f"{of_rows} {agreeing(report.clean, 'is', 'are')} clean, {count(report.to_score)} can be scored."
        if report.barred
        else f"{of_rows} can be scored."
    )


def _rows_aside(upload_id: str, report: ReadinessReport, actor: Actor) -> None:
    with st.expander(f"{plural(report.aside, 'row')} set aside, with the reason", icon=":material/rule:"):
        rows = rows_set_aside(upload_id, by=actor, frames=services().frames)
        shown = rows.head(_ASIDE_SHOWN).rename(columns=str.capitalize)
        st.dataframe(shown, hide_index=True, alt="Rows set aside: row, column, value, reason")
        separator, held, asker = bank_settings().numbers.separator, services(), asking_later(actor)

        def file() -> bytes:
            """Make the file when it is asked for, outside of the page's run."""
            taken = hand_out_rows_aside(
                upload_id, by=asker(), frames=held.frames, audit=held.audit, now=datetime.now(UTC)
            )
            return taken.map(_cell).to_csv(index=False, sep=separator).encode("utf-8-sig")

        st.download_button(
            "Download all of them",
            file,
            f"set-aside-{upload_id}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="aside_csv",
        )


def _cell(value: object) -> object:
    """Return a cell of the file of rows set aside: text that no spreadsheet takes for a formula."""
    return harmless(value) if isinstance(value, str) else value


def _fields(report: ReadinessReport) -> None:
    by_field = {field: column for column, field in report.matched.items()}
    rows = [
        {
            "Field": label_of(field),
            "Column in the file": by_field.get(field, "not in the file"),
            "Missing": percent(report.missing[field]) if field in report.missing and field in by_field else "",
            "Unknown values": count(report.unknown_rows.get(field, 0)),
            "Out of range": count(report.out_of_range.get(field, 0)),
        }
        for field in dict.fromkeys([*by_field, *report.missing])
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Fields, the columns they come from, and their gaps")


def _unknown_values(report: ReadinessReport) -> None:
    rows = [
        {"Field": label_of(field), "Value": value, "Rows": n}
        for field, values in report.unknown_categories.items()
        for value, n in values.items()
    ]
    if rows:
        st.markdown("**Values nobody knows; they count as unknown**")
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Unknown category values with their number of rows")
