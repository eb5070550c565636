"""Settings: the only module that reads the environment."""

import os
from base64 import b64decode
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from smartbank.core.environment_names import ENV_PREFIX, refuse_misspelt
from smartbank.core.hosts import THIS_COMPUTER, is_allowed, is_host_pattern, is_safe_address
from smartbank.core.provider_identity import DISCOVERY, ProviderSettings, parsed_roles
from smartbank.core.wording import agreeing
from smartbank.core.wrapping import WrappingKey, parsed_credentials, parsed_name
from smartbank.errors import StartUpError

KEY_BYTES: Final = 32
OIDC_NEEDED: Final = ("oidc_metadata_url", "oidc_client_id", "oidc_client_secret", "oidc_roles")
CALLBACK: Final = "/oauth2callback"
"""Where the bank's identity provider sends people back to; Streamlit answers there."""


class Settings(BaseSettings):
    """Read from `SMARTBANK_*` variables and `.env` in the current folder; frozen, so nothing changes it at run time.

    Use `load_settings`, which turns a bad value into a sentence.
    """

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    production: bool = False
    """Whether to refuse to start on examples, on the embedded database and on connections in the clear."""
    mongodb_uri: SecretStr | None = None
    """Without a URI, `serve` starts the embedded server in `var_dir`."""
    mongodb_database: str = Field(default="smartbank", pattern=r"^[A-Za-z0-9_-]{1,38}$")
    mongodb_timeout_ms: int = Field(default=5_000, ge=100, le=120_000)
    embedded_database: bool = False
    """Whether `mongodb_uri` is the embedded server; `serve` says so to the processes it starts."""
    var_dir: Path = Path("var")
    models_dir: Path = Path("models")
    training_data: Path = Path("var/data/bank-additional-full.csv")
    """UCI's file, which challengers are trained on beside the bank's own outcomes; `data fetch` puts it there."""
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8501, ge=1, le=65_535, validation_alias=AliasChoices("PORT", "SMARTBANK_PORT"))
    allowed_hosts: str = ""
    """Names people open SmartBank at, separated by commas; `*.bank.example` is every name below it."""
    requests_per_minute: int = Field(default=1_200, ge=0, le=1_000_000)
    """Requests a web process answers an address in a minute; 0 counts none."""
    max_connections: int = Field(default=1_000, ge=50, le=100_000)
    """Connections a web process keeps open at once, web sockets of open pages among them."""
    data_keys: SecretStr | None = None
    """Keys of the data in base64, newest first, separated by commas. Without them the embedded default makes one."""
    wrapping_key: str = ""
    """The key in a KMS or a file that wraps the keys of the data, as `core.wrapping.parsed_name` reads it."""
    wrapping_credentials: SecretStr | None = None
    """What a KMS is asked with, in JSON; without it with the identity of the machine."""
    wrapping_endpoint: str = Field(default="", pattern=r"^([A-Za-z0-9-]+\.[A-Za-z0-9.-]+(:\d{1,5})?)?$")
    """Another address a KMS is asked at."""
    wrapping_ca_file: Path | None = None
    wrapping_certificate_file: Path | None = None
    """Certificates: of who signed the KMS's own, and SmartBank's with its key, for KMIP."""
    admin_password: SecretStr | None = None
    """Password of the first administrator; without one a password is made and printed once."""
    demo_customers: int = Field(default=2_000, ge=0, le=1_000_000)
    """Synthetic customers loaded on the first start; 0 loads none."""
    worker_poll_s: float = Field(default=1.0, gt=0, le=60)
    """How long the worker waits before it looks for work again, in seconds."""

    oidc_metadata_url: str = ""
    """Where the bank's identity provider says how it is asked; with the next three set, people sign in there."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    oidc_roles: str = ""
    """Groups of the provider and the roles they give, as `core.provider_identity.parsed_roles` reads them."""
    oidc_role_claim: str = Field(default="roles", min_length=1)
    oidc_user_claim: str = Field(default="preferred_username", min_length=1)
    oidc_scope: str = Field(default="openid profile", pattern=r"^openid( [!-~]+)*$")
    oidc_redirect_url: str = ""
    oidc_name: str = Field(default="your bank's account", min_length=1, max_length=60)
    oidc_only: bool = False
    """Whether nobody signs in with a password."""

    market_online: bool = True
    """Whether publishers of market figures are asked at all."""
    ecb_url: str = "https://data-api.ecb.europa.eu/service"
    ine_url: str = "https://www.ine.pt/ine/json_indicador"
    eurostat_url: str = "https://ec.europa.eu/eurostat/api/dissemination/statistics/1.0"
    bpstat_url: str = "https://bpstat.bportugal.pt/data/v1"
    bundesbank_url: str = "https://api.statistiken.bundesbank.de/rest"
    bpstat_euribor_id: int | None = Field(default=13168436, gt=0)
    """Numbers of series at BPstat; a series without one is not asked there."""
    bpstat_cpi_id: int | None = Field(default=None, gt=0)
    bpstat_employment_id: int | None = Field(default=None, gt=0)
    bpstat_confidence_id: int | None = Field(default=None, gt=0)

    @field_validator("ecb_url", "ine_url", "eurostat_url", "bpstat_url", "bundesbank_url")
    @classmethod
    def _require_web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if not is_safe_address(url) or parts.query or parts.fragment:
            raise ValueError(
                "it must begin with https:// (http:// only for this computer) and hold no name or question"
            )
        return url.rstrip("/")

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
    def _require_whole_provider(self) -> "Settings":
        named = sorted(name for name in self.model_fields_set if name.startswith("oidc_"))
        missing = [f"{ENV_PREFIX}{name}".upper() for name in OIDC_NEEDED if name not in named]
        if named and missing:
            raise ValueError(
                f"single sign-on is half set: {f'{ENV_PREFIX}{named[0]}'.upper()} is there and "
                f"{' and '.join(missing)} {agreeing(len(missing), 'is', 'are')} not"
            )
        host = urlsplit(self.oidc_redirect_url).hostname
        if host and not is_allowed(host, self.host_patterns()):
            raise ValueError(
                "SMARTBANK_OIDC_REDIRECT_URL leads to a host SmartBank does not answer to; name it in "
                "SMARTBANK_ALLOWED_HOSTS"
            )
        return self

    @field_validator("var_dir", "models_dir", "training_data")
    @classmethod
    def _make_absolute(cls, path: Path) -> Path:
        return path.absolute()

    @field_validator("mongodb_uri")
    @classmethod
    def _require_mongodb_scheme(cls, uri: SecretStr | None) -> SecretStr | None:
        if uri is not None and not uri.get_secret_value().startswith(("mongodb://", "mongodb+srv://")):
            raise ValueError("it must begin with mongodb:// or mongodb+srv://")
        return uri

    @field_validator("allowed_hosts")
    @classmethod
    def _require_hosts(cls, hosts: str) -> str:
        if not all(is_host_pattern(host) for host in _hosts(hosts)):
            raise ValueError(
                "it must be names of hosts separated by commas, without http:// and port, such as "
                "smartbank.bank.example or *.bank.example"
            )
        return hosts

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

    def host_patterns(self) -> tuple[str, ...]:
        """Return the hosts that are answered to: this computer, the address listened on, and those named."""
        return tuple(dict.fromkeys([*THIS_COMPUTER, self.host.lower(), *_hosts(self.allowed_hosts)]))

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

    def address(self) -> str:
        """Return where a browser on this computer finds the screens."""
        everywhere = self.host in ("127.0.0.1", "0.0.0.0", "::", "::1")  # noqa: S104  # nosec B104
        return f"http://{'localhost' if everywhere else self.host}:{self.port}"


def load_settings() -> Settings:
    """Read the settings; the environment goes before `.env`.

    Raises
    ------
    StartUpError
        A value is not allowed, or a variable is misspelt; names the variable and never shows its value.
    """
    known = sorted(f"{ENV_PREFIX}{name}".upper() for name in Settings.model_fields)
    refuse_misspelt([*os.environ, *dotenv_values(".env")], known=known)
    try:
        return Settings()
    except ValidationError as exc:
        said = "; ".join(_sentence(error["loc"], error["msg"]) for error in exc.errors(include_input=False))
        raise StartUpError(f"SmartBank cannot start: {said}. Correct it in the environment or in .env.") from None


def child_environment(settings: Settings) -> dict[str, str]:
    """Return the environment for a process `serve` starts: what was set, the database it found, no password."""
    dropped = {f"{ENV_PREFIX}PORT", f"{ENV_PREFIX}ADMIN_PASSWORD"}
    kept = {name: value for name, value in os.environ.items() if name.upper() not in dropped}
    if settings.data_keys is not None:
        kept[f"{ENV_PREFIX}DATA_KEYS"] = settings.data_keys.get_secret_value()
    uri = settings.mongodb_uri.get_secret_value() if settings.mongodb_uri is not None else ""
    return kept | {
        f"{ENV_PREFIX}MONGODB_URI": uri,
        f"{ENV_PREFIX}EMBEDDED_DATABASE": str(settings.embedded_database).lower(),
        f"{ENV_PREFIX}VAR_DIR": str(settings.var_dir),
        f"{ENV_PREFIX}HOST": settings.host,
        "PORT": str(settings.port),  # the first of its two names: it also goes before a PORT in .env
    }


def _hosts(hosts: str) -> list[str]:
    return [host.strip().lower() for host in hosts.split(",") if host.strip()]


def _keys(keys: SecretStr) -> list[bytes]:
    return [b64decode(key.strip(), validate=True) for key in keys.get_secret_value().split(",")]


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    if not location:
        return message.removeprefix("Value error, ")  # of several settings, which it names
    name = str(location[0])
    variable = "PORT (or SMARTBANK_PORT)" if name == "PORT" else f"{ENV_PREFIX}{name.upper()}"
    said = message.removeprefix("Value error, ")
    return f"{variable} is not allowed: {said[:1].lower()}{said[1:]}"
