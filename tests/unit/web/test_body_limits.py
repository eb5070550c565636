import asyncio

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from smartbank.web.body_limits import BodyLimits
from tests.coroutines import run

LIMITS = {"/upload": 100}


class Exchange:
    """One request put to an application: parts of a body that arrive or never do, and the answer that came."""

    def __init__(self, app, *, path="/", parts=(), headers=(), seconds=30.0):
        self.waiting = list(parts)
        self.answer = []
        self.handed_on = []
        scope = {"type": "http", "method": "POST", "path": path, "headers": list(headers), "query_string": b""}
        limited = BodyLimits(app(self), max_bytes_of=lambda path: LIMITS.get(path, 10), seconds=seconds)
        run(asyncio.wait_for(limited(scope, self.receive, self.send), 20))

    async def receive(self):
        if not self.waiting:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": self.waiting.pop(0), "more_body": True}

    async def send(self, message):
        self.answer.append(message)

    @property
    def status(self):
        return self.answer[0]["status"]

    @property
    def closes(self):
        return (b"connection", b"close") in [(name.lower(), value) for name, value in self.answer[0]["headers"]]

    @property
    def text(self):
        return b"".join(message.get("body", b"") for message in self.answer[1:]).decode()


def reading(exchange):
    """Return an application that reads the whole body, as Starlette's do, and answers."""

    async def app(scope, receive, send):
        async for chunk in Request(scope, receive).stream():
            exchange.handed_on.append(chunk)
        await PlainTextResponse("read")(scope, receive, send)

    return app


def careless(exchange):
    """Return an application that answers even though the client is said to be gone."""

    async def app(scope, receive, send):
        while (await receive())["type"] != "http.disconnect":
            pass
        await PlainTextResponse("There was an error parsing the body", status_code=400)(scope, receive, send)

    return app


def not_reading(_exchange):
    async def app(scope, receive, send):
        await PlainTextResponse("no need", status_code=401)(scope, receive, send)

    return app


CHUNKED = ((b"transfer-encoding", b"chunked"),)


@pytest.mark.parametrize(("path", "status"), [("/", 413), ("/upload", 401)])
def test_a_body_is_refused_by_the_length_it_says_before_anything_is_read(path, status):
    exchange = Exchange(not_reading, path=path, headers=[(b"content-length", b"11")])

    assert exchange.status == status
    assert exchange.closes


@pytest.mark.parametrize("said", [b"-1", b"1e3", b"x"])
def test_a_length_that_is_no_number_is_refused(said):
    assert Exchange(not_reading, headers=[(b"content-length", said)]).status == 413


@pytest.mark.parametrize("app", [reading, careless])
def test_a_body_without_a_length_is_counted_as_it_comes(app):
    exchange = Exchange(app, headers=CHUNKED, parts=[b"12345", b"67890", b"1"])

    assert exchange.status == 413
    assert exchange.closes
    assert exchange.text == "The request is larger than SmartBank takes here. Send less, or split it."
    assert b"".join(exchange.handed_on) in (b"1234567890", b"")


@pytest.mark.parametrize("app", [reading, careless])
def test_a_body_that_stops_coming_is_given_up_and_the_connection_closed(app):
    exchange = Exchange(app, headers=CHUNKED, parts=[b"1"], seconds=0.05)

    assert exchange.status == 408
    assert exchange.closes
    assert exchange.text == "The request came too slowly and was given up. Try again."


def test_a_body_that_does_not_come_in_time_after_the_answer_began_ends_without_another_answer():
    def answering_first(exchange):
        async def app(scope, receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await receive()
            await send({"type": "http.response.body", "body": b"late"})

        return app

    exchange = Exchange(answering_first, headers=CHUNKED, seconds=0.05)

    assert [message["type"] for message in exchange.answer] == ["http.response.start"]


def test_an_answer_before_the_body_is_whole_closes_the_connection():
    early = Exchange(not_reading, headers=[(b"content-length", b"5")])
    without_body = Exchange(not_reading, headers=[(b"content-length", b"0")])

    assert (early.closes, without_body.closes) == (True, False)


def test_a_whole_body_is_handed_on_as_it_came_and_waiting_afterwards_is_not_limited():
    async def whole(scope, receive, send):
        parts = [(await receive())["body"]]
        assert await receive() == {"type": "http.disconnect"}
        await PlainTextResponse(b"".join(parts))(scope, receive, send)

    async def client():
        answer, events = [], [{"type": "http.request", "body": b"1234567890", "more_body": False}]

        async def receive():
            if events:
                return events.pop()
            await asyncio.sleep(0.2)
            return {"type": "http.disconnect"}

        async def send(message):
            answer.append(message)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-length", b"10")]}
        await BodyLimits(whole, max_bytes_of=lambda _path: 10, seconds=0.1)(scope, receive, send)
        return answer

    answer = run(client())

    assert answer[0]["status"] == 200
    assert answer[1]["body"] == b"1234567890"


def test_an_error_of_the_application_is_not_swallowed():
    def broken(_exchange):
        async def app(scope, receive, send):
            raise ValueError

        return app

    with pytest.raises(ValueError):  # noqa: PT011
        Exchange(broken, headers=CHUNKED)
