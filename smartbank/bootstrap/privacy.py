"""What a customer's rights need from the outside: access to what is kept of them."""

from smartbank.bootstrap.services import Services
from smartbank.services.access_parts import AccessPorts


def access_ports(services: Services) -> AccessPorts:
    """Return what handing a customer everything kept of them needs."""
    return AccessPorts(
        customers=services.customers,
        marked=services.marked,
        predictions=services.predictions,
        outcomes=services.outcomes,
        notes=services.notes,
        lists=services.lists,
        frames=services.frames,
        queue=services.queue,
        snapshots=services.snapshots,
        audit=services.audit,
        writer_of=services.writer_of,
    )
