import os
import pwd

import pytest

from smartbank.cli.operating import operator
from smartbank.core.people import COMMAND_LINE


@pytest.fixture(autouse=True)
def anew():
    operator.cache_clear()
    yield
    operator.cache_clear()


@pytest.mark.parametrize(("sudo", "by"), [("ana", "ana"), ("a na\n<b>", "a_na__b_")])
def test_the_audit_log_has_whose_the_process_is_and_who_says_to_have_used_sudo(monkeypatch, sudo, by):
    monkeypatch.setenv("SUDO_USER", sudo)

    assert operator().place == f"command line of {pwd.getpwuid(os.getuid()).pw_name}, sudo by {by}"
    assert (operator().username, operator().role) == (COMMAND_LINE.username, COMMAND_LINE.role)


def test_without_it_the_owner_of_the_process_by_name_or_number(monkeypatch):
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)

    assert operator().place == "command line of user-2147483641"
