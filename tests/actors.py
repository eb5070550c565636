"""Who acts in the tests: one person a role."""

from smartbank.core.people import Actor, Role

ANA = Actor("ana", Role.MANAGER, "192.0.2.7")
EVERYBODY = {role: Actor(f"some_{role}", role, "192.0.2.8") for role in Role}
