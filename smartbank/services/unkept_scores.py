"""Use case: score somebody a program describes, and keep nothing of it."""

from dataclasses import dataclass
from datetime import datetime

from smartbank.core.asked_leads import AskedLead, asked_row, stored_row
from smartbank.core.people import Actor, Right
from smartbank.core.ports import ObservationRepository, Scorer
from smartbank.errors import LeadValidationError
from smartbank.services.asked_predictions import own_markets, predictions_of
from smartbank.services.explained import Explained, ExplainingPorts, explained
from smartbank.services.ground_in_force import GroundInForce

_SOMEBODY = "somebody"


@dataclass(frozen=True)
class UnkeptPorts:
    """What scoring without keeping needs from the outside; `explaining` looks nothing up."""

    scorer: Scorer
    grounds: GroundInForce
    observations: ObservationRepository
    explaining: ExplainingPorts


def score_unkept(lead: AskedLead, *, by: Actor, ports: UnkeptPorts, now: datetime) -> Explained:
    """Return what would be predicted of somebody, by the same rule and to the same bits as of a customer.

    Nothing of it is kept: no customer, no prediction, no entry in the audit log, as nothing of the bank's is handed
    out. Whether somebody may be called is not known of one without a name.

    Parameters
    ----------
    lead : AskedLead
        Without an id.

    Raises
    ------
    ForbiddenError
        The role may not bring customers in.
    LeadValidationError
        Nothing is known of the lead.
    MarketGivenError
        It brings a market nobody believes.
    """
    by.require(Right.BRING_IN)
    if not lead.said:
        raise LeadValidationError("Nothing is said of the lead. Say at least one field.")
    ground = ports.grounds.take(ports.scorer, now=now)
    named = AskedLead(_SOMEBODY, lead.said, lead.market)
    markets = own_markets([named], ground, scorer=ports.scorer, observations=ports.observations)
    row = stored_row(asked_row(named, None, now=now)[0], source_name=by.username, at=now)
    made = predictions_of([row], markets, _SOMEBODY, ground, scorer=ports.scorer, now=now)
    return explained(made, ports=ports.explaining, leads=[row], markets=[ground.snapshot])[0]
