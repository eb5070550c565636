import os
import signal
from types import SimpleNamespace

import pytest

from smartbank.cli import launch
from smartbank.cli.launch import announce, leaving_at_signals
from smartbank.config import Settings

ON_MONGODB = Settings(port=8501, mongodb_uri="mongodb://user:s3cret@db/")
EMBEDDED = ON_MONGODB.model_copy(update={"embedded_database": True})


def test_a_made_up_password_is_said_once(capsys):
    announce(ON_MONGODB, password="wT3-long-enough")

    said = capsys.readouterr().out
    assert said.count("wT3-long-enough") == 1
    assert "http://localhost:8501" in said
    assert "s3cret" not in said


def test_without_a_made_up_password_none_is_spoken_of(capsys):
    announce(ON_MONGODB, password=None)

    assert "password" not in capsys.readouterr().out


@pytest.mark.parametrize(("settings", "warned"), [(ON_MONGODB, False), (EMBEDDED, True)])
def test_only_the_embedded_database_is_called_one_for_trial(capsys, settings, warned):
    announce(settings, password=None)

    assert ("for trial only" in capsys.readouterr().out) is warned


@pytest.fixture
def own_signals():
    """Give the process its own handlers back: one that was told to end ignores the signals for the rest of its life."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("own_signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)])
def test_a_signal_ends_the_command_in_order_and_a_second_one_cannot_cut_that_short(number, code):
    undone = []

    def leave():
        with leaving_at_signals():
            try:
                os.kill(os.getpid(), number)
                signal.pause()
            finally:
                os.kill(os.getpid(), signal.SIGINT)
                undone.append("everything")

    with pytest.raises(SystemExit) as left:
        leave()
    os.kill(os.getpid(), number)  # while the interpreter takes leave

    assert left.value.code == code
    assert undone == ["everything"]


@pytest.mark.usefixtures("own_signals")
def test_what_was_started_to_outlive_its_terminal_does():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # nohup

    with leaving_at_signals():
        os.kill(os.getpid(), signal.SIGHUP)


class EnoughError(Exception):
    """Ends a loop that has no end."""


def test_the_database_is_looked_at_every_two_seconds_and_asked_every_thirty(monkeypatch):
    now, looks = [0.0], []

    def sleep(seconds):
        now[0] += seconds
        if now[0] > 63:
            raise EnoughError

    monkeypatch.setattr(launch, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))

    def revive(settings, *, asks):
        looks.append((now[0], asks))
        return settings, False

    monkeypatch.setattr(launch.bootstrap, "revive_database", revive)

    with pytest.raises(EnoughError):
        launch.keep_alive([], Settings())

    assert [at for at, asks in looks if asks] == [0.5, 30.5, 60.5]
    assert [at for at, _ in looks][:4] == [0.5, 2.5, 4.5, 6.5]
