"""Use cases on what a customer may ask for, for the walks over roles."""

from smartbank.bootstrap import access_ports
from smartbank.core.people import Right
from smartbank.services import access_file
from tests.use_cases import UseCase


def about(world, actor):
    """Return who acts and when; the audit log is among the ports."""
    return {name: value for name, value in world.about(actor).items() if name != "audit"}


PRIVACY = [
    UseCase(
        access_file.give_access,
        Right.GIVE_ACCESS,
        lambda w, a: access_file.give_access("lead-1", ports=access_ports(w.services), **about(w, a)),
    ),
]
