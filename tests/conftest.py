"""Keep the tests that share a started server on one worker, and ask real publishers only where that was asked for."""

import sys

import pytest
from hypothesis import settings

settings.register_profile("smartbank", deadline=None)  # how long an example takes says more about the computer
settings.load_profile("smartbank")

SHARING = ("tests/browser/", "tests/start/")


def pytest_collection_modifyitems(config, items):
    """Leave the live tests out unless `-m` speaks of them: neither `pytest` nor `make check` uses the network."""
    if "live" in config.option.markexpr:
        return
    live = [item for item in items if item.get_closest_marker("live")]
    config.hook.pytest_deselected(items=live)
    items[:] = [item for item in items if item not in live]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Group by folder: `--dist loadgroup` of xdist 3.8 finds no group with pytest 9.2."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - only where xdist is in use

    class FolderScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return next((folder for folder in SHARING if nodeid.startswith(folder)), nodeid)

    return FolderScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(autouse=True)
def own_main(monkeypatch):
    """Give the process its main module back: Streamlit puts a page in its place, which a spawned process would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
