"""What a score is for and how it is made, in words for whoever sees one: colleagues, customers, other programs."""

from typing import Final

SCORE_PURPOSE: Final = (
    "Not for credit decisions: a score only says in which order customers may be called about a term deposit."
)
"""Said wherever a propensity is shown or handed on."""
HOW_A_SCORE_IS_MADE: Final = (
    "A statistical model, trained on past calls about term deposits, estimates how likely a customer is to want one "
    "when called: the propensity, from 0 to 100 percent. It looks at the fields marked “part of the score” below and "
    "at nothing else: not at the name, the phone number, notes or what the customer allows. The general level follows "
    "the bank's own sales and the market; each field adds to it or takes from it, and the largest of these parts are "
    "the reasons. Customers are ranked by it, and a person decides who is called. From the threshold on a call pays "
    "more than it costs: then the result is that a call pays. No contract, price, limit or credit depends on it."
)
