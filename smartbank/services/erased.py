"""An erased customer does not come back unnoticed, not even in the moment of being erased."""

from collections.abc import Iterable

from smartbank.core.erasure import erased_sentence
from smartbank.core.ports import CustomerCorrections, ErasedCustomers
from smartbank.errors import LeadValidationError


def refuse_erased(customer_ids: Iterable[str], *, erased: ErasedCustomers) -> None:
    """Raise `LeadValidationError` where one of some customers was erased; it says when, and who can lift it."""
    for on in erased.among(list(customer_ids)).values():
        raise LeadValidationError(erased_sentence(on))


def take_erased_out(customer_ids: Iterable[str], *, erased: ErasedCustomers, corrections: CustomerCorrections) -> None:
    """Delete those of some customers just saved who were erased meanwhile, and raise as `refuse_erased` does.

    An erasure waits for queued work and not for a program's request: what that saved behind its back goes here.
    """
    gone = erased.among(list(customer_ids))
    for customer_id in gone:
        corrections.erase(customer_id)
    refuse_erased(gone, erased=erased)
