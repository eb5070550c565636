"""What the bank's identity provider says of itself."""

from typing import Protocol


class ProviderDirectory(Protocol):
    """Where the provider's own pages are."""

    def sign_out_address(self) -> str | None:
        """Return where a browser ends its session at the provider; None where there is no such page, or none now."""
        ...
