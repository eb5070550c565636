"""An auditor reads everything and changes nothing."""

from smartbank.core.people import Role
from tests.roles.stored import digest
from tests.roles.table import CELLS, RIGHTS
from tests.roles.use_cases import READING
from tests.roles.walk import walk


def test_after_the_whole_walk_of_an_auditor_everything_stored_is_as_it_was_before(ground_of):
    ground = ground_of(Role.AUDITOR)

    for cell in CELLS:
        if cell.role is Role.AUDITOR:
            walk(ground, cell)

    assert RIGHTS[Role.AUDITOR] == READING
    assert digest(ground.services) == ground.untouched
