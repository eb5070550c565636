from base64 import b64encode
from pathlib import Path

import pytest

from smartbank.config import Settings, child_environment, load_settings
from smartbank.errors import StartUpError


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SMARTBANK_{name.upper()}", raising=False)
    monkeypatch.delenv("PORT", raising=False)
    return tmp_path


def test_without_variables_the_defaults_hold(empty_folder):
    settings = load_settings()

    assert settings.mongodb_uri is None
    assert settings.var_dir == empty_folder / "var"
    assert settings.models_dir == empty_folder / "models"
    assert settings.address() == "http://localhost:8501"
    assert settings.demo_customers == 2_000


@pytest.mark.parametrize("name", ["PORT", "SMARTBANK_PORT"])
def test_either_variable_sets_the_port(monkeypatch, name):
    monkeypatch.setenv(name, "8600")

    settings = load_settings()

    assert settings.address() == "http://localhost:8600"


def test_the_dotenv_file_is_read_and_the_environment_goes_before_it(empty_folder, monkeypatch):
    (empty_folder / ".env").write_text("SMARTBANK_HOST=10.0.0.5\nSMARTBANK_DEMO_CUSTOMERS=7\n")
    monkeypatch.setenv("SMARTBANK_DEMO_CUSTOMERS", "0")

    settings = load_settings()

    assert (settings.host, settings.demo_customers) == ("10.0.0.5", 0)


def test_an_empty_variable_is_as_good_as_none(monkeypatch):
    monkeypatch.setenv("SMARTBANK_MONGODB_URI", "")

    settings = load_settings()

    assert settings.mongodb_uri is None


def test_settings_cannot_be_changed():
    settings = load_settings()

    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "99999", "PORT .* is not allowed: input should be less than or equal to 65535"),
        ("SMARTBANK_PORT", "eighty", "SMARTBANK_PORT\\) is not allowed: input should be a valid integer"),
        ("SMARTBANK_DEMO_CUSTOMERS", "-1", "SMARTBANK_DEMO_CUSTOMERS is not allowed"),
        ("SMARTBANK_PHONE_REGION", "PT", "no longer read; the country is one of the bank's settings now"),
        (
            "SMARTBANK_WRAPPING_KEY",
            "arn:aws:kms:eu-west-1:1:key/a",
            "SMARTBANK_WRAPPING_KEY is not allowed: it must be",
        ),
        ("SMARTBANK_WRAPPING_CREDENTIALS", "secret", "CREDENTIALS is not allowed: it must be a JSON object"),
        ("SMARTBANK_WRAPPING_CREDENTIALS", '{"aws": "secret"}', "CREDENTIALS is not allowed: it must be a JSON object"),
        ("SMARTBANK_WRAPPING_CREDENTIALS", '{"ibm": {}}', "CREDENTIALS is not allowed: it must be a JSON object"),
        ("SMARTBANK_WRAPPING_ENDPOINT", "https://kms.bank.example/", "SMARTBANK_WRAPPING_ENDPOINT is not allowed"),
        ("SMARTBANK_MONGODB_URI", "localhost:27017", "it must begin with mongodb:// or mongodb\\+srv://"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)

    with pytest.raises(StartUpError, match=said):
        load_settings()


def test_two_bad_values_are_both_named(monkeypatch):
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("SMARTBANK_WORKER_POLL_S", "0")

    with pytest.raises(StartUpError, match=r"PORT .* is not allowed.*SMARTBANK_WORKER_POLL_S is not allowed"):
        load_settings()


@pytest.mark.parametrize("name", ["SMARTBANK_MONGODB_URI", "SMARTBANK_MONGODB_DATABASE"])
def test_a_refused_value_is_never_shown(monkeypatch, name):
    monkeypatch.setenv(name, "user:s3cret@db")

    with pytest.raises(StartUpError) as refused:
        load_settings()

    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_secret_is_not_in_the_settings_as_text(monkeypatch):
    monkeypatch.setenv("SMARTBANK_ADMIN_PASSWORD", "s3cret-s3cret")

    settings = load_settings()

    assert "s3cret" not in f"{settings!r} {settings}"


@pytest.mark.parametrize("in_file", [False, True])
def test_a_misspelt_variable_is_refused_with_the_name_that_was_meant(empty_folder, monkeypatch, in_file):
    if in_file:
        (empty_folder / ".env").write_text("SMARTBANK_MONGO_URI=mongodb://db\n")
    else:
        monkeypatch.setenv("SMARTBANK_MONGO_URI", "mongodb://db")

    with pytest.raises(StartUpError, match="Did you mean SMARTBANK_MONGODB_URI"):
        load_settings()


def test_variables_of_the_tests_and_those_kubernetes_makes_for_a_service_are_left_alone(monkeypatch):
    for name in (
        "SMARTBANK_TEST_MONGODB_URI",
        "SMARTBANK_SERVICE_HOST",
        "SMARTBANK_SERVICE_PORT",
        "SMARTBANK_PORT_8501_TCP_ADDR",
    ):
        monkeypatch.setenv(name, "10.0.0.9")

    assert load_settings().port == 8501


