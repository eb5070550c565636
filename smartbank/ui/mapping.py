"""Saying by hand which column of a file is which field."""

from typing import Final

import streamlit as st

from smartbank.core.columns import IGNORE, label_of
from smartbank.core.fields import CUSTOMER_ID, FIELD
from smartbank.core.readiness import ReadinessReport
from smartbank.core.wording import agreeing
from smartbank.ui.text import plural

_TARGETS: Final = (IGNORE, CUSTOMER_ID, *FIELD)
_COLUMNS_SHOWN: Final = 40


def mapping_form(report: ReadinessReport) -> dict[str, str] | None:
    """Show a choice for each column that is not matched yet or was by hand, and return the mapping once submitted.

    An empty mapping means that what was chosen is to be forgotten.
    """
    mapping = report.by_hand
    columns = list(dict.fromkeys([*mapping, *report.unmatched]))
    if not columns:
        return None
    with (
        st.expander(_title(report), icon=":material/rule:", expanded=bool(report.unmatched)),
        st.form("mapping_form", border=False),
    ):
        st.caption(
            "Say which field a column is, or leave it out. The file is read again with your choice, "
            "and files with the same columns are read that way from then on."
        )
        chosen = {
            column: st.selectbox(
                column,
                _TARGETS,
                index=_TARGETS.index(mapping.get(column, IGNORE)),
                format_func=_target_label,
                key=f"map_{position}_{column}",
            )
            for position, column in enumerate(columns[:_COLUMNS_SHOWN])
        }
        if len(columns) > _COLUMNS_SHOWN:
            left_out = len(columns) - _COLUMNS_SHOWN
            st.caption(f"{plural(left_out, 'more column')} {agreeing(left_out, 'is', 'are')} left out.")
        with st.container(horizontal=True):
            again = st.form_submit_button("Read the file again", key="read_again", icon=":material/refresh:")
            if report.by_hand and st.form_submit_button(
                "Forget these choices", key="forget_mapping", icon=":material/delete:"
            ):
                return {}
        if not again:
            return None
    return {column: target for column, target in chosen.items() if target != IGNORE}


def _title(report: ReadinessReport) -> str:
    if report.unmatched:
        return f"Columns nobody recognised ({len(report.unmatched)})"
    return f"Columns matched by hand ({len(report.by_hand)})"


def _target_label(target: str) -> str:
    return "Leave out" if target == IGNORE else label_of(target)
