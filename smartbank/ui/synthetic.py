"""Saying which customers are made up."""

import streamlit as st

from smartbank.services.runs import Run
from smartbank.ui.text import count


def show_synthetic(run: Run) -> None:
    """Say how many leads of a run are synthetic demo customers, if any are."""
    n_synthetic = int(run.result["synthetic_leads"])
    if not n_synthetic:
        return
    which = "All" if n_synthetic == run.summary.leads else f"{count(n_synthetic)} of these"
    st.badge(f"{which} leads are synthetic demo customers", icon=":material/science:", color="orange")
