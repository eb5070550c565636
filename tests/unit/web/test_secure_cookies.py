import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from smartbank.web.secure_cookies import SecureCookies


@pytest.fixture
def cookies_at():
    async def answer(_request):
        response = Response()
        response.set_cookie("theirs", "1", samesite="lax")
        response.set_cookie("ours", "2", secure=True)
        return response

    application = Starlette(routes=[Route("/", answer)], middleware=[Middleware(SecureCookies)])

    def cookies_at(base_url):
        answer = TestClient(application, base_url=base_url).get("/")
        return [cookie.split("; ") for cookie in answer.headers.get_list("set-cookie")]

    return cookies_at


@pytest.mark.parametrize(
    "base_url", ["https://localhost", "https://bank.example", "http://bank.example", "http://10.0.0.5"]
)
def test_every_cookie_is_secure_once(cookies_at, base_url):
    theirs, ours = cookies_at(base_url)

    assert (theirs.count("Secure"), ours.count("Secure")) == (1, 1)
    assert "SameSite=lax" in theirs


@pytest.mark.parametrize("base_url", ["http://localhost:8501", "http://127.0.0.1:8501", "http://[::1]"])
def test_over_plain_http_on_this_computer_cookies_stay_as_they_are(cookies_at, base_url):
    theirs, ours = cookies_at(base_url)

    assert (theirs.count("Secure"), ours.count("Secure")) == (0, 1)
