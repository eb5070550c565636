"""The pages of an identity provider in memory."""


class MemoryProviderDirectory:
    """Knows the one address it was given."""

    def __init__(self, sign_out_address: str | None = None) -> None:
        self._sign_out_address = sign_out_address

    def sign_out_address(self) -> str | None:
        return self._sign_out_address
