"""Keep the tests that share a started server on one worker."""

import pytest

SHARING = ("tests/browser/", "tests/start/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Group by folder: `--dist loadgroup` of xdist 3.8 finds no group with pytest 9.2."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - only where xdist is in use

    class FolderScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return next((folder for folder in SHARING if nodeid.startswith(folder)), nodeid)

    return FolderScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None
