"""How people sign in: the first administrator, and the bank's identity provider."""

from typing import ClassVar, Final, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from smartbank.config.group import SettingsGroup
from smartbank.core.environment_names import ENV_PREFIX
from smartbank.core.hosts import is_safe_address
from smartbank.core.provider_identity import DISCOVERY, parsed_roles
from smartbank.core.wording import agreeing

OIDC_NEEDED: Final = ("oidc_metadata_url", "oidc_client_id", "oidc_client_secret", "oidc_roles")
CALLBACK: Final = "/oauth2callback"
"""Where the bank's identity provider sends people back to; Streamlit answers there."""


class SignInSettings(SettingsGroup):
    """The first administrator's password, and [single sign-on](operations.md#single-sign-on)."""

    heading: ClassVar[str] = "Signing in"

    admin_password: SecretStr | None = None
    """Password of the first administrator, to be changed at the first sign-in; without one a password is made and
    printed once.
    """
    oidc_metadata_url: str = ""
    """Where the bank's identity provider says how it is asked, up to `/.well-known/openid-configuration`; with the
    next three it switches single sign-on on.
    """
    oidc_client_id: str = ""
    """What SmartBank is called there."""
    oidc_client_secret: SecretStr | None = None
    """Its secret there; from your secret store, never in a file of the program."""
    oidc_roles: str = ""
    """Groups of the provider and the role each gives, `bank-admins=admin,bank-managers=manager`; of several the first
    counts.
    """
    oidc_role_claim: str = Field(default="roles", min_length=1)
    """Claim of the ID token that holds the groups; a dotted path such as `realm_access.roles` is allowed."""
    oidc_user_claim: str = Field(default="preferred_username", min_length=1)
    """Claim that becomes the user name at the first sign-in; `email` is refused."""
    oidc_scope: str = Field(default="openid profile", pattern=r"^openid( [!-~]+)*$")
    """What is asked for."""
    oidc_redirect_url: str = ""
    """Where the provider leads back to, `https://smartbank.bank.example/oauth2callback`; its host has to be in
    `SMARTBANK_ALLOWED_HOSTS`. Without it that of this computer.
    """
    oidc_name: str = Field(default="your bank's account", min_length=1, max_length=60)
    """What stands on the button after "Sign in with"."""
    oidc_only: bool = False
    """`true`: nobody signs in with a password."""

    @field_validator("oidc_metadata_url", "oidc_redirect_url")
    @classmethod
    def _require_provider_address(cls, url: str, info: ValidationInfo) -> str:
        ending = DISCOVERY if info.field_name == "oidc_metadata_url" else CALLBACK
        if url and not (is_safe_address(url) and url.endswith(ending)):
            raise ValueError(f"it must begin with https:// (http:// only for this computer) and end with {ending}")
        return url

    @field_validator("oidc_roles")
    @classmethod
    def _require_roles(cls, roles: str) -> str:
        if roles:
            parsed_roles(roles)
        return roles

    @field_validator("oidc_user_claim")
    @classmethod
    def _refuse_email(cls, claim: str) -> str:
        if claim == "email":
            raise ValueError("an e-mail address is not proof of who somebody is; take preferred_username or sub")
        return claim

    @model_validator(mode="after")
    def _require_whole_provider(self) -> Self:
        named = sorted(name for name in self.model_fields_set if name.startswith("oidc_"))
        missing = [f"{ENV_PREFIX}{name}".upper() for name in OIDC_NEEDED if name not in named]
        if named and missing:
            raise ValueError(
                f"single sign-on is half set: {f'{ENV_PREFIX}{named[0]}'.upper()} is there and "
                f"{' and '.join(missing)} {agreeing(len(missing), 'is', 'are')} not"
            )
        return self
