import hashlib
import io
import zipfile

import httpx2
import pytest

from smartbank.adapters import uci_download
from smartbank.adapters.uci_download import UCI_CSV_SHA256, fetch_uci, open_client
from smartbank.errors import TrainingDataError

CSV = b'"age";"job"\n'


def archive(csv=CSV):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        opened.writestr("bank-additional/bank-additional-full.csv", csv)
    return packed.getvalue()


def client(answer):
    return httpx2.Client(transport=httpx2.MockTransport(answer))


def unreachable(request):
    raise httpx2.ConnectError("name or service not known", request=request)


def test_the_csv_in_the_archive_is_kept(tmp_path):
    answering = client(lambda _request: httpx2.Response(200, content=archive()))

    path = fetch_uci(tmp_path / "data", client=answering, sha256=hashlib.sha256(CSV).hexdigest())

    assert path.read_bytes() == CSV
    assert [file.name for file in path.parent.iterdir()] == ["bank-additional-full.csv"]


def test_uci_s_address_is_asked():
    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx2.Response(404)

    with pytest.raises(TrainingDataError, match="answered 404"):
        fetch_uci(None, client=client(answer))

    assert asked == ["https://archive.ics.uci.edu/static/public/222/bank+marketing.zip"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param(unreachable, "no network here.*with a browser.*train --data", id="no network"),
        pytest.param(lambda _request: httpx2.Response(503), "answered 503 .*later", id="server error"),
        pytest.param(
            lambda _request: httpx2.Response(200, content=archive()), "not the file SmartBank knows", id="hash"
        ),
        pytest.param(lambda _request: httpx2.Response(200, content=b"PK\x03\x04junk"), "damaged archive", id="damaged"),
        pytest.param(lambda _request: httpx2.Response(200, content=b""), "is empty", id="nothing"),
    ],
)
def test_a_failed_download_keeps_nothing_and_says_why(answer, message, tmp_path):
    with pytest.raises(TrainingDataError, match=message):
        fetch_uci(tmp_path, client=client(answer), sha256=UCI_CSV_SHA256)

    assert list(tmp_path.iterdir()) == []


def test_an_endless_answer_is_cut_off(monkeypatch, tmp_path):
    monkeypatch.setattr(uci_download, "MAX_ARCHIVE_BYTES", 100)
    answering = client(lambda _request: httpx2.Response(200, content=b"0" * 1_000))

    with pytest.raises(TrainingDataError, match="far larger"):
        fetch_uci(tmp_path, client=answering)


def test_a_folder_that_cannot_be_written_is_explained(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    answering = client(lambda _request: httpx2.Response(200, content=archive()))

    with pytest.raises(TrainingDataError, match="could not be written"):
        fetch_uci(tmp_path / "file", client=answering, sha256=hashlib.sha256(CSV).hexdigest())


def test_the_client_waits_half_a_minute_and_follows_uci_s_redirects():
    with open_client() as opened:
        assert (opened.timeout.read, opened.follow_redirects) == (30.0, True)
