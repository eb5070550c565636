"""Files a command brings in, copied here from an address."""

from smartbank.adapters.bulk.places import fetched

__all__ = ["fetched"]
