"""The keys that names, phone numbers and files are sealed with, and what wraps them."""

from base64 import b64decode
from pathlib import Path
from typing import ClassVar, Final

from pydantic import Field, SecretStr, field_validator

from smartbank.config.group import SettingsGroup
from smartbank.core.wrapping import WrappingKey, parsed_credentials, parsed_name

KEY_BYTES: Final = 32


class KeySettings(SettingsGroup):
    """Names, phone numbers and files are stored sealed: see [keys of the data](operations.md#keys-of-the-data).

    With `SMARTBANK_MONGODB_URI` either the keys themselves or a
    [wrapping key](operations.md#a-wrapping-key-in-a-kms-or-a-file) is needed.
    """

    heading: ClassVar[str] = "Keys of the data"

    data_keys: SecretStr | None = None
    """Keys in base64, newest first, separated by commas. Without them the embedded default makes one in
    `var/data-keys`.
    """
    wrapping_key: str = ""
    """The key in a KMS or a file that wraps the keys of the data; in place of `SMARTBANK_DATA_KEYS`."""
    wrapping_credentials: SecretStr | None = None
    """What a KMS is asked with, JSON by provider, such as `{"azure": {"tenantId": "...", "clientId": "...",
    "clientSecret": "..."}}`; without it with the identity of the machine.
    """
    wrapping_endpoint: str = Field(default="", pattern=r"^([A-Za-z0-9-]+\.[A-Za-z0-9.-]+(:\d{1,5})?)?$")
    """Host and port the KMS is asked at, such as a private one; without it the provider's own."""
    wrapping_ca_file: Path | None = None
    """PEM file of who signed the KMS's certificate; without it those the system trusts."""
    wrapping_certificate_file: Path | None = None
    """PEM file with SmartBank's certificate and its key, which KMIP asks for."""

    @field_validator("wrapping_credentials")
    @classmethod
    def _require_credentials(cls, credentials: SecretStr | None) -> SecretStr | None:
        if credentials is not None:
            parsed_credentials(credentials.get_secret_value())
        return credentials

    @field_validator("wrapping_key")
    @classmethod
    def _require_wrapping_key(cls, key: str) -> str:
        if key:
            parsed_name(key)
        return key

    @field_validator("data_keys")
    @classmethod
    def _require_keys(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys is not None:
            try:
                found = _keys(keys)
            except ValueError:
                found = []
            if not found or len(set(found)) < len(found) or any(len(key) != KEY_BYTES for key in found):
                raise ValueError(
                    "it must be different keys as `python -m smartbank keys make` prints them, separated by commas"
                )
        return keys

    def master_keys(self) -> list[bytes]:
        """Return the keys of the data that were set, newest first; none if they are kept in a file."""
        return [] if self.data_keys is None else _keys(self.data_keys)

    def wrapping(self) -> WrappingKey | None:
        """Return the key that wraps the keys of the data, and how it is reached; None where none does."""
        if not self.wrapping_key:
            return None
        given = self.wrapping_credentials
        files = {"tlsCAFile": self.wrapping_ca_file, "tlsCertificateKeyFile": self.wrapping_certificate_file}
        return WrappingKey(
            *parsed_name(self.wrapping_key, endpoint=self.wrapping_endpoint),
            credentials={} if given is None else parsed_credentials(given.get_secret_value()),
            tls={name: str(path) for name, path in files.items() if path is not None},
        )


def _keys(keys: SecretStr) -> list[bytes]:
    return [b64decode(key.strip(), validate=True) for key in keys.get_secret_value().split(",")]
