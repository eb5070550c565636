import time

import pytest
from starlette.testclient import TestClient
from streamlit.user_info import generate_login_redirect_url

from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.people import Role
from smartbank.core.provider_refusals import ProviderRefusal
from smartbank.core.session_cookies import SESSION_COOKIE
from smartbank.errors import StorageError
from smartbank.services.sign_in import session_user
from smartbank.ui.provider import PROVIDER
from tests.single_sign_on.clock import now

FAR = 100_000_000


def signed_in(client, services):
    return session_user(client.cookies.get(SESSION_COOKIE), users=services.users, now=now())


def entries(services, action=AuditAction.SIGN_IN):
    return [entry.event for entry in services.audit.entries() if entry.event.action is action]


def test_the_way_to_the_provider_carries_state_nonce_and_a_challenge(go, provider):
    answer = go()

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{provider.issuer}/oauth2/authorize?")
    provider.agree(answer.headers["location"], "s-1")
    asked = provider.seen()["authorize"]
    assert (asked["client_id"], asked["scope"]) == ("smartbank", "openid profile")
    assert asked["redirect_uri"] == "http://localhost/oauth2callback"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert all(len(asked[name]) >= 20 for name in ("state", "nonce", "code_challenge"))


def test_whoever_the_provider_vouches_for_has_a_session_of_smartbanks_own_and_no_other(client, services, come_back):
    answer = come_back()

    user = signed_in(client, services)
    assert (user.username, user.role, user.by_provider) == ("ana", Role.MANAGER, True)
    [session] = services.users.sessions(now=now())
    assert session.username == "ana"
    given = answer.headers.get_list("set-cookie")
    own = next(cookie for cookie in given if cookie.startswith(f"{SESSION_COOKIE}="))
    assert "HttpOnly" in own
    assert "SameSite=strict" in own
    assert not any(cookie.startswith("_streamlit_user") for cookie in given)


def test_the_page_somebody_came_from_is_where_they_come_back_to(come_back):
    answer = come_back(page="/leads?view=Stored+customers&text=a%2Cb")

    assert (answer.status_code, answer.headers["location"]) == (303, "/leads?view=Stored+customers&text=a%2Cb")


@pytest.mark.parametrize("referer", ["http://elsewhere.example/leads", "http://localhost//elsewhere.example", "", "%"])
def test_nobody_is_sent_to_another_site(client, provider, referer):
    answer = client.get(generate_login_redirect_url(PROVIDER), headers={"Referer": referer})

    back = client.get(provider.agree(answer.headers["location"], "s-1"))

    assert back.headers["location"] == "/"


def test_sign_out_kills_the_session_for_every_copy_of_the_cookie(client, services, come_back):
    come_back()
    copied = client.cookies.get(SESSION_COOKIE)

    client.post("/auth/sign-out", headers={"Origin": "http://localhost"})

    assert session_user(copied, users=services.users, now=now()) is None


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"key": "other"}, id="signed by another key"),
        pytest.param({"alg": "none"}, id="not signed"),
        pytest.param({"alg": "HS256"}, id="signed with a secret in place of the key"),
        pytest.param({"claims": {"exp": 1_000, "iat": 900}}, id="expired"),
        pytest.param({"drop": ["exp"]}, id="never expires"),
        pytest.param({"claims": {"iat": int(time.time()) + FAR, "exp": int(time.time()) + 2 * FAR}}, id="not yet"),
        pytest.param({"claims": {"aud": "another program"}}, id="for another program"),
        pytest.param({"claims": {"aud": "another", "azp": "smartbank"}}, id="for another program, with our name on it"),
        pytest.param({"claims": {"aud": ["another", "program"]}}, id="for two other programs"),
        pytest.param({"drop": ["aud"]}, id="for nobody"),
        pytest.param({"claims": {"iss": "https://elsewhere.example"}}, id="from another issuer"),
        pytest.param({"drop": ["iss"]}, id="from nobody"),
        pytest.param({"claims": {"nonce": "of another sign-in"}}, id="for another sign-in"),
        pytest.param({"drop": ["nonce"]}, id="without a nonce"),
        pytest.param({"drop": ["sub"]}, id="about nobody"),
    ],
)
def test_a_token_that_is_not_right_lets_nobody_in(services, come_back, provider, refusal, how):
    provider.spoil(**how)

    answer = come_back(page="/leads")

    assert not any(cookie.startswith(f"{SESSION_COOKIE}=") for cookie in answer.headers.get_list("set-cookie"))
    assert services.users.all() == []
    assert (answer.headers["location"], refusal()) == ("/leads", ProviderRefusal.INVALID)
    [entry] = entries(services)
    assert (entry.result, entry.who) == (AuditResult.REFUSED, "unknown")
    assert entry.details == {"way": "provider", "reason": "answer not valid"}


def test_the_issuer_is_checked_even_when_the_metadata_name_none(services, come_back, provider, refusal):
    provider.say_in_metadata(issuer=None)
    provider.spoil(claims={"iss": "https://elsewhere.example"})

    come_back()

    assert refusal() is ProviderRefusal.INVALID
    assert services.users.all() == []


