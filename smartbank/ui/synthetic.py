"""Saying which customers are made up."""

import streamlit as st

from smartbank.core.wording import agreeing
from smartbank.services.runs import Run
from smartbank.ui.text import count


def show_synthetic(run: Run) -> None:
    """Say how many leads of a run are synthetic demo customers, if any are."""
    n_synthetic = int(run.result["synthetic_leads"])
    if not n_synthetic:
        return
    which = "All" if n_synthetic == run.summary.leads else f"{count(n_synthetic)} of these"
    are = agreeing(n_synthetic, "is a synthetic demo customer", "are synthetic demo customers")
    said = f"This lead {are}" if run.summary.leads == 1 else f"{which} leads {are}"
    st.badge(said, icon=":material/science:", color="orange")
