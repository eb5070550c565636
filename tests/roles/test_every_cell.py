"""The table of docs/security.md, walked: each role takes every way to each right, and gets what its cell says."""

import pytest

from tests.roles.table import CELLS
from tests.roles.walk import walk


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_every_way_to_a_right_is_open_to_the_roles_that_have_it_and_closed_to_the_others(ground_of, cell):
    ground = ground_of(cell.role)

    walk(ground, cell)

    assert cell in ground.walked