def test_an_answer_with_another_state_or_to_another_browser_lets_nobody_in(client, services, go, provider, refusal):
    back = provider.agree(go().headers["location"], "s-1")

    client.get(back.replace("state=", "state=x"))
    assert refusal() is ProviderRefusal.INVALID
    client.cookies.clear()
    client.get(back)

    assert refusal() is ProviderRefusal.INVALID
    assert services.users.all() == []


def test_an_answer_counts_once(client, services, go, provider):
    back = provider.agree(go().headers["location"], "s-1")
    client.get(back)
    client.cookies.delete(SESSION_COOKIE)

    client.get(back)

    assert SESSION_COOKIE not in client.cookies


def test_whoever_goes_back_at_the_provider_reads_so(client, services, go, provider, refusal):
    client.get(provider.decline(go().headers["location"]))

    assert refusal() is ProviderRefusal.DECLINED
    assert entries(services)[0].details["reason"] == "declined at the provider"


def test_a_provider_that_does_not_answer_is_said(client, settings, provider, refusal, go):
    provider.say_in_metadata(authorization_endpoint=None)

    answer = go("/leads")

    assert (answer.status_code, answer.headers["location"]) == (303, "/leads")
    assert refusal() is ProviderRefusal.UNREACHABLE


def test_a_database_that_does_not_answer_is_said_and_lets_nobody_in(services, come_back, refusal, monkeypatch):
    def unreachable(*_args, **_kwargs):
        raise StorageError("mongodb://secret")

    monkeypatch.setattr(services.users, "find", unreachable)

    answer = come_back(page="/leads")

    assert (answer.headers["location"], refusal()) == ("/leads", ProviderRefusal.STORAGE)
    assert services.users.sessions(now=now()) == []


def test_while_the_database_is_away_altogether_both_ways_say_so_and_when_to_try_again(
    client, go, provider, provide, refusal
):
    back = provider.agree(go().headers["location"], "s-1")
    provider.say_in_metadata(authorization_endpoint=None)
    provide.is_away = True

    answers = [client.get(back), client.get("/oauth2callback?error=x"), go("/leads")]

    for answer in answers:
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert answer.text == "The database does not answer. Try again in a minute."
        assert answer.headers["Cache-Control"] == "no-store"
    assert refusal() is None


def test_the_database_is_asked_in_threads_alone(come_back, go, client, provider, provide):
    come_back()
    client.get("/oauth2callback?error=x")
    provider.say_in_metadata(authorization_endpoint=None)
    go()

    assert provide.asked_in
    assert all("worker" in name for name in provide.asked_in)


def test_refusals_do_not_flood_the_log_and_count_against_no_password(client, services):
    for _ in range(40):
        client.get("/oauth2callback?error=x")

    assert len(entries(services)) == 30
    assert {entry.place for entry in entries(services)} == {"testclient"}


def test_a_made_up_identity_cookie_of_streamlits_signs_nobody_in(client, services):
    client.cookies.set("_streamlit_user", "made up")

    client.get("/oauth2callback?code=x&state=y")

    assert SESSION_COOKIE not in client.cookies


def test_a_verifier_that_does_not_fit_the_challenge_gets_no_token(client, services, go, provider, refusal):
    first = go().headers["location"]
    back = provider.agree(first, "s-1")
    provider.agree(first.replace("code_challenge=", "code_challenge=x"), "s-1")  # what it heard last counts

    client.get(back)

    assert refusal() is ProviderRefusal.INVALID
    assert services.users.all() == []


def test_another_role_at_the_provider_is_one_here_from_the_next_sign_in_on_and_on_record(
    client, services, come_back, provider
):
    come_back()
    provider.put_person("s-1", preferred_username="ana", roles=["else", "bank-admins"])

    come_back()

    assert signed_in(client, services).role is Role.ADMIN
    [change] = entries(services, AuditAction.CHANGE_USER)
    assert (change.who, change.object_id) == ("ana", "ana")
    assert change.details == {"way": "provider", "role": "admin", "role_before": "manager"}


def test_nothing_a_token_says_is_in_the_audit_log_but_name_and_role(services, come_back):
    come_back()

    said = repr([entry.event for entry in services.audit.entries()])
    assert "ana@bank.example" not in said
    assert "s-1" not in said
    assert "bank-managers" not in said


def test_over_https_every_cookie_of_the_way_is_secure_and_for_this_host(client, provider, services):
    secure = TestClient(client.app, base_url="https://localhost", follow_redirects=False)
    started = secure.get(generate_login_redirect_url(PROVIDER), headers={"Referer": "https://localhost/leads"})
    back = provider.agree(started.headers["location"], "s-1").replace("http://", "https://")

    answer = secure.get(back)

    given = [*started.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")]
    assert [cookie for cookie in given if "secure" not in cookie.lower() and "max-age=0" not in cookie.lower()] == []
    assert {"__Host-smartbank_session", "__Host-smartbank_return"} <= {cookie.partition("=")[0] for cookie in given}
    assert answer.headers["location"] == "/leads"
