"""All settings of the process as one object, and what follows from several groups of them."""

from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import SecretStr, model_validator

from smartbank.config.database import DatabaseSettings
from smartbank.config.group import SettingsGroup
from smartbank.config.keys import KeySettings
from smartbank.config.market import MarketSettings
from smartbank.config.serving import ServingSettings
from smartbank.config.sign_in import CALLBACK, SignInSettings
from smartbank.core.hosts import is_allowed
from smartbank.core.provider_identity import DISCOVERY, ProviderSettings, parsed_roles

GROUPS: Final[tuple[type[SettingsGroup], ...]] = (
    ServingSettings,
    DatabaseSettings,
    KeySettings,
    SignInSettings,
    MarketSettings,
)
"""In the order of docs/configuration.md."""


class Settings(ServingSettings, DatabaseSettings, KeySettings, SignInSettings, MarketSettings):
    """Read from `SMARTBANK_*` variables and `.env` in the current folder; frozen, so nothing changes it at run time.

    Use `load_settings`, which turns a bad value into a sentence.
    """

    @model_validator(mode="after")
    def _require_own_redirect(self) -> Self:
        host = urlsplit(self.oidc_redirect_url).hostname
        if host and not is_allowed(host, self.host_patterns()):
            raise ValueError(
                "SMARTBANK_OIDC_REDIRECT_URL leads to a host SmartBank does not answer to; name it in "
                "SMARTBANK_ALLOWED_HOSTS"
            )
        return self

    def provider(self) -> ProviderSettings | None:
        """Return how people sign in at the bank's identity provider; None where they do not."""
        if not self.oidc_metadata_url:
            return None
        return ProviderSettings(
            self.oidc_name,
            self.oidc_metadata_url.removesuffix(DISCOVERY),
            self.oidc_client_id,
            self.oidc_redirect_url or f"{self.address()}{CALLBACK}",
            self.oidc_user_claim,
            self.oidc_role_claim,
            self.oidc_scope,
            parsed_roles(self.oidc_roles),
            self.oidc_only,
        )

    def on_database(self, uri: str) -> "Settings":
        """Return settings that name a database: the one they named already, or the embedded one."""
        embedded = self.embedded_database or self.mongodb_uri is None
        return self.model_copy(update={"mongodb_uri": SecretStr(uri), "embedded_database": embedded})
