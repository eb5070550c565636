"""The one writer of reasons a process shares, and how reasons are shown."""

from collections.abc import Sequence

import streamlit as st

from smartbank.core.reasons import Reason


def show_reasons(reasons: Sequence[Reason], *, limit: int = 5) -> None:
    """Show up to `limit` reasons for a call and as many against, side by side."""
    columns = st.columns(2)
    sides = (
        ("Speaks for a call", ":material/trending_up:", [reason for reason in reasons if reason.contribution > 0]),
        ("Speaks against", ":material/trending_down:", [reason for reason in reasons if reason.contribution < 0]),
    )
    for column, (title, icon, found) in zip(columns, sides, strict=True):
        with column.container(border=True):
            st.markdown(f"**{icon} {title}**")
            for reason in found[:limit]:
                st.markdown(f"- {reason.sentence}")
            if not found:
                st.caption("Nothing that counts.")
