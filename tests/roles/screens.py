"""The way to a right on the screens: what a page shows to a role, and what comes of pressing what it does not show."""

import re
from dataclasses import dataclass

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

from smartbank.core.people import Role
from smartbank.core.work import WorkKind
from smartbank.errors import ForbiddenError
from tests.roles.controls import control_of
from tests.roles.ground import OFFERED
from tests.roles.places import PLACES
from tests.roles.stored import nothing_but_refusals, nothing_stored
from tests.roles.table import RIGHTS

KINDS = ("button", "download_button", "link_button", "file_uploader")
INSTEAD = {("overview", Role.AGENT): {"go_customer", "go_my_calls"}}
"""What stands on the overview for who sees no leads."""
ID = re.compile(r"_[0-9]{8}-[0-9]{6}-[0-9a-f-]+$")


@dataclass(frozen=True)
class Shown:
    """What was on a page."""

    controls: set
    refusal: str
    is_titled: bool
    tells_of_leads: bool


def walk_screens(ground, right, *, is_yes):
    """Open every page that asks for a right, or has a control that does, and hold it to what the table says."""
    for place in PLACES:
        if place.right is not right and right not in place.controls.values():
            continue
        shown, rights = look(ground, place), RIGHTS[ground.role]
        if place.right is None or place.right in rights:
            assert not shown.refusal, place.name
            allowed = {key for key, asked in place.controls.items() if asked in rights}
            assert shown.controls == allowed | INSTEAD.get((place.name, ground.role), set()), place.name
        else:
            assert shown.refusal.startswith(f"Your role ({ground.role}) does not include this page."), place.name
            assert not shown.controls, place.name
            assert not shown.is_titled, place.name
        if not is_yes:
            press_what_is_not_shown(ground, place)


def look(ground, place):
    """Return what a place shows to the role; each is looked at once. Looking changes nothing."""
    if place.name not in ground.opened:
        with nothing_stored(ground.services, place.name, ground.untouched):
            page = ground.open(place.script, **address(place, ground.world))
        assert not page.exception, place.name
        assert not page.error, place.name
        leads = [table for table in page.dataframe if "Expected sales" in table.value]
        ground.opened[place.name] = Shown(
            controls(page),
            next((each.value for each in page.warning if each.value.startswith("Your role (")), ""),
            bool(page.title),
            bool(leads or (page.metric and place.script != "customer.py")),
        )
    return ground.opened[place.name]


def press_what_is_not_shown(ground, place):
    """Press what an administrator sees at a place, as somebody who was one and is of the role now: nothing happens.

    Files on it that are made when somebody takes them are taken, too.
    """
    hidden = {key for key, asked in place.controls.items() if asked not in RIGHTS[ground.role]}
    if place.name in ground.forced or not hidden:
        return
    ground.become(Role.ADMIN)
    page = ground.open(place.script, **address(place, ground.world))
    buttons = [each for each in page.button if ID.sub("", each.key) in hidden]
    files = [OFFERED[key] for key in hidden & set(OFFERED) if control_of(key, place.controls[key]).guard]
    ground.become(ground.role)
    with nothing_but_refusals(ground.services, place.name, ground.untouched):
        press(page, buttons)
    for make in files:
        with nothing_but_refusals(ground.services, place.name, ground.untouched), pytest.raises(ForbiddenError):
            make()
    assert not page.exception, place.name
    assert not controls(page) & hidden, place.name
    ground.forced[place.name] = {ID.sub("", each.key) for each in buttons}


def press(page, buttons):
    """Press buttons at once, whether they are alive or not, as a browser could that somebody has tampered with."""
    page._run(WidgetStates(widgets=[WidgetState(id=each.id, trigger_value=True) for each in buttons]))


def address(place, world):
    """Return the query of a place, with the piece of work it names."""
    if not place.work:
        return place.query
    kind, state = place.work.split()
    if kind == WorkKind.LIST:
        return place.query | {"list": world.list_id}
    work_id = (world.done if state == "done" else world.waiting)[WorkKind(kind)]
    return place.query | {kind: work_id}


def controls(page):
    """Return the keys of what can be pressed or filled to change or take something, without ids in them."""
    return {ID.sub("", element.key) for kind in KINDS for element in page.get(kind)}
