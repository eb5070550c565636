"""A file of 2 GB, where 200 MB are the limit: it is refused before anything of it is kept."""

import http.client
import select
import socket
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from smartbank import bootstrap
from smartbank.adapters.embedded import open_embedded
from smartbank.cli import leads
from smartbank.core.people import Role, User
from smartbank.core.session_cookies import SESSION_COOKIE
from smartbank.core.work import WorkKind
from smartbank.errors import LeadValidationError
from smartbank.services.sign_in import token_hash
from tests.faults.embedded import services_on
from tests.start.page import open_page
from tests.start.processes import Started

GIGABYTE = 2**30
TOO_LARGE = r"The file is larger than 200 MB\. Split it, or leave out columns that are not needed\."


def kept(services):
    """Return what is kept of files and uploads."""
    ahead = datetime.now(UTC) + timedelta(minutes=1)
    return services.files.saved_before(ahead), [work.work_id for work in services.queue.every(WorkKind.UPLOAD)]


def test_a_command_refuses_a_file_of_two_gigabytes_by_its_size(services, server, tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "open_services", lambda _settings: nullcontext(services))
    file = tmp_path / "large.csv"
    with file.open("wb") as opened:
        opened.truncate(2 * GIGABYTE)  # a hole: it takes no room
    before = kept(services)
    application = typer.Typer()
    leads.register(application)

    refused = CliRunner().invoke(application, ["score", str(file)])

    with pytest.raises(LeadValidationError, match=TOO_LARGE):
        raise refused.exception
    assert kept(services) == before


def test_a_file_that_does_not_say_its_size_is_refused_at_the_limit_and_nothing_of_it_stays(bank, services, monkeypatch):
    monkeypatch.setattr("smartbank.core.tables.MAX_FILE_BYTES", 5 * 2**20)
    before, came = kept(services), []

    def endless():
        while True:
            came.append(2**20)
            yield bytes(2**20)

    with pytest.raises(LeadValidationError, match="The file is larger than 5 MB"):
        bank.upload_chunks(endless())

    assert len(came) == 6
    assert kept(services) == before
    assert services.users._users.database["file_chunks"].count_documents({"owner": {"$nin": before[0]}}) == 0


@pytest.mark.soak
def test_the_web_server_stops_reading_two_gigabytes_of_unknown_size_at_the_limit_and_goes_on(tmp_path):
    started = Started(tmp_path / "var", SMARTBANK_DEMO_CUSTOMERS="0").wait_until_ready()
    try:
        with open_embedded(started.folder) as uri, services_on(uri, started.folder, "smartbank") as services:
            now = datetime.now(UTC)
            services.users.add(User("ana", Role.MANAGER, "no hash", created_at=now))
            ana = services.users.find("ana")
            services.users.start_session(token_hash("ana's"), ana, now=now, expires_at=now + timedelta(hours=1))

        with open_page(started.port, cookie=f"{SESSION_COOKIE}=ana's") as page:
            answer, sent = _send_without_end(started.port, page.session_id)

        assert answer is None or answer.startswith(b"HTTP/1.1 413 ")
        assert 200 * 2**20 < sent < 300 * 2**20
        assert started.healthz() == 200
    finally:
        started.stop()


def _send_without_end(port, session_id):
    """Send chunks until the server answers or 2 GB have gone; return the answer and how much was sent.

    There is no answer where it closed the connection, as it does once it has answered, while a chunk was on its way.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/_stcore/health", headers={"Host": "localhost"})
    cookie = connection.getresponse().headers["Set-Cookie"].split(";")[0]
    connection.close()
    head = [
        f"PUT /_stcore/upload_file/{session_id}/file HTTP/1.1",
        "Host: localhost",
        f"Cookie: {SESSION_COOKIE}=ana's; {cookie}",
        f"X-Xsrftoken: {cookie.partition('=')[2]}",
        "Content-Type: multipart/form-data; boundary=part",
        "Transfer-Encoding: chunked",
    ]
    begin = b'--part\r\nContent-Disposition: form-data; name="file"; filename="large.csv"\r\n\r\n'
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode() + _chunk(begin))
        try:
            while sent < 2 * GIGABYTE and not select.select([connection], [], [], 0)[0]:
                connection.sendall(_chunk(bytes(2**20)))
                sent += 2**20
            return connection.recv(65_536), sent
        except ConnectionError:
            return None, sent


def _chunk(data):
    return b"%x\r\n%b\r\n" % (len(data), data)
