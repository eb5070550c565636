"""Keyboard shortcuts: one table that the buttons, the page-wide keys and the list in the sidebar are made from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.people import Actor, Right


@dataclass(frozen=True)
class Shortcut:
    """One shortcut.

    Attributes
    ----------
    keys : str
        Alt and Shift with a letter: no letter alone, which a screen reader or a slip of the hand may press, and
        nothing a browser has taken. C and R are Streamlit's.
    action : str
        What it does, for the list.
    where : str
        Where it works, for the list.
    right : Right
        What somebody may do who has it.
    click : str
        CSS selector of what it clicks; empty where a button has it as its own, which shows the keys on it.
    focus : str
        CSS selector of the field it goes to, once that is there.
    """

    keys: str
    action: str
    where: str
    right: Right
    click: str = ""
    focus: str = ""


EVERYWHERE: Final = "every page"
SHORTCUTS: Final = {
    "overview": Shortcut(
        "Alt+Shift+O",
        "Go to Overview",
        EVERYWHERE,
        Right.SEE_CUSTOMER,
        click='[data-testid="stSidebarNavLink"][href$="/"]',
    ),
    "leads": Shortcut(
        "Alt+Shift+L",
        "Go to Leads",
        EVERYWHERE,
        Right.SEE_LEADS,
        click='[data-testid="stSidebarNavLink"][href$="/leads"]',
    ),
    "customer": Shortcut(
        "Alt+Shift+U",
        "Search for a customer",
        EVERYWHERE,
        Right.SEE_CUSTOMER,
        click='[data-testid="stSidebarNavLink"][href$="/customer"]',
        focus=".st-key-customer input",
    ),
    "market": Shortcut(
        "Alt+Shift+M",
        "Go to Market",
        EVERYWHERE,
        Right.SEE_LEADS,
        click='[data-testid="stSidebarNavLink"][href$="/market"]',
    ),
    "model": Shortcut(
        "Alt+Shift+D",
        "Go to Model",
        EVERYWHERE,
        Right.SEE_LEADS,
        click='[data-testid="stSidebarNavLink"][href$="/model"]',
    ),
    "next_page": Shortcut(
        "Alt+Shift+N", "Next page of a long table", "Leads", Right.SEE_LEADS, click='[data-testid="stPaginationNext"]'
    ),
    "previous_page": Shortcut(
        "Alt+Shift+P",
        "Previous page of a long table",
        "Leads",
        Right.SEE_LEADS,
        click='[data-testid="stPaginationPrev"]',
    ),
    "check_file": Shortcut(
        "Alt+Shift+H", "Check the file", "Bring customers in", Right.BRING_IN, click=".st-key-check_file button"
    ),
    "score": Shortcut(
        "Alt+Shift+S",
        "Score the leads of the file",
        "Bring customers in",
        Right.BRING_IN,
        click=".st-key-score_upload button",
    ),
    "rank": Shortcut(
        "Alt+Shift+K", "Rank the customers found", "Stored customers", Right.BRING_IN, click=".st-key-rank_found button"
    ),
    "market_refresh": Shortcut(
        "Alt+Shift+G",
        "Ask the sources of the market now",
        "Market, Sources",
        Right.REFRESH_MARKET,
        click=".st-key-market_refresh button",
    ),
    "csv": Shortcut("Alt+Shift+V", "Save the list as CSV", "Ranked leads", Right.EXPORT),
    "excel": Shortcut(
        "Alt+Shift+X",
        "Make or save the Excel file",
        "Ranked leads",
        Right.EXPORT,
        click=".st-key-export_xlsx button, .st-key-save_xlsx a",
    ),
    "paper": Shortcut("Alt+Shift+W", "Print a call sheet", "Ranked leads", Right.EXPORT),
}

_JAVASCRIPT: Final = """
export default function ({ data }) {
  window.smartbankShortcuts = data.shortcuts;
  if (window.smartbankListens) return;
  window.smartbankListens = true;
  const focusOnce = (selector, deadline) => {
    const field = document.querySelector(selector);
    if (field) field.focus();
    else if (performance.now() < deadline) setTimeout(focusOnce, 50, selector, deadline);
  };
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    const wanted = window.smartbankShortcuts.find((shortcut) => shortcut.code === event.code);
    if (!wanted) return;
    const there = wanted.focus && document.querySelector(wanted.focus);
    const target = there ? null : document.querySelector(wanted.click);
    if (!there && !target) return;
    event.preventDefault();
    if (target) target.click();
    if (wanted.focus) focusOnce(wanted.focus, performance.now() + 10000);
  });
}
"""
"""Several lines, or Streamlit takes it for a file name. It listens once a page load, however often it is drawn."""

_listen = st.components.v2.component("smartbank_shortcuts", js=_JAVASCRIPT)


def keys(name: str) -> str:
    """Return the keys of a shortcut, for the `shortcut` of a button."""
    return SHORTCUTS[name].keys


def hint(name: str) -> str:
    """Return what a button says of its shortcut when pointed at; written on a filled button, the keys are too pale."""
    return f"Keys: {SHORTCUTS[name].keys}"


def show_shortcuts(actor: Actor) -> None:
    """Show the shortcuts of a role behind a button, and listen to those that belong to no button of ours."""
    own = shortcuts_of(actor)
    with st.popover("Keyboard shortcuts", icon=":material/keyboard:", type="tertiary", key="shortcuts"):
        st.table(
            pd.DataFrame(
                [(shortcut.keys, shortcut.action, shortcut.where) for shortcut in own],
                columns=["Keys", "What they do", "Where"],
            ).set_index("Keys")
        )
        st.caption("On a Mac, Alt is the key marked ⌥.")
    _listen(key="shortcut_listener", data={"shortcuts": page_wide(own)})


def shortcuts_of(actor: Actor) -> list[Shortcut]:
    """Return the shortcuts of what an actor may do."""
    return [shortcut for shortcut in SHORTCUTS.values() if actor.may(shortcut.right)]


def page_wide(shortcuts: Iterable[Shortcut]) -> list[dict[str, str]]:
    """Return those of the shortcuts that belong to no button of ours, as the browser needs them."""
    return [
        {"code": f"Key{shortcut.keys[-1]}", "click": shortcut.click, "focus": shortcut.focus}
        for shortcut in shortcuts
        if shortcut.click
    ]
