"""Files a command brings in: copied here from an address, and whether they say that their customers were picked."""

from smartbank.adapters.bulk.places import fetched
from smartbank.adapters.files.picked import says_picked

__all__ = ["fetched", "says_picked"]
