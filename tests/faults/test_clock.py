"""The clock jumps, an hour back or a day ahead and back again: nothing stands still, and nothing lasts longer.

`NINE` is the right time; what is done at `AHEAD` was done by a clock that was wrong and has been set back since.
"""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from smartbank.adapters.tokens import REFUSED
from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.audit_chain import check_chain
from smartbank.core.market.indicators import Indicator
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Role, SessionEnd, User
from smartbank.core.tokens import TokenClaims
from smartbank.core.work import Progress, Work, WorkKind
from smartbank.errors import ConflictError, SignInError, TooManyAttemptsError, WorkCancelledError
from smartbank.services.market_refresh import refresh_indicator
from smartbank.services.sign_in import sign_in
from tests.actors import ANA
from tests.call_lists import ListBank
from tests.market_stubs import OCTOBER, ecb, market_ports
from tests.services import memory_services

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AHEAD = NINE + DAY
PASSWORD = "correct horse battery"


@pytest.fixture(params=["memory", "mongo"])
def stores(request):
    """Services in memory, and those on the database of the folder."""
    return memory_services() if request.param == "memory" else request.getfixturevalue("services")


@pytest.fixture
def name(stores):
    """A name nothing else has, in stores that others use too."""
    return f"clock-{datetime.now(UTC).timestamp()}"


@pytest.fixture
def queued(stores, name):
    stores.queue.add(Work(name, WorkKind.TRAINING, "ana", NINE, {}))
    return SimpleNamespace(claim=lambda worker, now: stores.queue.claim(worker, now=now, work_id=name))


def test_work_of_a_worker_that_died_is_taken_over_though_the_clock_was_set_back(queued):
    assert queued.claim("dead", NINE + HOUR) is not None

    assert queued.claim("other", NINE) is not None


def test_work_of_a_worker_that_lives_stays_with_it_while_the_clock_is_right(queued):
    assert queued.claim("first", NINE) is not None

    assert queued.claim("other", NINE + timedelta(milliseconds=500)) is None
    assert queued.claim("other", NINE - timedelta(minutes=2)) is None


def test_with_a_clock_a_day_ahead_work_goes_to_one_worker_and_the_other_one_stops(stores, queued, name):
    queued.claim("first", NINE)

    assert queued.claim("ahead", AHEAD) is not None

    with pytest.raises(WorkCancelledError, match="another worker has taken it over"):
        stores.queue.report(name, "first", Progress(), now=NINE)
    with pytest.raises(WorkCancelledError):
        stores.queue.finish(name, "first", {}, now=NINE)


@pytest.mark.parametrize("ends", ["finish", "fail"])
def test_a_timed_job_does_not_wait_until_it_is_that_time_again(stores, name, ends):
    jobs = stores.jobs
    assert jobs.take(name, "w", now=AHEAD, first_at=AHEAD)
    getattr(jobs, ends)(name, "w", {} if ends == "finish" else "It failed.", now=AHEAD, next_at=AHEAD + DAY)

    assert jobs.take(name, "w", now=NINE, first_at=NINE)
    jobs.finish(name, "w", {}, now=NINE, next_at=NINE + DAY)

    assert not jobs.take(name, "w", now=NINE + HOUR, first_at=NINE)
    assert jobs.take(name, "w", now=NINE + DAY, first_at=NINE)


def test_a_timed_job_that_was_begun_ahead_and_never_ended_is_taken_over(stores, name):
    assert stores.jobs.take(name, "dead", now=AHEAD, first_at=NINE)

    assert stores.jobs.take(name, "other", now=NINE, first_at=NINE)


def begin_session(stores, name, now):
    stores.users.add(User(name, Role.MANAGER, "no hash", created_at=NINE))
    user = stores.users.find(name)
    stores.users.start_session(f"hash of {name}", user, now=now, expires_at=now + timedelta(hours=12))


def test_a_session_begun_a_day_ahead_is_over_and_says_so(stores, name):
    begin_session(stores, name, AHEAD)

    assert stores.users.session_user(f"hash of {name}", now=NINE) is None
    assert stores.users.session_end(f"hash of {name}", now=NINE) is SessionEnd.EXPIRED
    assert name not in {each.username for each in stores.users.sessions(now=NINE)}


def test_a_session_outlives_a_clock_that_is_set_back_by_an_hour_and_ends_with_one_a_day_ahead(stores, name):
    begin_session(stores, name, NINE)

    assert stores.users.session_user(f"hash of {name}", now=NINE - HOUR).username == name
    assert stores.users.session_user(f"hash of {name}", now=AHEAD) is None


def test_failures_of_a_clock_that_was_ahead_keep_nobody_out(stores, name):
    stores.users.add(User(name, Role.MANAGER, PASSWORD, created_at=NINE))

    def attempt(password, now):
        ports = {"users": stores.users, "audit": stores.audit, "verify_password": str.__eq__}
        return sign_in(name, password, f"address of {name}", **ports, now=now)

    for _ in range(5):
        with pytest.raises(SignInError):
            attempt("wrong", AHEAD)
    with pytest.raises(TooManyAttemptsError):
        attempt(PASSWORD, AHEAD)

    assert attempt(PASSWORD, NINE)


def test_the_audit_log_stays_in_order_and_intact(stores):
    moments = [NINE, AHEAD, NINE - HOUR]
    before, _ = stores.audit.end()

    for at in moments:
        stores.audit.append(AuditEvent(at, "ana", "here", AuditAction.SIGN_IN, "user", "ana", AuditResult.DONE, {}))

    written = [entry for entry in stores.audit.entries() if entry.number > before]
    assert [entry.event.at for entry in written] == moments
    assert check_chain(stores.audit.entries()).is_intact


def test_a_token_of_a_clock_that_was_ahead_is_refused_and_a_new_one_is_good(stores):
    def token(now):
        return stores.tokens.sign(TokenClaims("ana", "", "mark", "id", now, now + HOUR))

    ahead = token(AHEAD)
    right = token(NINE)

    with pytest.raises(SignInError) as refused:
        stores.tokens.read(ahead, now=NINE)
    assert str(refused.value) == REFUSED
    assert stores.tokens.read(right, now=NINE).subject == "ana"


def test_a_refresh_of_the_market_a_day_ahead_does_not_keep_the_next_from_asking():
    source = ecb(("2026-08", 2.5), ("2026-09", 2.6))
    ports = market_ports(source)
    refresh_indicator(Indicator.EURIBOR, forced=True, by=ANA, ports=ports, now=OCTOBER + DAY)

    refresh_indicator(Indicator.EURIBOR, forced=True, by=ANA, ports=ports, now=OCTOBER)

    assert source.asked == 2


def test_who_bought_is_not_called_again_though_the_sale_seems_older_than_the_call_before_it():
    bank = ListBank()
    call_list = bank.release()
    customer_id = bank.called(call_list)[0]
    now = datetime.now(UTC)
    bank.call(call_list, customer_id, OutcomeKind.NO_ANSWER, at=now + HOUR)
    bank.call(call_list, customer_id, OutcomeKind.SUBSCRIBED, attempt=2, at=now)

    with pytest.raises(ConflictError, match="is recorded already"):
        bank.call(call_list, customer_id, OutcomeKind.NO_ANSWER, attempt=3, at=now)