def test_a_child_gets_the_database_the_folder_and_the_port_but_no_password(empty_folder, monkeypatch):
    (empty_folder / ".env").write_text("PORT=8700\n")
    monkeypatch.setenv("SMARTBANK_PORT", "8600")
    monkeypatch.setenv("SMARTBANK_ADMIN_PASSWORD", "s3cret-s3cret")
    uri = "mongodb://127.0.0.1:27017/"
    settings = Settings(port=8601, var_dir=Path("data"), mongodb_uri=uri, embedded_database=True)

    environment = child_environment(settings)

    for name in ("SMARTBANK_PORT", "SMARTBANK_ADMIN_PASSWORD"):
        monkeypatch.delenv(name)
        assert name not in environment
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    child = load_settings()
    assert (child.port, child.var_dir, child.embedded_database) == (8601, empty_folder / "data", True)
    assert child.mongodb_uri.get_secret_value() == uri


def test_keys_of_the_data_are_read_newest_first_and_handed_to_children(monkeypatch):
    newest, older = bytes(32), bytes(range(32))
    monkeypatch.setenv("SMARTBANK_DATA_KEYS", f"{b64encode(newest).decode()}, {b64encode(older).decode()}")

    settings = load_settings()

    assert settings.master_keys() == [newest, older]
    assert b64encode(older).decode() in child_environment(settings)["SMARTBANK_DATA_KEYS"]
    assert b64encode(older).decode() not in repr(settings)


def test_without_keys_none_are_named(monkeypatch):
    assert load_settings().master_keys() == []
    assert "SMARTBANK_DATA_KEYS" not in child_environment(load_settings())


@pytest.mark.parametrize(
    "keys", ["secret", b64encode(bytes(31)).decode(), ",".join(2 * [b64encode(bytes(32)).decode()])]
)
def test_keys_that_are_too_short_or_twice_the_same_are_refused_unseen(monkeypatch, keys):
    monkeypatch.setenv("SMARTBANK_DATA_KEYS", keys)

    with pytest.raises(StartUpError, match="SMARTBANK_DATA_KEYS is not allowed: it must be different keys") as caught:
        load_settings()

    assert keys not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["https://mirror.bank.example/ecb/", "http://127.0.0.1:8000/ecb", "http://[::1]:80"]
)
def test_a_mirror_of_a_publisher_may_be_named(monkeypatch, address):
    monkeypatch.setenv("SMARTBANK_ECB_URL", address)

    assert load_settings().ecb_url == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    ["http://mirror.bank.example", "ftp://127.0.0.1", "https://?", "nonsense", "https://a:b@host", "https://host/?a=1"],
)
def test_an_address_that_is_not_safe_is_refused_without_being_shown(monkeypatch, address):
    monkeypatch.setenv("SMARTBANK_INE_URL", address)

    with pytest.raises(StartUpError, match="SMARTBANK_INE_URL is not allowed: it must begin with https") as refused:
        load_settings()

    assert address not in str(refused.value)


def test_an_address_that_cannot_be_split_is_refused(monkeypatch):
    monkeypatch.setenv("SMARTBANK_INE_URL", "https://[::1")

    with pytest.raises(StartUpError, match="SMARTBANK_INE_URL is not allowed"):
        load_settings()


def test_this_computer_the_address_listened_on_and_the_hosts_named_are_answered_to(monkeypatch):
    monkeypatch.setenv("SMARTBANK_HOST", "10.0.0.5")
    monkeypatch.setenv("SMARTBANK_ALLOWED_HOSTS", "SmartBank.bank.example, *.branch.example,")

    patterns = load_settings().host_patterns()

    assert patterns == ("localhost", "127.0.0.1", "::1", "10.0.0.5", "smartbank.bank.example", "*.branch.example")


@pytest.mark.parametrize("hosts", ["*", "https://bank.example", "bank.example:443", "a b"])
def test_what_is_not_a_list_of_hosts_is_refused(monkeypatch, hosts):
    monkeypatch.setenv("SMARTBANK_ALLOWED_HOSTS", hosts)

    with pytest.raises(StartUpError, match="SMARTBANK_ALLOWED_HOSTS is not allowed: it must be names of hosts"):
        load_settings()


def test_a_wrapping_key_is_read_with_what_it_is_asked_with_and_its_secrets_are_never_shown(monkeypatch, tmp_path):
    monkeypatch.setenv("SMARTBANK_WRAPPING_KEY", "aws:arn:aws:kms:eu-west-1:111122223333:key/abc")
    monkeypatch.setenv("SMARTBANK_WRAPPING_CREDENTIALS", '{"aws": {"accessKeyId": "a", "secretAccessKey": "s3cret"}}')
    monkeypatch.setenv("SMARTBANK_WRAPPING_ENDPOINT", "kms.bank.example:8443")
    monkeypatch.setenv("SMARTBANK_WRAPPING_CA_FILE", str(tmp_path / "ca.pem"))

    settings = load_settings()

    wrapping = settings.wrapping()
    assert wrapping.name == {
        "region": "eu-west-1",
        "key": "arn:aws:kms:eu-west-1:111122223333:key/abc",
        "endpoint": "kms.bank.example:8443",
    }
    assert wrapping.credentials["aws"]["secretAccessKey"] == "s3cret"
    assert wrapping.tls == {"tlsCAFile": str(tmp_path / "ca.pem")}
    assert "s3cret" not in repr(wrapping) + repr(settings)


def test_without_a_wrapping_key_nothing_wraps():
    assert load_settings().wrapping() is None
