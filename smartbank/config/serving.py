"""How the processes run: mode, address, limits, log."""

from typing import ClassVar, Literal

from pydantic import AliasChoices, Field, field_validator

from smartbank.config.group import SettingsGroup
from smartbank.core.hosts import THIS_COMPUTER, is_host_pattern


class ServingSettings(SettingsGroup):
    """How web processes and workers run; see [in production](operations.md#in-production)."""

    heading: ClassVar[str] = "Processes"

    production: bool = False
    """`true`: refuses to start on examples, the embedded database and open connections."""
    log_format: Literal["text", "json"] | None = None
    """How the log is written: a line of words, or a JSON object a line. Without it `json` in production mode, else
    `text`.
    """
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """From which level on lines are written; of libraries warnings at most."""
    host: str = Field(default="127.0.0.1", min_length=1)
    """Address to listen on; `0.0.0.0` for every network, which then needs https before it and
    `SMARTBANK_ALLOWED_HOSTS`.
    """
    port: int = Field(default=8501, ge=1, le=65_535, validation_alias=AliasChoices("PORT", "SMARTBANK_PORT"))
    """Port to listen on."""
    allowed_hosts: str = ""
    """Names people open SmartBank at, separated by commas; `*.bank.example` is every name below it. This computer's
    own names and `SMARTBANK_HOST` are answered to as well.
    """
    requests_per_minute: int = Field(default=1_200, ge=0, le=1_000_000)
    """Requests a web process answers an address in a minute, then 429; opening a page takes about eight, static files
    aside. 0 counts none.
    """
    max_connections: int = Field(default=1_000, ge=50, le=100_000)
    """Connections a web process keeps open at once; further requests get 503. An open page holds one to three."""
    worker_poll_s: float = Field(default=1.0, gt=0, le=60)
    """How long an idle worker waits before it looks again, in seconds."""

    @field_validator("allowed_hosts")
    @classmethod
    def _require_hosts(cls, hosts: str) -> str:
        if not all(is_host_pattern(host) for host in _hosts(hosts)):
            raise ValueError(
                "it must be names of hosts separated by commas, without http:// and port, such as "
                "smartbank.bank.example or *.bank.example"
            )
        return hosts

    def log_as_json(self) -> bool:
        """Whether the log is written as JSON."""
        return (self.log_format or ("json" if self.production else "text")) == "json"

    def host_patterns(self) -> tuple[str, ...]:
        """Return the hosts that are answered to: this computer, the address listened on, and those named."""
        return tuple(dict.fromkeys([*THIS_COMPUTER, self.host.lower(), *_hosts(self.allowed_hosts)]))

    def address(self) -> str:
        """Return where a browser on this computer finds the screens."""
        everywhere = self.host in ("127.0.0.1", "0.0.0.0", "::", "::1")  # noqa: S104  # nosec B104
        return f"http://{'localhost' if everywhere else self.host}:{self.port}"


def _hosts(hosts: str) -> list[str]:
    return [host.strip().lower() for host in hosts.split(",") if host.strip()]
