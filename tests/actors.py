"""Who acts in the tests: one person a role."""

from smartbank.core.people import Actor, Role

ANA = Actor("ana", Role.MANAGER, "192.0.2.7")
EVERYBODY = {role: Actor(f"some_{role}", role, "192.0.2.8") for role in Role}


def put_user(users, user):
    """Add a user, or replace the one of that name."""
    before = users.find(user.username)
    assert users.add(user) if before is None else users.change(before, user)
