import pytest

from smartbank.bootstrap import new_data_key
from tests.database import open_database, open_server

pytestmark = pytest.mark.xdist_group("start")


def test_production_mode_does_not_start_on_the_defaults_and_says_why(started):
    refused = started(SMARTBANK_PRODUCTION="true")

    code = refused.process.wait(60)

    assert code == 1
    for said in (
        "SMARTBANK_MONGODB_URI is",
        "SMARTBANK_WRAPPING_KEY and SMARTBANK_DATA_KEYS are",
        "SMARTBANK_ALLOWED_HOSTS is",
    ):
        assert f"* {said} not set" in refused.said()
    assert "Traceback" not in refused.said()
    assert [path.name for path in refused.folder.iterdir()] == ["serve.lock"]


def test_production_mode_does_not_start_while_an_administrator_holds_an_example(started, tmp_path_factory):
    example = "correct horse battery"
    with open_server(tmp_path_factory) as uri, open_database(uri, "production_test"):
        named = {
            "SMARTBANK_MONGODB_URI": uri,
            "SMARTBANK_MONGODB_DATABASE": "production_test",
            "SMARTBANK_DATA_KEYS": new_data_key(),
            "SMARTBANK_ALLOWED_HOSTS": "smartbank.bank.example",
        }
        careless = started(**named, SMARTBANK_ADMIN_PASSWORD=example).wait_until_ready()
        careless.stop()

        refused = started(**named, SMARTBANK_PRODUCTION="true")
        code = refused.process.wait(60)

    assert code == 1
    assert "* The user admin can still sign in with an example as password." in refused.said()
    assert example not in refused.said()
    assert "Traceback" not in refused.said()
