"""Keep the tests that share a server or a bank on one worker, and ask real publishers only where that was asked for."""

import re
import sys

import pytest
from hypothesis import settings

settings.register_profile("smartbank", deadline=None)  # how long an example takes says more about the computer
settings.load_profile("smartbank")

SHARING = ("tests/browser/", "tests/faults/", "tests/start/")
BY_ROLE = re.compile(r"tests/roles/test_(?:every_cell\.py::\w+\[)?(manager|agent|auditor|admin)\b")
"""Tests that walk through the bank one role has: on two workers it would be made twice."""


def pytest_collection_modifyitems(config, items):
    """Leave the live tests out unless `-m` speaks of them: neither `pytest` nor `make check` uses the network."""
    if "live" in config.option.markexpr:
        return
    live = [item for item in items if item.get_closest_marker("live")]
    config.hook.pytest_deselected(items=live)
    items[:] = [item for item in items if item not in live]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Group by folder or role: `--dist loadgroup` of xdist 3.8 finds no group with pytest 9.2."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - only where xdist is in use

    class FolderScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            of_role = BY_ROLE.match(nodeid)
            shared = (folder for folder in SHARING if nodeid.startswith(folder))
            return f"tests/roles/{of_role[1]}" if of_role else next(shared, nodeid)

    return FolderScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(autouse=True)
def own_main(monkeypatch):
    """Give the process its main module back: Streamlit puts a page in its place, which a spawned process would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
