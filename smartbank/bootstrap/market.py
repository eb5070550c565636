"""The publishers of market figures that are asked, from the settings of the process."""

from collections.abc import Callable

from smartbank.adapters.market.bpstat import BpstatSource
from smartbank.adapters.market.bundesbank import BundesbankSource
from smartbank.adapters.market.ecb import EURIBOR_KEY, HICP_KEY, EcbSource
from smartbank.adapters.market.eurostat import eurostat_sources
from smartbank.adapters.market.http import MarketClient
from smartbank.adapters.market.ine import IneSource
from smartbank.config import Settings
from smartbank.core.market.indicators import Indicator
from smartbank.core.ports import MarketSource


def market_sources(
    settings: Settings,
    *,
    client: MarketClient | None = None,
    cpi_history_is_known: Callable[[], bool] = lambda: False,
) -> tuple[MarketSource, ...]:
    """Return every series that may be asked for, in any order; none if the network is not to be used.

    The daily Euribor is one of them: whether it is wanted is a setting of the bank.

    Parameters
    ----------
    cpi_history_is_known : callable
        Whether INE's whole index is kept already: then only the years of the training data and the last ones are asked.
    """
    if not settings.market_online:
        return ()
    client = client or MarketClient()
    bpstat = {
        Indicator.EURIBOR: settings.bpstat_euribor_id,
        Indicator.CPI: settings.bpstat_cpi_id,
        Indicator.EMPLOYMENT: settings.bpstat_employment_id,
        Indicator.CONFIDENCE: settings.bpstat_confidence_id,
    }
    return (
        BundesbankSource(client, settings.bundesbank_url),
        EcbSource(client, settings.ecb_url, Indicator.EURIBOR, EURIBOR_KEY),
        EcbSource(client, settings.ecb_url, Indicator.CPI, HICP_KEY, is_proxy=True),
        IneSource(client, settings.ine_url, cpi_history_is_known),
        *eurostat_sources(client, settings.eurostat_url),
        *(BpstatSource(client, settings.bpstat_url, each, number) for each, number in bpstat.items() if number),
    )
