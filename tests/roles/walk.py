"""One cell of the table, walked: a role takes every way to a right."""

from tests.roles.addresses import walk_addresses, walk_files
from tests.roles.screens import walk_screens
from tests.roles.use_cases import walk_use_cases


def walk(ground, cell):
    """Take every way to the right of a cell, once: a later test of the same role goes on from there."""
    if cell in ground.walked:
        return
    walk_use_cases(ground, cell.right, is_yes=cell.is_yes)
    walk_addresses(ground, cell.right)
    walk_files(ground, cell.right, is_yes=cell.is_yes)
    walk_screens(ground, cell.right, is_yes=cell.is_yes)
    ground.walked.add(cell)
