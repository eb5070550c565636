"""One ground a role for all tests of the folder that run in one process."""

import pytest

from tests.roles.ground import grounds


@pytest.fixture(scope="session")
def ground_of():
    with pytest.MonkeyPatch.context() as patch:
        yield grounds(patch)
