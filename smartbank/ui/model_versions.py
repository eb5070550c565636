"""Versions of the model: which is in force and since when, challengers, and the way to and back from them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.bootstrap import model_ports, training_ports
from smartbank.core.audit import LONGEST_REASON, SHORTEST_REASON
from smartbank.core.exports import harmless
from smartbank.core.model_versions import Promotion
from smartbank.core.people import Actor, Right
from smartbank.core.promotion import Evidence, evidence_from
from smartbank.core.work import WorkKind, WorkState
from smartbank.errors import SmartBankError
from smartbank.services.model_training import compare_with_champion, queue_training
from smartbank.services.model_versions import (
    VersionView,
    champion_before,
    model_history,
    model_versions,
    promote_model,
    take_back_model,
)
from smartbank.ui.meant import note_meant, what_was_meant
from smartbank.ui.model_first_line import month_words
from smartbank.ui.model_table import show_table
from smartbank.ui.notice import Notice, leave_notice, show_notice
from smartbank.ui.progress import note_looking_at, watch
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import count, day, decimal, plain, plural, when

_SHIPPED: Final = "Came with SmartBank"
_MOST_LOOKED_AT: Final = 1


def show_versions(actor: Actor) -> None:
    """Show the model in force and its challengers; to administrators, what puts another one in force."""
    show_notice(lambda _: "")
    if meant := what_was_meant("promote_model"):
        seen, version = meant
        _try(lambda: _promote(seen, version, str(st.session_state.get("promotion_reason", "")), actor))
    ports = model_ports(services())
    views, history = model_versions(by=actor, ports=ports), model_history(by=actor, ports=ports)
    champion, challengers = views[0], views[1:]
    _in_force(champion, history, actor)
    _table(views, actor)
    _training(actor)
    if challengers:
        _challenger(champion, challengers, actor)
    _history(history, actor)


def _in_force(champion: VersionView, history: list[Promotion], actor: Actor) -> None:
    if (scoring := services().scorer.version) != champion.version:
        st.error(
            f"Model {plain(champion.version)} is in force and cannot be loaded: {plain(scoring)} ranks your leads "
            f"meanwhile. {plain(champion.problem)}",
            icon=":material/error:",
        )
    if not history:
        st.markdown(
            f"**Model {plain(champion.version)}** ranks your leads. It came with SmartBank, and no other was ever "
            "put in its place."
        )
        return
    last = history[0]
    st.markdown(
        f"**Model {plain(champion.version)}** has ranked your leads since {when(last.at)}. {plain(last.by)} put it in "
        f"the place of {plain(last.before)}: {plain(last.reason)}"
    )
    earlier = champion_before(history)
    if (
        earlier is not None
        and actor.may(Right.MANAGE_MODELS)
        and st.button(f"Take {earlier} back", key="take_back_model", icon=":material/undo:")
    ):
        _try(lambda: _take_back(champion.version, actor))


def _take_back(seen: str, actor: Actor) -> str:
    done = take_back_model(seen=seen, by=actor, ports=model_ports(services()), now=datetime.now(UTC))
    return f"Model **{plain(done.version)}** ranks your leads again. Score them anew to see it in a list."


def _table(views: list[VersionView], actor: Actor) -> None:
    shown = pd.DataFrame(
        {
            "Version": [each.version for each in views],
            "Standing": ["In force" if each.is_champion else "Challenger" for each in views],
            "From": [_from(each) for each in views],
            "Age and marital status": ["left out" if each.twin_of else "used" for each in views],
            "Learned from calls until": [month_words(each.until) if each.until else "" for each in views],
            "Beside the one in force": [_beside(each) for each in views],
        }
    )
    show_table(shown, name="versions", alt="Every version of the model, the one in force first", actor=actor)


def _from(view: VersionView) -> str:
    if view.trained is None:
        return _SHIPPED
    own = f"{count(view.trained.own_calls)} of your own calls"
    return harmless(f"Trained {day(view.trained.at)} by {view.trained.by}, with {own}")


def _beside(view: VersionView) -> str:
    if view.problem:
        return view.problem
    if view.is_champion:
        return ""
    return "Not compared yet" if view.verdict is None else view.verdict.short


def _training(actor: Actor) -> None:
    """Say when a challenger is trained, offer to train one now, and show how far that is."""
    works = services().queue.recent(WorkKind.TRAINING, limit=_MOST_LOOKED_AT)
    newest = works[0] if works else None
    days = bank_settings().retrain_days
    rhythm = f"every {plural(days, 'day')}" if days > 1 else "every day" if days else "only when somebody asks for it"
    st.caption(
        f"A challenger learns from the calls SmartBank came with and from your own, {rhythm}. It is judged beside the "
        "model in force, and an administrator decides."
    )
    if newest is not None and not newest.state.is_final:
        watch(newest.work_id, actor)
        return
    if newest is not None and newest.state is WorkState.FAILED:
        st.error(newest.error, title="The last training did not work", icon=":material/error:")
    if newest is not None and newest.state is WorkState.DONE:
        note_looking_at(newest.work_id)
    if actor.may(Right.MANAGE_MODELS) and st.button(
        "Train a challenger now", key="train_challenger", icon=":material/model_training:"
    ):
        _try(lambda: _train(actor))


def _train(actor: Actor) -> str:
    queue_training(by=actor, queue=services().queue, audit=services().audit, now=datetime.now(UTC))
    return "A challenger is being trained; that takes minutes."


def _challenger(champion: VersionView, challengers: list[VersionView], actor: Actor) -> None:
    st.subheader("Challengers")
    by_version = {each.version: each for each in challengers}
    version = st.selectbox("Challenger", list(by_version), key="challenger", width=320)
    chosen = by_version[version]
    if chosen.problem:
        st.error(chosen.problem, icon=":material/error:")
        return
    if chosen.evidence is None:
        st.markdown(f"It was not compared with {plain(champion.version)} yet.")
    else:
        _evidence(chosen.evidence, chosen)
    if not actor.may(Right.MANAGE_MODELS):
        st.caption("Comparing models and putting one in force is an administrator's.")
        return
    if chosen.until <= champion.until and st.button(
        "Compare with the model in force", key="compare_models", icon=":material/balance:"
    ):
        _try(lambda: _compare(version, actor))
    if chosen.verdict is not None and chosen.verdict.passes:
        _promotion(champion, chosen)


def _evidence(evidence: Evidence, view: VersionView) -> None:
    if view.verdict is None or view.comparison is None:
        return
    icon = ":material/check:" if view.verdict.passes else ":material/front_hand:"
    (st.success if view.verdict.passes else st.info)(view.verdict.sentence, icon=icon)
    st.caption(f"Compared {when(view.comparison.at)} by {plain(view.comparison.by)}.")
    if evidence.challenger_auc is None or evidence.champion_auc is None or evidence.auc_low is None:
        return
    behind = decimal(100 * abs(evidence.auc_low), digits=1)
    surely = f"is at most {behind} behind" if evidence.auc_low < 0 else f"is at least {behind} ahead"
    st.caption(
        f"On {plural(evidence.outcomes, 'decided call')} with {plural(evidence.sales, 'sale')}: of a buyer and a "
        f"non-buyer of the same month, the challenger ranks the buyer first in "
        f"{decimal(100 * evidence.challenger_auc, digits=1)} of 100 pairs, the model in force in "
        f"{decimal(100 * evidence.champion_auc, digits=1)}. With 90 % confidence the challenger {surely}. "
        "Only customers who were called are judged, and the model in force chose them: it is better than it looks here."
    )


def _compare(version: str, actor: Actor) -> str:
    done = compare_with_champion(version, by=actor, ports=training_ports(services()), now=datetime.now(UTC))
    calls = evidence_from(done.evidence).outcomes
    return f"**{plain(version)}** was compared on {plural(calls, 'decided call')}."


def _promotion(champion: VersionView, chosen: VersionView) -> None:
    with st.form("promotion_form", border=True):
        st.markdown(
            f"**Put {plain(chosen.version)} in force.** Lists scored from then on are ranked by it; those that were "
            f"scored stay as they are, and {plain(champion.version)} can be taken back in one click."
        )
        st.text_input("Why", key="promotion_reason", max_chars=LONGEST_REASON)
        st.caption(
            f"In {SHORTEST_REASON} to {LONGEST_REASON} characters. Your name, the reason and the figures are kept."
        )
        st.form_submit_button(
            f"Put {chosen.version} in force",
            key="promote_model",
            type="primary",
            icon=":material/verified:",
            on_click=note_meant,
            args=("promote_model", champion.version, chosen.version),
        )


def _promote(seen: str, version: str, reason: str, actor: Actor) -> str:
    ports, now = model_ports(services()), datetime.now(UTC)
    done = promote_model(version, reason=reason, seen=seen, by=actor, ports=ports, now=now)
    return f"Model **{plain(done.version)}** ranks your leads from now on. Score them anew to see it in a list."


def _history(history: list[Promotion], actor: Actor) -> None:
    if not history:
        return
    st.subheader("What was in force when")
    shown = pd.DataFrame(
        {
            "Since": [when(each.at) for each in history],
            "Version": [each.version for each in history],
            "In place of": [each.before for each in history],
            "By": [harmless(each.by) for each in history],
            "Why": [harmless(each.reason) for each in history],
        }
    )
    show_table(shown, name="promotions", alt="Every change of the model in force, the newest first", actor=actor)


def _try(action: Callable[[], str]) -> None:
    """Do something and say so at the top of the page, or why it was not done."""
    try:
        said = action()
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    leave_notice(Notice(said))
