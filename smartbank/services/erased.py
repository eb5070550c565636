"""An erased customer does not come back unnoticed."""

from collections.abc import Iterable

from smartbank.core.erasure import erased_sentence
from smartbank.core.ports import ErasedCustomers
from smartbank.errors import LeadValidationError


def refuse_erased(customer_ids: Iterable[str], *, erased: ErasedCustomers) -> None:
    """Raise `LeadValidationError` where one of some customers was erased; it says when, and who can lift it."""
    gone = erased.among([each for each in customer_ids if each])
    for on in gone.values():
        raise LeadValidationError(erased_sentence(on))
