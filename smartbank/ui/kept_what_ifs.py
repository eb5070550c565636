"""What-ifs kept side by side, until the reader leaves the customer."""

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.fields import FIELD
from smartbank.core.market.points import point_words
from smartbank.core.what_if import WhatIf
from smartbank.core.wording import listed
from smartbank.services.what_if import Imagined
from smartbank.ui.resources import bank_settings
from smartbank.ui.text import count, decision, field_value, percent

_KEPT: Final = "kept_what_ifs"
_MOST: Final = 4


def show_side_by_side(
    customer_id: str, asked: WhatIf, before: Imagined, imagined: Callable[[Sequence[WhatIf]], list[Imagined]]
) -> None:
    """Offer to keep what is asked beside, and show what was kept in a table with the customer as they are."""
    kept = _kept(customer_id)
    is_full = len(kept) >= _MOST
    with st.container(horizontal=True):
        st.button(
            "Keep beside",
            key="if_keep",
            icon=":material/add:",
            disabled=asked.is_nothing or asked in kept or is_full,
            help=f"Up to {_MOST} what-ifs stand side by side until you leave the customer.",
            on_click=kept.append,
            args=(asked,),
        )
        if kept:
            st.button("Remove all", key="if_remove", icon=":material/delete:", on_click=kept.clear)
    if kept:
        st.dataframe(
            _compared(["As they are", *map(what_words, kept)], [before, *imagined(kept)]),
            hide_index=True,
            key="if_table",
            alt="What-ifs side by side",
        )


def what_words(asked: WhatIf) -> str:
    """Return what is asked, as "Job were student and Age were 40"."""
    said = [f"{FIELD[name].label} were {field_value(name, value)}" for name, value in asked.values.items()]
    if asked.market is not None:
        said.append(f"the market were {point_words(asked.market, numbers=bank_settings().numbers)}")
    return listed(said)


def _kept(customer_id: str) -> list[WhatIf]:
    """Return the what-ifs that were kept; those of another customer are gone."""
    found: dict[str, list[WhatIf]] = st.session_state.get(_KEPT, {})
    if customer_id not in found:
        found = {customer_id: []}
        st.session_state[_KEPT] = found
    return found[customer_id]


def _compared(names: Sequence[str], found: Sequence[Imagined]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "If": names,
            "Propensity": [percent(each.propensity) for each in found],
            "Rank": [count(each.rank) for each in found],
            "Band": [each.band for each in found],
            "Decision": [decision(each.call) for each in found],
        }
    )
