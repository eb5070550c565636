"""The publishers of market figures that are asked, from the settings of the process."""

from urllib.parse import urlsplit

from smartbank.adapters.market.bpstat import BpstatSource
from smartbank.adapters.market.bundesbank import BundesbankSource
from smartbank.adapters.market.ecb import EURIBOR_KEY, HICP_KEY, EcbSource
from smartbank.adapters.market.eurostat import eurostat_sources
from smartbank.adapters.market.http import MarketClient
from smartbank.adapters.market.ine import PAUSE_S, IneSource
from smartbank.config import Settings
from smartbank.core.hosts import is_loopback
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import SeriesInUse, Source
from smartbank.core.market.periods import Period
from smartbank.core.ports import MarketSource, ObservationRepository


def market_sources(
    settings: Settings, *, observations: ObservationRepository | None = None, client: MarketClient | None = None
) -> tuple[MarketSource, ...]:
    """Return every series that may be asked for, in any order; none if the network is not to be used.

    The daily Euribor is one of them: whether it is wanted is a setting of the bank.

    Parameters
    ----------
    observations : ObservationRepository, optional
        What is kept already need not all be asked of INE again.
    """
    if not settings.market_online:
        return ()
    client, bpstat = client or MarketClient(), _bpstat_numbers(settings)
    return (
        EcbSource(client, settings.ecb_url, Indicator.EURIBOR, EURIBOR_KEY),
        EcbSource(client, settings.ecb_url, Indicator.CPI, HICP_KEY, is_proxy=True),
        _ine(client, settings.ine_url, observations),
        *eurostat_sources(client, settings.eurostat_url),
        *(BpstatSource(client, settings.bpstat_url, each, number) for each, number in bpstat.items() if number),
        BundesbankSource(client, settings.bundesbank_url),
    )


def series_in_use(settings: Settings) -> SeriesInUse:
    """Return the series of the source whose series are settings, asked or not; empty where none is set."""
    return {(indicator, Source.BPSTAT): str(number or "") for indicator, number in _bpstat_numbers(settings).items()}


def _bpstat_numbers(settings: Settings) -> dict[Indicator, int | None]:
    return {
        Indicator.EURIBOR: settings.bpstat_euribor_id,
        Indicator.CPI: settings.bpstat_cpi_id,
        Indicator.EMPLOYMENT: settings.bpstat_employment_id,
        Indicator.CONFIDENCE: settings.bpstat_confidence_id,
    }


def _ine(client: MarketClient, url: str, observations: ObservationRepository | None) -> IneSource:
    def is_known(period: Period) -> bool:
        kept = observations.history(Indicator.CPI) if observations is not None else []
        return any(each.source is Source.INE and each.period == period for each in kept)

    here = is_loopback(urlsplit(url).hostname or "")  # a mirror on this computer needs no pause
    return IneSource(client, url, is_known, 0.0 if here else PAUSE_S)
