"""One customer on the screen: propensity, reasons, waterfall, data, history; and the search that finds one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from math import isclose
from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.core.call_rules import CallRule
from smartbank.core.card_figures import card_level_error
from smartbank.core.fields import CAMPAIGN_FIELDS, CUSTOMER_FIELDS, CUSTOMER_ID, FIELD, Field
from smartbank.core.grounds import GIVEN
from smartbank.core.level import WITHIN_95, level_rate
from smartbank.core.people import Actor
from smartbank.core.reasons import Reason, percentage_points
from smartbank.core.score_purpose import SCORE_PURPOSE
from smartbank.core.split import prediction_parts
from smartbank.services.call_rules import rule_against
from smartbank.services.customer_view import CustomerView
from smartbank.services.customers import load_customers, search_customers
from smartbank.services.what_if import Ground, what_if_ground
from smartbank.ui.consent import may_be_called, show_barred, show_consent
from smartbank.ui.customer_history import show_history, trend
from smartbank.ui.customer_moves import note_looked_at, show_neighbours
from smartbank.ui.customer_summary import show_summary
from smartbank.ui.data_rights import show_access
from smartbank.ui.erasing import show_erasing
from smartbank.ui.next_attempts import show_next_attempts
from smartbank.ui.reasons import show_reasons
from smartbank.ui.resources import bank_settings, card_of, services
from smartbank.ui.rule_text import rule_effect
from smartbank.ui.similar import show_similar
from smartbank.ui.split import show_customer_split
from smartbank.ui.split_words import market_of
from smartbank.ui.table import NAME_AND_CALL, names_or_ids, show_customer_table
from smartbank.ui.text import count, decision, field_value, money, percent, plain, plural, signed, when
from smartbank.ui.waterfall import show_waterfall
from smartbank.ui.what_if import show_what_if

_HITS_SHOWN: Final = 50


def show_search(text: str, actor: Actor) -> None:
    """Show the customers whose name or id a text finds; selecting one opens it."""
    ids = search_customers(text, by=actor, customers=services().customers, region=bank_settings().country)
    if not ids:
        st.warning(
            "Nobody was found. Type a whole customer id, a whole phone number, or at least three letters of each word "
            "of the name.",
            icon=":material/person_search:",
        )
        return
    st.title(f"{plural(len(ids), 'customer')} found.")
    hits = load_customers(
        ids[:_HITS_SHOWN],
        by=actor,
        require_consent=bank_settings().require_consent,
        customers=services().customers,
        frames=services().frames,
    )
    shown = pd.DataFrame(
        {
            "Name": names_or_ids(hits, hits[CUSTOMER_ID]),
            "May be called": may_be_called(hits),
            "Customer": hits[CUSTOMER_ID],
            "Age": hits["age"],
            "Job": [field_value("job", job) for job in hits["job"]],
            "Band": hits["latest_band"],
        }
    )
    ids_shown = hits[CUSTOMER_ID].tolist()
    show_customer_table(
        shown, ids_shown, key="customer_hits", alt="Customers found", height="auto", columns=NAME_AND_CALL
    )
    if len(ids) > _HITS_SHOWN:
        st.caption(f"The first {_HITS_SHOWN} are shown. Type more of the name.")


def show_customer(view: CustomerView, actor: Actor) -> None:
    """Show a customer: the first line and the figures, then the view that was chosen; which one is in the address."""
    customer = view.customer
    barred = show_barred(customer)
    rule = None if barred else _rule_against(str(customer[CUSTOMER_ID]), actor)
    name = customer["name"] if pd.notna(customer["name"]) else customer[CUSTOMER_ID]
    note_looked_at(str(customer[CUSTOMER_ID]), str(name))
    views: dict[str, Callable[[], None]] = {}
    if (newest := view.newest) is None:
        st.title(f"{plain(str(name))}: {'never scored' if barred else 'not scored yet'}.")
        if rule is not None:
            _show_rule(rule)
        elif not barred:
            st.info("Rank this customer from the Leads page, under Stored customers.", icon=":material/bolt:")
    else:
        _first_line(str(name), view, newest, barred=barred, rule=rule)
        views["Why"] = lambda: _why(view, newest, actor)
        show_neighbours(newest, actor)
        if not barred:
            views["What if"] = lambda: show_what_if(_ground(view, actor), actor)
            views["Next attempts"] = lambda: show_next_attempts(_ground(view, actor), actor)
        views["Summary"] = lambda: show_summary(view, newest, actor, barred=barred)
    _show_asked_since(view)
    with st.expander("What the customer allows", icon=":material/phone_locked:"):
        show_consent(customer, actor)
        show_access(str(customer[CUSTOMER_ID]), actor)
    views["Data"] = lambda: _data(customer)
    if view.history or view.outcomes or newest is None:
        views["History"] = lambda: show_history(view, actor)
    chosen = st.radio(
        "View", list(views), horizontal=True, key="section", bind="query-params", label_visibility="collapsed"
    )
    views[chosen or "Data"]()
    show_erasing(str(customer[CUSTOMER_ID]), actor)


def _show_asked_since(view: CustomerView) -> None:
    """Say what a program was told since the score above, which is that of a ranking."""
    if (asked := view.asked_since) is None:
        return
    own = ", in a market the program gave" if asked["snapshot_id"] == GIVEN else ""
    above = "" if view.newest is None else " The score above is that of the newest ranking, where it has its rank."
    st.caption(
        f":material/smart_toy: A program asked on {when(asked['scored_at'])}: "
        f"{percent(asked['propensity'])}{own}.{above}"
    )


def _ground(view: CustomerView, actor: Actor) -> Ground:
    return what_if_ground(view, by=actor, queue=services().queue, load_model=services().models.scorer_of)


def _rule_against(customer_id: str, actor: Actor) -> CallRule | None:
    held = services()
    return rule_against(
        customer_id,
        by=actor,
        customers=held.customers,
        rules=held.rules,
        outcomes=held.outcomes,
        now=datetime.now(UTC),
    )


def _show_rule(rule: CallRule) -> None:
    st.warning(
        f"{rule_effect(rule)} A ranking or a list made now leaves this customer out; a list that runs goes on.",
        title="On no new list",
        icon=":material/phone_paused:",
    )


def _first_line(
    name: str, view: CustomerView, newest: Mapping[str, Any], *, barred: bool, rule: CallRule | None
) -> None:
    points = zip(view.reasons[:3], _points(view), strict=False)
    top = [f"{reason.group} ({signed(moved, digits=0)})" for reason, moved in points if round(moved)]
    of_all = f" of {count(view.run_leads)}" if view.run_leads else ""
    st.title(f"{plain(name)}: {percent(newest['propensity'], digits=0)} likely, rank {count(newest['rank'])}{of_all}.")
    if top:
        st.markdown(f"{' · '.join(top)} percentage points.")
    if rule is not None:
        _show_rule(rule)
    if view.changed_since and not barred:
        st.warning("This customer's data changed after this score was made. Rank again to see the new one.")
    if view.customer["synthetic"]:
        st.badge("Synthetic demo customer", icon=":material/science:", color="orange")
    with st.container(horizontal=True):
        moved = trend(view)
        st.metric(
            "Propensity",
            percent(newest["propensity"]),
            None if moved is None else f"{moved[0]} points",
            border=True,
            help=None if moved is None else f"Since the score of {moved[1]}.",
        )
        st.metric("Band", newest["band"], border=True)
        st.metric("Rank", count(newest["rank"]), border=True)
        st.metric(
            "Decision",
            "Must not be called" if barred else "On no new list" if rule else decision(newest["call"]),
            None if barred or rule else _profit(newest),
            delta_color="off",
            delta_arrow="off",
            border=True,
            help=f"A call pays from {percent(newest['threshold'])}.",
        )
        st.metric("Phone", _text(view.customer["phone"]), border=True)


def _profit(newest: Mapping[str, Any]) -> str | None:
    """Return what a call brings on average; None where other prices than those in force decided on it."""
    rules = bank_settings().rules
    if not isclose(newest["threshold"], rules.threshold):
        return None
    return f"{money(rules.profit(newest['propensity']))} a call on average"


def _points(view: CustomerView) -> list[float]:
    """Return by how many percentage points each reason moves the newest prediction."""
    if view.newest is None:
        return []
    log_odds = prediction_parts(view.newest)[0]
    return percentage_points(log_odds.base + log_odds.market, [reason.contribution for reason in view.reasons])


def _how_sure(newest: Mapping[str, Any]) -> str:
    """Return how far a propensity may be off as months differ; empty where the card of its model does not say."""
    error = card_level_error(card_of(newest["model_version"]))
    if error is None:
        return ""
    low, high = (percent(level_rate(newest["propensity"], move * error)) for move in (-WITHIN_95, WITHIN_95))
    return (
        f"As months differ, {percent(newest['propensity'])} may as well turn out {low} to {high} (19 months of 20). "
        "That moves all leads alike: the rank is surer than the number."
    )


def _why(view: CustomerView, newest: Mapping[str, Any], actor: Actor) -> None:
    st.caption(f"A call pays from {percent(newest['threshold'])} on. {_how_sure(newest)}")
    st.caption(SCORE_PURPOSE)
    show_reasons(view.reasons)
    st.markdown("**Market and customer**")
    show_customer_split(newest, view.markets.get(newest["snapshot_id"]))
    st.markdown("**From the model's average to this lead**")
    show_waterfall(newest, view.reasons, key="customer_waterfall")
    with st.expander("The same as a table"):
        _reason_table(view.reasons, _points(view))
    show_similar(view.lead, newest, actor)
    market_used = market_of(newest, view.markets, bank_settings().numbers)
    st.caption(
        f"Scored {when(newest['scored_at'])} by model {newest['model_version']} in the market of {market_used}. "
        "The model's average is that of its training calls, recent months counting more. "
        "What a field adds is association in past calls, not cause."
    )


def _reason_table(reasons: Sequence[Reason], points: Sequence[float]) -> None:
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Field": reason.label,
                    "Value": field_value(reason.field, reason.value),
                    "Percentage points": round(moved, 1),
                    "Log-odds": round(reason.contribution, 3),
                }
                for reason, moved in zip(reasons, points, strict=True)
            ]
        ),
        hide_index=True,
        alt="Contribution of each field",
    )


def _data(customer: pd.Series) -> None:
    left, right = st.columns(2)
    with left.container(border=True):
        st.markdown("**Customer**")
        _rows([("Customer id", str(customer[CUSTOMER_ID])), ("Phone", _text(customer["phone"]))])
        _rows(_values(CUSTOMER_FIELDS, customer))
    with right.container(border=True):
        st.markdown("**Contact history**")
        _rows(_values(CAMPAIGN_FIELDS, customer))
        _rows([("From", _text(customer["source_name"])), ("Last changed", when(customer["updated_at"]))])


def _values(fields: tuple[Field, ...], customer: pd.Series) -> list[tuple[str, str]]:
    return [(FIELD[field.name].label, field_value(field.name, customer[field.name])) for field in fields]


def _rows(rows: list[tuple[str, str]]) -> None:
    for label, value in rows:
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.text(label, width="content")
            st.text(value, width="content")


def _text(value: object) -> str:
    return "unknown" if pd.isna(value) else str(value)  # type: ignore[call-overload]
