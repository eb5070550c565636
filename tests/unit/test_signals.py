"""A signal to end waits where a process must not be broken off."""

import contextlib
import os
import signal
import subprocess
import threading

import pytest

from smartbank.signals import Interruption, at_an_end, ends_put_off

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def own_signals():
    before = {number: signal.getsignal(number) for number in ENDS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", ENDS)
def test_what_comes_within_is_done_after(number):
    done = []

    def leave(_number, _frame):
        raise KeyboardInterrupt

    def work():
        with ends_put_off():
            started = subprocess.run(
                ["sh", "-c", f"kill -{int(number)} {os.getpid()}; echo started"], stdout=-1, check=True
            )
            done.append(started.stdout)

    at_an_end(leave)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == [b"started\n"]
    assert signal.getsignal(number) is leave


def test_what_is_ignored_stays_so_and_a_process_started_within_is_told_at_once():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with ends_put_off():
        os.kill(os.getpid(), signal.SIGHUP)
        asked = subprocess.run(["sh", "-c", "kill -TERM $$; echo too late"], stdout=-1, check=False)

    assert (asked.returncode, asked.stdout) == (-signal.SIGTERM, b"")
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_another_thread_is_left_alone():
    def work():
        with ends_put_off():
            found.append(signal.getsignal(signal.SIGTERM))

    found = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert found == [signal.getsignal(signal.SIGTERM)]


def test_what_a_command_takes_back_is_not_broken_off_by_pressing_again(capfd):
    undone = []

    def work():
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            for number in ENDS:
                signal.raise_signal(number)
            undone.append(True)

    at_an_end(Interruption())
    with pytest.raises(KeyboardInterrupt):
        work()

    assert undone == [True]
    assert capfd.readouterr().err == "Interrupted.\n"


def test_undoing_that_takes_long_can_be_broken_off(monkeypatch):
    monkeypatch.setattr("smartbank.signals._UNDOING_S", 0.0)
    undone = []

    def work():
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)
            undone.append(True)

    at_an_end(Interruption())
    with pytest.raises(KeyboardInterrupt):
        work()

    assert undone == []


def test_a_command_ends_at_the_next_signal_where_a_library_caught_the_first():
    def library():
        with contextlib.suppress(BaseException):
            signal.raise_signal(signal.SIGINT)

    at_an_end(Interruption())
    library()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
