import pytest

from smartbank.config import Settings, load_settings
from smartbank.core.people import Role
from smartbank.errors import StartUpError
from smartbank.ui.provider import streamlit_secrets

WHOLE = {
    "SMARTBANK_OIDC_METADATA_URL": "https://id.bank.example/realms/bank/.well-known/openid-configuration",
    "SMARTBANK_OIDC_CLIENT_ID": "smartbank",
    "SMARTBANK_OIDC_CLIENT_SECRET": "s3cret-s3cret",
    "SMARTBANK_OIDC_ROLES": "bank-admins=admin,bank-agents=agent",
}


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Set variables in an environment without any of SmartBank's."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SMARTBANK_{name.upper()}", raising=False)
    monkeypatch.delenv("PORT", raising=False)

    def put(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return put


def test_without_the_variables_there_is_no_provider(put):
    put()

    settings = load_settings()

    assert settings.provider() is None
    assert streamlit_secrets(settings) is None


def test_four_variables_are_enough(put):
    put(**WHOLE)

    provider = load_settings().provider()

    assert provider.issuer == "https://id.bank.example/realms/bank"
    assert provider.metadata_url == WHOLE["SMARTBANK_OIDC_METADATA_URL"]
    assert provider.redirect_url == "http://localhost:8501/oauth2callback"
    assert (provider.user_claim, provider.role_claim, provider.only) == ("preferred_username", "roles", False)
    assert provider.roles == (("bank-admins", Role.ADMIN), ("bank-agents", Role.AGENT))


def test_streamlit_is_told_to_use_pkce_and_a_secret_for_its_cookies_that_is_not_the_clients(put):
    put(**WHOLE)

    said = streamlit_secrets(load_settings())["auth"]

    assert said["bank"]["client_kwargs"] == {"scope": "openid profile", "code_challenge_method": "S256"}
    assert len(said["cookie_secret"]) == 64
    assert "s3cret" not in said["cookie_secret"]
    assert said == streamlit_secrets(load_settings())["auth"]


@pytest.mark.parametrize("missing", WHOLE)
def test_half_set_is_refused_with_the_name_of_what_is_missing(put, missing):
    put(**{name: value for name, value in WHOLE.items() if name != missing})

    with pytest.raises(StartUpError, match=f"half set: SMARTBANK_OIDC_.* is there and {missing} is not") as refused:
        load_settings()

    assert "s3cret" not in str(refused.value)


def test_a_switch_without_a_provider_is_refused(put):
    put(SMARTBANK_OIDC_ONLY="true")

    with pytest.raises(StartUpError, match="SMARTBANK_OIDC_ONLY is there and SMARTBANK_OIDC_METADATA_URL and"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("METADATA_URL", "http://id.bank.example/.well-known/openid-configuration", "must begin with https://"),
        ("METADATA_URL", "https://id.bank.example", "end with /.well-known/openid-configuration"),
        ("METADATA_URL", "https://me@id.bank.example/.well-known/openid-configuration", "must begin with https://"),
        ("REDIRECT_URL", "http://smartbank.bank.example/oauth2callback", "must begin with https://"),
        ("REDIRECT_URL", "https://smartbank.bank.example/", "end with /oauth2callback"),
        ("ROLES", "bank-admins=boss", "roles are manager, agent, auditor, admin"),
        ("USER_CLAIM", "email", "not proof of who somebody is"),
        ("SCOPE", "profile", "SMARTBANK_OIDC_SCOPE is not allowed"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(put, name, value, said):
    put(**WHOLE | {f"SMARTBANK_OIDC_{name}": value})

    with pytest.raises(StartUpError, match=f"SMARTBANK_OIDC_{name} is not allowed.*") as refused:
        load_settings()

    assert said in str(refused.value)


def test_a_way_back_to_a_host_that_is_not_answered_to_is_refused(put):
    put(**WHOLE, SMARTBANK_OIDC_REDIRECT_URL="https://smartbank.bank.example/oauth2callback")

    with pytest.raises(StartUpError, match="SMARTBANK_OIDC_REDIRECT_URL leads to a host"):
        load_settings()

    put(SMARTBANK_ALLOWED_HOSTS="*.bank.example")
    assert load_settings().provider().redirect_url == "https://smartbank.bank.example/oauth2callback"


def test_the_clients_secret_is_not_in_the_settings_as_text(put):
    put(**WHOLE)

    settings = load_settings()

    assert "s3cret" not in f"{settings!r} {settings} {settings.provider()!r}"
