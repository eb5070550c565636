"""What a customer's rights need from the outside: access to what is kept of them, and erasure."""

from smartbank.adapters.files.reader import open_table
from smartbank.bootstrap.services import Services
from smartbank.services.access_parts import AccessPorts
from smartbank.services.erasure_steps import ErasurePorts


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


def erasure_ports(services: Services) -> ErasurePorts:
    """Return what erasing a customer needs."""
    return ErasurePorts(
        customers=services.customers,
        corrections=services.corrections,
        erased=services.erased,
        queue=services.queue,
        files=services.files,
        frames=services.frames,
        predictions=services.predictions,
        outcomes=services.outcomes,
        notes=services.notes,
        lists=services.lists,
        answers=services.answers,
        settings=services.settings,
        read_table=open_table,
    )
