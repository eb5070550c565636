"""One page for a customer who asks why they were called: what was used, what it says, and where it came from."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.core.card_figures import card_number
from smartbank.core.fields import CUSTOMER_ID, FIELD, LEAD_COLUMNS
from smartbank.core.people import Actor
from smartbank.services.customer_view import CustomerView
from smartbank.ui.print_style import ALONE_ON_PAPER, ONE_SHEET
from smartbank.ui.resources import bank_settings, card_of
from smartbank.ui.split_words import market_of
from smartbank.ui.text import count, day, field_value, percent, plain

_REASONS: Final = 5
_OBJECT: Final = (
    "**You may object.** You can tell us at any time, without giving a reason, that your data is not to be used for "
    "calls like this one (Article 21 (2) of the General Data Protection Regulation). From then on you are neither "
    "ranked nor called."
)
_NOT_CALLED: Final = (
    "**You are not called any more.** You objected or asked not to be called, or did not agree to it: you are neither "
    "ranked nor called."
)
_DECIDES: Final = (
    "**A person decides.** The ranking only says in which order our staff might call. {who} answers for the decision "
    "to call you and can explain it. The figure is not used for credit decisions, and no contract depends on it."
)


def show_summary(view: CustomerView, newest: Mapping[str, Any], actor: Actor, *, barred: bool) -> None:
    """Show the page; paper shows it alone."""
    st.info(
        "For a customer who asks why. Print it with Ctrl+P, or save it there as a PDF: only the page below is printed.",
        icon=":material/print:",
    )
    who = st.text_input("Who answers for the call", actor.username, key="summary_who", max_chars=80, width=320).strip()
    with st.container(key=ALONE_ON_PAPER), st.container(key=ONE_SHEET, border=True):
        _page(view, newest, who or actor.username, barred=barred)


def _page(view: CustomerView, newest: Mapping[str, Any], who: str, *, barred: bool) -> None:
    customer = view.customer
    name = customer["name"] if pd.notna(customer["name"]) else customer[CUSTOMER_ID]
    st.markdown(f"#### Why {plain(str(name))} was ranked for a call")
    st.markdown(
        f"Made on {day(datetime.now(UTC))} for customer {plain(str(customer[CUSTOMER_ID]))}. Our bank ranks customers "
        f"by how likely they are to want a term deposit. On {day(newest['scored_at'])} the estimate for you was "
        f"**{percent(newest['propensity'])}**, place {count(newest['rank'])}"
        f"{f' of {count(view.run_leads)}' if view.run_leads else ''}."
    )
    speaks_for, against = (
        [reason.sentence for reason in view.reasons if (reason.contribution > 0) is sign][:_REASONS]
        for sign in (True, False)
    )
    for title, sentences in (("What spoke for a call", speaks_for), ("What spoke against", against)):
        st.markdown(f"**{title}**\n\n" + ("\n".join(f"- {each}" for each in sentences) or "- Nothing that counts."))
    st.markdown(f"**{'The data that was used' if view.is_as_scored else 'What is known now; what was used is gone'}**")
    st.table(_fields(view.lead, _used(newest["model_version"])), border="horizontal")
    st.markdown(_source(view, newest))
    st.markdown(f"{_NOT_CALLED if barred else _OBJECT}\n\n{_DECIDES.format(who=plain(who))}")


def _fields(lead: pd.Series, used: frozenset[str]) -> pd.DataFrame:
    """Return what is known of a lead in words, by field; what the model does not look at is said to be so."""
    rows = [(FIELD[name].label, field_value(name, lead[name]) if name in used else "not used") for name in LEAD_COLUMNS]
    return pd.DataFrame(rows, columns=["Field", "Value"]).set_index("Field")


def _used(version: str) -> frozenset[str]:
    """Return the fields a model looks at; all of them where its card does not say."""
    return frozenset(card_of(version).get("features", LEAD_COLUMNS))


def _source(view: CustomerView, newest: Mapping[str, Any]) -> str:
    source = view.customer["source_name"]
    brought = "Recorded by our bank" if pd.isna(source) else f"From our bank's records ({plain(str(source))})"
    market = market_of(newest, view.markets, bank_settings().numbers)
    rows = card_number(card_of(newest["model_version"]), "data", "rows")
    calls = f"{count(rows)} past calls" if rows else "past calls"
    return (
        f"**Where it came from.** {brought}, last changed on {day(view.customer['updated_at'])}. The estimate compares "
        f"you with {calls} (model {newest['model_version']}) in the market of {market}. It is association, not a "
        "judgement of you."
    )
