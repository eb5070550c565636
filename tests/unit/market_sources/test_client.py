import gzip
from datetime import UTC, datetime

import httpx2
import pytest

from smartbank.adapters.market.http import MAX_BYTES, MarketClient
from smartbank.errors import MarketSourceError

NOW = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)
ADDRESS = "https://figures.example/series"


class Publisher:
    """Plays answers one after the other, and notes questions and pauses."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.questions = []
        self.pauses = []
        self.client = MarketClient(
            transport=httpx2.MockTransport(self._answer), sleep=self.pauses.append, now=lambda: NOW, jitter=lambda: 0.5
        )

    def fetch(self):
        return self.client.fetch(ADDRESS, {"a": "1"}, who="INE")

    def _answer(self, request):
        self.questions.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def csv(body=b"a,b", status=200, **headers):
    return httpx2.Response(status, stream=httpx2.ByteStream(body), headers={"Content-Type": "text/csv"} | {**headers})


def status(code, **headers):
    return httpx2.Response(code, headers=headers)


def test_an_answer_is_handed_on_and_the_question_is_plain():
    publisher = Publisher(csv(b"a,b"))

    body = publisher.fetch()

    assert body == b"a,b"
    (asked,) = publisher.questions
    assert str(asked.url) == "https://figures.example/series?a=1"
    assert asked.headers["User-Agent"] == "Mozilla/5.0 (compatible; SmartBank)"
    assert asked.extensions["timeout"] == {"connect": 3.0, "read": 10.0, "write": 10.0, "pool": 10.0}


@pytest.mark.parametrize(
    "failure", [status(503), status(500), status(429), httpx2.ConnectError("no"), httpx2.ReadTimeout("late")]
)
def test_what_may_pass_is_tried_three_times_with_growing_pauses(failure):
    publisher = Publisher(failure, failure, csv(b"x"))

    body = publisher.fetch()

    assert body == b"x"
    assert publisher.pauses == [0.75, 1.5]


def test_after_three_tries_it_says_what_happened_and_what_is_done():
    publisher = Publisher(status(503), httpx2.ConnectError("no"), status(503))

    with pytest.raises(MarketSourceError) as refused:
        publisher.fetch()

    assert str(refused.value) == (
        "INE answered 503 (3 tries). SmartBank goes on with the next source, or with what it knows."
    )
    assert len(publisher.questions) == 3


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (403, "refuses to answer SmartBank (403)"),
        (404, "does not know the series any more (404)"),
        (418, "answered 418"),
    ],
)
def test_a_refusal_is_not_tried_again(code, said):
    publisher = Publisher(status(code))

    with pytest.raises(MarketSourceError, match="INE") as refused:
        publisher.fetch()

    assert said in str(refused.value)
    assert publisher.pauses == []


@pytest.mark.parametrize("header", ["20", "Thu, 08 Oct 2026 09:00:20 GMT"])
def test_the_pause_a_publisher_asks_for_is_kept(header):
    publisher = Publisher(status(429, **{"Retry-After": header}), csv(b"x"))

    publisher.fetch()

    assert publisher.pauses == [20.0]


@pytest.mark.parametrize("header", ["soon", "", "-5", "Thu, 08 Oct 2026 08:00:00 GMT"])
def test_a_pause_that_makes_no_sense_is_our_own(header):
    publisher = Publisher(status(503, **{"Retry-After": header}), csv(b"x"))

    publisher.fetch()

    assert publisher.pauses == [0.75]


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [("61", 61), ("3600", 3600), ("86401", 86_400), ("9" * 400, 86_400), ("Thu, 08 Oct 2026 10:00:00 GMT", 3600)],
)
def test_a_publisher_that_asks_for_more_than_a_minute_is_left_alone_a_day_at_most(header, wait_s):
    publisher = Publisher(status(429, **{"Retry-After": header}))

    with pytest.raises(MarketSourceError, match=f"left alone for {wait_s} seconds") as error:
        publisher.fetch()

    assert error.value.wait_s == wait_s
    assert publisher.pauses == []


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_gzip_is_understood_with_and_without_its_header(headers):
    publisher = Publisher(csv(gzip.compress(b"a,b\n1,2"), **headers))

    assert publisher.fetch() == b"a,b\n1,2"


@pytest.mark.parametrize(
    "body",
    [
        b"x" * (MAX_BYTES + 1),
        gzip.compress(b"x" * (MAX_BYTES + 1)),
        gzip.compress(b"x" * MAX_BYTES) + gzip.compress(b"x"),
    ],
    ids=["plain", "packed", "packed in two"],
)
def test_a_body_over_two_megabytes_is_refused(body):
    with pytest.raises(MarketSourceError, match="more than 2 MB"):
        Publisher(csv(body)).fetch()


def test_gzip_of_several_members_is_read_to_its_end():
    body = gzip.compress(b"a,b\n") + gzip.compress(b"1,2\n") + gzip.compress(b"3,4") + b"\0\0"

    assert Publisher(csv(body)).fetch() == b"a,b\n1,2\n3,4"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (gzip.compress(b"1234567890")[:-9], "only a part"),
        (b"nonsense", "cannot be decompressed"),
        (gzip.compress(b"") * 1000, "cannot be decompressed"),
    ],
    ids=["half a member", "no member", "a thousand members"],
)
def test_what_follows_the_first_member_must_be_whole_members_and_few(more, said):
    with pytest.raises(MarketSourceError, match=said):
        Publisher(csv(gzip.compress(b"a,b\n") + more)).fetch()


def test_a_body_of_two_megabytes_is_taken():
    assert len(Publisher(csv(b"x" * MAX_BYTES)).fetch()) == MAX_BYTES


def test_half_a_compressed_body_is_refused():
    with pytest.raises(MarketSourceError, match="only a part"):
        Publisher(csv(gzip.compress(b"1234567890" * 100)[:-9])).fetch()


def test_a_body_that_only_begins_like_gzip_is_refused():
    with pytest.raises(MarketSourceError, match="cannot be decompressed"):
        Publisher(csv(b"\x1f\x8bnonsense")).fetch()


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/xml", "image/png", ""])
def test_what_is_neither_csv_nor_json_is_refused(kind):
    with pytest.raises(MarketSourceError, match="instead of figures in CSV or JSON"):
        Publisher(csv(b"a", **{"Content-Type": kind})).fetch()


def test_a_compression_nobody_asked_for_is_refused():
    with pytest.raises(MarketSourceError, match="compressed in a way"):
        Publisher(csv(b"a", **{"Content-Encoding": "br"})).fetch()


def test_a_redirect_on_the_same_host_is_followed_and_takes_no_cookie_along():
    publisher = Publisher(status(302, Location="/elsewhere", **{"Set-Cookie": "a=b; Path=/"}), csv(b"x"))

    assert publisher.fetch() == b"x"
    assert publisher.questions[1].url.path == "/elsewhere"
    assert "Cookie" not in publisher.questions[1].headers


@pytest.mark.parametrize(
    "to", ["https://other.example/x", "http://figures.example/series", "https://figures.example:81/"]
)
def test_a_redirect_elsewhere_is_not_followed(to):
    publisher = Publisher(status(301, Location=to))

    with pytest.raises(MarketSourceError, match="another address"):
        publisher.fetch()

    assert len(publisher.questions) == 1


def test_a_circle_of_redirects_ends():
    with pytest.raises(MarketSourceError, match="in a circle"):
        Publisher(*[status(302, Location="/series")] * 4).fetch()


def test_a_body_that_drips_is_given_up():
    ticks = iter(range(0, 1000, 20))
    slow = httpx2.MockTransport(csv_of_pieces)
    client = MarketClient(transport=slow, sleep=lambda _: None, clock=lambda: next(ticks))

    with pytest.raises(MarketSourceError, match="did not answer in time"):
        client.fetch(ADDRESS, {}, who="INE")


def csv_of_pieces(request):
    return httpx2.Response(200, headers={"Content-Type": "text/csv"}, content=iter([b"a", b"b", b"c"]))
