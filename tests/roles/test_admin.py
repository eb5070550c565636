"""What the walk presses is pressed, and what it takes is made: by an administrator it is done."""

from smartbank.core.people import Role
from smartbank.core.work import WorkState
from tests.roles.ground import OFFERED
from tests.roles.places import PLACES
from tests.roles.screens import address, press
from tests.roles.stored import digest
from tests.use_cases import RUN


def opened(ground, name):
    """Return a page at a place of the walk."""
    (place,) = (place for place in PLACES if place.name == name)
    return ground.open(place.script, **address(place, ground.world))


def test_a_button_the_walk_presses_does_what_it_says(ground_of):
    ground = ground_of(Role.ADMIN, to_change=True)
    page = opened(ground, "a run that waits")

    press(page, [button for button in page.button if button.key.startswith("cancel_")])

    assert ground.services.queue.find(ground.world.waiting[RUN]).state is WorkState.CANCELLED
    assert digest(ground.services) != ground.untouched


def test_a_file_the_walk_takes_is_made(ground_of):
    ground = ground_of(Role.ADMIN)
    opened(ground, "customer")

    assert b"lead-1" in OFFERED["access_file"]()
