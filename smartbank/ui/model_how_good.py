"""How good the model is by three protocols, why they differ, and what is no comparison."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.core.backtest import OWN
from smartbank.core.backtest_report import BASE_RATE, BacktestReport, Figure
from smartbank.core.card_figures import card_interval, card_number, card_part, twin_of
from smartbank.core.evaluation import Interval
from smartbank.core.people import Actor
from smartbank.errors import BacktestError
from smartbank.services.model_view import model_backtest
from smartbank.ui.model_backtest import model_name, show_backtest
from smartbank.ui.model_first_line import HEADLINE, span
from smartbank.ui.model_table import show_table
from smartbank.ui.resources import services
from smartbank.ui.text import decimal, percent, plain

NOT_THERE: Final = "not measured"
_LIFT: Final = HEADLINE[1:]
"""Within the figures of a model: the lift of the first line, so that the table does not contradict it."""
_WHY: Final = (
    "**Why they differ.** A draws leads at random into five folds, so that every month is on both sides: *knowing "
    "which month it was* is enough to look good. B goes through the rows in order with a rolling window, as the paper "
    "did, and still compares leads of different months; SmartBank's percentages follow the outcomes of the calls just "
    "before. C is what you do: rank the leads of the next month, which the model has not seen, where all of them face "
    "the same market. **Only C says what your list will do.** AUC is the share of pairs of a buyer and a non-buyer "
    "that stand in the right order: 0.5 is chance, 1 is perfect."
)
_PAPER: Final = (
    "The paper's 0.794 (Moro, Cortez and Rita 2014, neural network, rolling window) was measured on calls of 2012 and "
    "2013 that were never published. **Other data**: it can be neither beaten nor missed here."
)
_DURATION: Final = (
    "The length of the call, `duration`, alone reaches an AUC of **0.818** on the UCI file (all 41,188 calls; no "
    "model, just longer calls first). That is more than every honest model here reaches. It is cheating: the length is "
    "known only once the call is over, and who buys talks longer because they buy. Nobody can rank "
    "tomorrow's leads by it.\n\n"
    "SmartBank refuses it as an input, in files and in training. If somebody shows you an AUC well above 0.8 on such "
    "data, ask first whether `duration` is in it. The publishers of the file warn of it themselves "
    "(bank-additional-names.txt, UCI Machine Learning Repository)."
)


def show_how_good(actor: Actor) -> None:
    """Show protocols A, B and C side by side, the baselines, and the backtest where one was made."""
    card = services().scorer.card
    full = twin_of(card)
    version = full or services().scorer.version
    try:
        backtest, problem = model_backtest(version, by=actor, backtests=services().backtests), ""
    except BacktestError as exc:
        backtest, problem = None, str(exc)
    if card_part(card, "metrics", "C"):
        own_backtest = backtest if full is None else None
        rows = protocol_rows(card, own_backtest)
        st.subheader("The same model by three protocols")
        show_table(rows, name="protocols", alt="AUC by protocol, with its interval and the base rate", actor=actor)
        if own_backtest is not None:
            st.caption(
                "A in random folds, B, C within a day and C with the weekday known are figures of the backtest below, "
                "the others those of the training."
            )
        st.markdown(f"{_WHY}\n\n{_PAPER}")
    else:
        st.info("The card of this model holds no figures by protocol.", icon=":material/science:")
    _baselines(card, actor)
    st.subheader("Against the standard models")
    if problem:
        st.warning(problem, icon=":material/report:")
    elif backtest is None:
        st.info(
            "Not measured yet for this model; nothing else on this page waits for it. To see SmartBank beside six "
            "standard models on the same rows, ask whoever runs the server to run "
            "`python -m smartbank backtest --data bank-additional-full.csv --json "
            f"models/backtests/{version}.json` (with `--quick` it takes some ten minutes). The "
            "comparison then stands here.",
            icon=":material/science:",
        )
    else:
        if full is not None:
            st.caption(f"These are figures of model {plain(full)}: the same model, with age and marital status.")
        show_backtest(backtest, actor)
    with st.expander("What if one had cheated? The length of the call", icon=":material/school:"):
        st.markdown(_DURATION)


def protocol_rows(card: Mapping[str, Any], backtest: BacktestReport | None) -> pd.DataFrame:
    """Return one row a protocol and way of reading it, in words: of the backtest, or of the card."""
    base = {name: _share(card_number(card, "metrics", name, "base_rate")) for name in ("A", "C")}
    twenty, paper = (backtest.find("B", OWN, name) if backtest else None for name in ("auc_last_20", "auc_last_1293"))
    one_day = backtest.find("C", OWN, "auc_same_market") if backtest else None
    weekday = backtest.find("C", OWN, "auc_month_mean") if backtest else None
    c_rows = {name: card_interval(card, "metrics", "C", name) for name in ("auc_month_mean", "auc_within_month")}
    rows = [
        ("A random folds", _a_figure(card, backtest), base["A"], "The usual figure; it flatters"),
        (
            "A within a month",
            figure_words(_single(card, "metrics", "A", "auc_within_month")),
            base["A"],
            "What is left of it",
        ),
        ("B last 20 % of rows", figure_words(twenty), _rolling_rate(backtest, "_last_20"), "The paper's way, our rows"),
        ("B last 1,293 rows", figure_words(paper), _rolling_rate(backtest, "_last_1293"), "The paper's way, our rows"),
        ("C mean of months", figure_words(c_rows["auc_month_mean"]), base["C"], "What your list will do"),
        ("C by leads", figure_words(c_rows["auc_within_month"]), base["C"], "Large months count more"),
        ("C within a day", figure_words(one_day), base["C"], "Of it, what is not sorting days"),
        ("C with the weekday known", figure_words(weekday), base["C"], "Sorting the days of a month too"),
        ("Paper of 2014", decimal(0.794, digits=3), "not published", "Other data"),
    ]
    return pd.DataFrame(rows, columns=["Protocol", "AUC", "Base rate", "Read it as"])


def figure_words(figure: Figure | Interval | None, *, digits: int = 3) -> str:
    """Return a figure as "0.634 (0.620 to 0.646)"."""
    if figure is None:
        return NOT_THERE
    said = decimal(figure.value, digits=digits)
    if figure.low is None or figure.high is None:
        return said
    return f"{said} ({span(Interval(figure.value, figure.low, figure.high), digits=digits)})"


def _baselines(card: Mapping[str, Any], actor: Actor) -> None:
    """Show the baselines that were judged when the model was trained, and how far it is ahead of them."""
    baselines = card_part(card, "metrics", "baselines")
    if not baselines:
        return
    own = card_part(card, "metrics")
    rows = [_baseline_row(OWN, own, own)]
    rows += [_baseline_row(name, figures, own) for name, figures in baselines.items() if isinstance(figures, Mapping)]
    st.subheader("Beside simple models, judged in the same training")
    show_table(
        pd.DataFrame(rows),
        name="baselines",
        alt="SmartBank and simple models: AUC by protocols A and C, lift, how far ahead",
        actor=actor,
    )
    st.caption(
        f"Base rate of protocol A: {_share(card_number(card, 'metrics', 'A', 'base_rate'))}, of protocol C: "
        f"{_share(card_number(card, 'metrics', 'C', 'base_rate'))}. "
        "The lift is that of the best 20 %, as in the first line. "
        "Where the interval of a difference holds zero, SmartBank is not shown to be better."
    )


def _baseline_row(name: str, figures: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, str]:
    lift = card_interval(figures, *_LIFT) or _single(figures, *_LIFT)
    mean = card_interval(figures, "C", "auc_month_mean") or _single(figures, "C", "auc_month_mean")
    ahead = {each: card_interval(figures, "ahead_by", each) for each in ("auc_month_mean", _LIFT[-1])}
    is_own = figures is own
    return {
        "Model": model_name(name),
        "C: AUC, mean of months": figure_words(mean),
        "Ahead by, AUC": "" if is_own else figure_words(ahead["auc_month_mean"]),
        "C: lift, mean of months": figure_words(lift, digits=2),
        "Ahead by, lift": "" if is_own else figure_words(ahead[_LIFT[-1]], digits=2),
        "A: AUC, random folds": figure_words(_single(figures, "A", "auc")),
    }


def _single(figures: Mapping[str, Any], *path: str) -> Figure | None:
    found = card_number(figures, *path)
    return None if found is None else Figure(found)


def _a_figure(card: Mapping[str, Any], backtest: BacktestReport | None) -> str:
    """Return the usual figure: the backtest's, which has an interval, else the card's."""
    found = backtest.find("A", OWN, "auc") if backtest else None
    return figure_words(found or _single(card, "metrics", "A", "auc"))


def _rolling_rate(backtest: BacktestReport | None, stretch: str) -> str:
    found = backtest.find("B", OWN, BASE_RATE + stretch) if backtest else None
    return _share(None if found is None else found.value)


def _share(share: float | None) -> str:
    return NOT_THERE if share is None else percent(share)
