"""Where figures of the market come from."""

from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from smartbank.config.group import SettingsGroup
from smartbank.core.hosts import is_safe_address


class MarketSettings(SettingsGroup):
    """See [market figures](operations.md#market-figures). Addresses begin with `https://`, except on this computer."""

    heading: ClassVar[str] = "Market figures"

    market_online: bool = True
    """`false`: no publisher of market figures is ever asked, for closed networks."""
    ecb_url: str = "https://data-api.ecb.europa.eu/service"
    """Where the European Central Bank is asked, for a mirror."""
    ine_url: str = "https://www.ine.pt/ine/json_indicador"
    """Where Statistics Portugal is asked."""
    eurostat_url: str = "https://ec.europa.eu/eurostat/api/dissemination/statistics/1.0"
    """Where Eurostat is asked."""
    bpstat_url: str = "https://bpstat.bportugal.pt/data/v1"
    """Where the Banco de Portugal is asked."""
    bundesbank_url: str = "https://api.statistiken.bundesbank.de/rest"
    """Where the Bundesbank is asked."""
    bpstat_euribor_id: int | None = Field(default=13168436, gt=0)
    """Number of the monthly Euribor 3M at the Banco de Portugal, the second source."""
    bpstat_cpi_id: int | None = Field(default=None, gt=0)
    """Number of its series of consumer prices; without one it is not asked for that."""
    bpstat_employment_id: int | None = Field(default=None, gt=0)
    """Number of its series of employment; without one it is not asked for that."""
    bpstat_confidence_id: int | None = Field(default=None, gt=0)
    """Number of its series of consumer confidence; without one it is not asked for that."""

    @field_validator("ecb_url", "ine_url", "eurostat_url", "bpstat_url", "bundesbank_url")
    @classmethod
    def _require_web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if not is_safe_address(url) or parts.query or parts.fragment:
            raise ValueError(
                "it must begin with https:// (http:// only for this computer) and hold no name or question"
            )
        return url.rstrip("/")
