"""A tile: one figure, what it is, and what it is measured by."""

import streamlit as st


def show_tile(label: str, figure: str, beside: str) -> None:
    """Show a figure with its name above and a few words beside it."""
    st.metric(label, figure, delta=beside, delta_color="off", delta_arrow="off", border=True)
