"""Use cases on what a customer may ask for, for the walks over roles."""

from smartbank.bootstrap import access_ports
from smartbank.core.people import Right
from smartbank.services import access_file, erasing
from tests.use_cases import UseCase, see


def about(world, actor):
    """Return who acts and when; the audit log is among the ports."""
    return {name: value for name, value in world.about(actor).items() if name != "audit"}


def erase(world, actor):
    ports = world.ports("customers", "erased", "queue")
    return erasing.queue_erasure(
        "lead-1", typed="lead-1", reason="asked for it by letter", **ports, **world.about(actor)
    )


def lift(world, actor):
    if not world.services.erased.among(["gone"]):
        world.services.erased.begin("gone", on=world.clock.date())
        world.services.erased.finish("gone")
    erasing.lift_erasure("gone", **world.ports("erased", "queue"), **world.about(actor))


ERASE = Right.ERASE_CUSTOMERS
PRIVACY = [
    UseCase(erasing.queue_erasure, ERASE, erase),
    UseCase(erasing.lift_erasure, ERASE, lift),
    UseCase(erasing.list_erasures, ERASE, lambda w, a: erasing.list_erasures(**w.ports("erased"), **w.about(a))),
    UseCase(
        erasing.know_erasures,
        ERASE,
        lambda w, a: erasing.know_erasures(w.services.erased.to_list(), **w.ports("erased"), **w.about(a)),
    ),
    see(
        erasing.stored_though_erased,
        ERASE,
        lambda w, a: erasing.stored_though_erased(by=a, **w.ports("customers", "erased")),
    ),
    see(
        erasing.erased_on,
        Right.SEE_CUSTOMER,
        lambda w, a: erasing.erased_on("lead-1", by=a, **w.ports("erased")),
    ),
    UseCase(
        access_file.give_access,
        Right.GIVE_ACCESS,
        lambda w, a: access_file.give_access("lead-1", ports=access_ports(w.services), **about(w, a)),
    ),
]
