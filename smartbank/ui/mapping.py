"""Saying by hand which column of a file is which field."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from smartbank.core.columns import IGNORE, label_of
from smartbank.core.fields import CUSTOMER_ID, FIELD
from smartbank.core.readiness import ReadinessReport

_TARGETS: Final = (IGNORE, CUSTOMER_ID, *FIELD)
_COLUMNS_SHOWN: Final = 40


def mapping_form(report: ReadinessReport, mapping: Mapping[str, str]) -> dict[str, str] | None:
    """Show a choice for each column that is not matched yet, and return the mapping when it is submitted.

    Parameters
    ----------
    mapping : mapping of str to str
        What was mapped by hand before; kept unless changed here.
    """
    columns = list(dict.fromkeys([*report.unmatched, *mapping]))
    if not columns:
        return None
    with (
        st.expander(f"Columns nobody recognised ({len(report.unmatched)})", icon=":material/rule:", expanded=True),
        st.form("mapping_form", border=False),
    ):
        st.caption("Say which field a column is, or leave it out. The file is read again with your choice.")
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
            st.caption(f"{len(columns) - _COLUMNS_SHOWN} more columns are left out.")
        if not st.form_submit_button("Read the file again", key="read_again", icon=":material/refresh:"):
            return None
    return {column: target for column, target in chosen.items() if target != IGNORE}


def _target_label(target: str) -> str:
    return "Leave out" if target == IGNORE else label_of(target)
