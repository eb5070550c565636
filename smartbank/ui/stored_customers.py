"""Stored customers: find them by what is known of them, and rank the ones found."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.consent import barred_states, callable_states
from smartbank.core.customers import CustomerQuery, Origin
from smartbank.core.fields import CUSTOMER_ID, FIELD
from smartbank.core.people import Actor, Right
from smartbank.core.rules import BANDS
from smartbank.services.callable_leads import barred_now
from smartbank.services.customers import load_customers, select_customers
from smartbank.services.runs import RunSource, queue_run
from smartbank.ui.consent import may_be_called
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.shortcuts import hint
from smartbank.ui.table import (
    NAME_AND_CALL,
    PAGE_ROWS,
    SORT_HINT,
    names_or_ids,
    page_start,
    propensity_column,
    show_customer_table,
)
from smartbank.ui.text import count, field_value, level_name, plural, these

SORTS: Final = {
    "Customer id": ("customer_id", False),
    "Youngest first": ("age", False),
    "Oldest first": ("age", True),
    "Contacted most recently first": ("days_since_contact", False),
    "Changed most recently first": ("updated_at", True),
}


def show_stored_customers(actor: Actor) -> None:
    """Show the query, the customers it finds in pages, and the button that ranks them."""
    query = _query()
    barred = barred_now(customers=services().customers, settings=services().settings)
    ids = _search(query, len(barred), actor)
    st.title(f"{plural(len(ids), 'customer')} found.")
    if not ids:
        st.info(
            "No stored customer matches. Type at least three letters of a name or a whole id, or remove a filter.",
            icon=":material/search_off:",
        )
        return
    if actor.may(Right.BRING_IN):
        _warn_of_both(query, len(ids), len(barred), actor)
        _offer_ranking(query, n_found=len(ids), n_barred=sum(each in barred for each in ids), actor=actor)
    _table(ids, actor)


def _offer_ranking(query: CustomerQuery, *, n_found: int, n_barred: int, actor: Actor) -> None:
    """Offer to rank those who may be called, and say how many may not."""
    n_callable = n_found - n_barred
    if n_callable and st.button(
        f"Rank {these(n_callable, 'customer')}",
        type="primary",
        icon=":material/bolt:",
        key="rank_found",
        help=hint("rank"),
    ):
        _queue(query, actor)
    if n_barred:
        st.caption(f"{count(n_barred)} of {plural(n_found, 'customer')} may not be called: never ranked or exported.")


def _warn_of_both(query: CustomerQuery, n_found: int, n_barred: int, actor: Actor) -> None:
    """Say so where real customers would be ranked together with demo ones, and offer to leave those out."""
    if query.origin != "both":
        return
    n_demo = len(_search(replace(query, origin="demo"), n_barred, actor))
    if not 0 < n_demo < n_found:
        return
    st.warning(
        f"{plural(n_demo, 'demo customer')} and {plural(n_found - n_demo, 'real one')} are found. Ranked together, "
        "the demo ones stand in the list and move the level of everybody else.",
        icon=":material/science:",
    )
    st.button("Leave the demo customers out", key="leave_demo_out", on_click=_leave_demo_out)


def _leave_demo_out() -> None:
    st.session_state["origin"] = _REAL


def _query() -> CustomerQuery:
    text = st.text_input(
        "Name, phone or whole customer id",
        key="q",
        bind="query-params",
        icon=":material/search:",
        max_chars=100,
        placeholder="Ana Silva, or DEMO-000012",
    )
    with st.expander("More filters", icon=":material/filter_alt:", expanded=_filters_in_address()):
        left, right = st.columns(2)
        with left:
            jobs, marital, education = (_levels(name) for name in ("job", "marital", "education"))
            bands = st.multiselect("Band in the latest run", BANDS, key="bands", bind="query-params")
        with right:
            housing, loan = (_levels(name) for name in ("housing", "loan"))
            with st.container(horizontal=True):
                youngest = st.number_input("Age from", *_AGES, None, key="age_from", bind="query-params")
                oldest = st.number_input("Age to", *_AGES, None, key="age_to", bind="query-params")
            contacted = st.selectbox("Last contact", list(_CONTACTED), key="contacted", bind="query-params")
            callable_ = st.selectbox("May be called", _CALLABLE, key="callable", bind="query-params")
            origin = st.selectbox("Real or demo", list(_ORIGINS), key="origin", bind="query-params")
    sort = st.selectbox("Sort", list(SORTS), key="customer_sort", bind="query-params", width=300)
    days, never = _CONTACTED[contacted]
    return CustomerQuery(
        text=text.strip(),
        jobs=jobs,
        marital=marital,
        education=education,
        housing=housing,
        loan=loan,
        min_age=youngest,
        max_age=oldest,
        max_days_since_contact=days,
        never_contacted=never,
        bands=tuple(bands),
        origin=_ORIGINS[origin],
        consent=_states(callable_),
        sort=SORTS[sort][0],  # type: ignore[arg-type]
        descending=SORTS[sort][1],
    )


def _filters_in_address() -> bool:
    """Whether the address sets a filter that a closed list of filters would hide."""
    return any(name in st.query_params for name in _FILTERS)


_CONTACTED: Final[dict[str, tuple[int | None, bool]]] = {
    "Any": (None, False),
    "Within a week": (7, False),
    "Within 30 days": (30, False),
    "Within a year": (365, False),
    "Never, or unknown": (None, True),
}


def _levels(name: str) -> tuple[str, ...]:
    field = FIELD[name]
    return tuple(st.multiselect(field.label, field.levels, format_func=level_name, key=name, bind="query-params"))


def _states(may_be_called: str) -> tuple[str, ...]:
    if may_be_called == "Any":
        return ()
    states = callable_states if may_be_called == "Yes" else barred_states
    return states(require_consent=bank_settings().require_consent)


def _search(query: CustomerQuery, n_barred: int, actor: Actor) -> list[str]:
    return _found(query, (services().customers.count(), n_barred), bank_settings().require_consent, actor)


@st.cache_data(ttl=30, max_entries=16, show_spinner="Searching…")
def _found(
    query: CustomerQuery,
    counts: tuple[int, int],  # noqa: ARG001  with other counts it is searched again
    require_consent: bool,
    _actor: Actor,
) -> list[str]:
    return select_customers(
        query, by=_actor, require_consent=require_consent, customers=services().customers, frames=services().frames
    )


def _queue(query: CustomerQuery, actor: Actor) -> None:
    query = replace(query, consent=())  # a run leaves out who may not be called, by the settings when it begins
    everyone = query.selects_everyone
    source = RunSource.of_query(query, _LABELS[query.origin] if everyone else "a selection of customers")
    run_id = queue_run(
        source,
        market="snapshot",
        by=actor,
        queue=services().queue,
        audit=services().audit,
        now=datetime.now(UTC),
    )
    st.session_state["show_run"] = run_id
    st.rerun()


def _table(ids: list[str], actor: Actor) -> None:
    start = page_start(len(ids), key="customers_page")
    page = load_customers(
        ids[start : start + PAGE_ROWS],
        by=actor,
        require_consent=bank_settings().require_consent,
        customers=services().customers,
        frames=services().frames,
    )
    shown = pd.DataFrame(
        {
            "Name": names_or_ids(page, page[CUSTOMER_ID]),
            "May be called": may_be_called(page),
            "Customer": page[CUSTOMER_ID],
            "Latest propensity": 100 * page["latest_propensity"],
            "Band": page["latest_band"],
            "Age": page["age"],
            **{FIELD[name].label: [field_value(name, value) for value in page[name]] for name in _SHOWN},
            "Days since contact": page["days_since_contact"],
            "From": page["source_name"],
        }
    )
    show_customer_table(
        shown,
        page[CUSTOMER_ID].tolist(),
        key="customers_table",
        alt=f"Stored customers, page of {len(page)}",
        columns={**NAME_AND_CALL, "Latest propensity": propensity_column(width=130)},
    )
    with on_screen_only("sort_hint"):
        st.caption(SORT_HINT)


_FILTERS: Final = (
    "job",
    "marital",
    "education",
    "bands",
    "housing",
    "loan",
    "age_from",
    "age_to",
    "contacted",
    "callable",
    "origin",
)
_REAL: Final = "Real customers"
_LABELS: Final = {"both": "all customers", "real": "all real customers", "demo": "all demo customers"}
_ORIGINS: Final[dict[str, Origin]] = {"Both": "both", _REAL: "real", "Demo customers": "demo"}
_CALLABLE: Final = ("Any", "Yes", "No")
_AGES: Final = (int(FIELD["age"].low), int(FIELD["age"].high))
_SHOWN: Final = ("job", "marital", "education", "housing", "loan")
