"""Phone numbers that many share: whether they are left out of a file, and how many of some leads share one."""

import streamlit as st

from smartbank.core.shared_phones import MANY, SharedPhones
from smartbank.core.wording import agreeing
from smartbank.ui.text import count, plural


def asks_to_leave_out(upload_id: str, shared: SharedPhones) -> bool:
    """Ask whether the numbers an upload's report speaks of are left out; nothing is asked where there are none.

    Nothing is left out unless somebody says so. The choice stands in the address, for this upload alone.
    """
    if not shared.numbers:
        return False
    those = "this number" if shared.numbers == 1 else f"these {count(shared.numbers)} numbers"
    are = agreeing(shared.rows, "is", "are")
    return st.checkbox(
        f"Leave {those} out: {plural(shared.rows, 'customer')} {are} kept and ranked without a number",
        key=f"without_shared_{upload_id}",
        bind="query-params",
        help="As if these cells of the file were empty: a number SmartBank has of such a customer goes, too. Untick it "
        f"to keep every number as the file has it. A number is spoken of from {MANY} rows on.",
    )


def sharing_words(sharing: int, of_whom: str) -> str:
    """Return how many of some leads share a number with many others of them, in a sentence; empty for none.

    Parameters
    ----------
    of_whom : str
        All of them, such as "300 customers to call".
    """
    if not sharing:
        return ""
    return (
        f"{count(sharing)} of the {of_whom} share a phone number with {MANY - 1} or more others of them, as "
        "numbers were when they were ranked: often a stand-in, such as the branch's own. Bring their file again and "
        "leave it out."
    )
