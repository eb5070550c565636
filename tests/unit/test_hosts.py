import pytest

from smartbank.core.hosts import host_name, is_allowed, is_host_pattern, is_loopback


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost", "localhost"),
        ("LocalHost:8501", "localhost"),
        ("127.0.0.1:8501", "127.0.0.1"),
        ("[::1]:8501", "::1"),
        ("smartbank.bank.example.", "smartbank.bank.example"),
        ("smartbank.bank.example:443", "smartbank.bank.example"),
    ],
)
def test_a_host_header_names_a_host_whatever_its_port_and_case(header, name):
    assert host_name(header) == name


@pytest.mark.parametrize(
    "header",
    [
        "",
        ":8501",
        "a b",
        "host:port",
        "host:99999",
        "user@host",
        "host/path",
        "host?x",
        "host#x",
        "[::1",
        "a,b",
        "*.a.b",
    ],
)
def test_what_is_not_one_host_is_none(header):
    assert host_name(header) is None


def test_a_wildcard_covers_names_below_but_neither_itself_nor_what_only_ends_alike():
    patterns = ("*.bank.example", "other.example")

    allowed = [
        host
        for host in ("a.bank.example", "a.b.bank.example", "other.example", "bank.example", "evilbank.example", "x.com")
        if is_allowed(host, patterns)
    ]

    assert allowed == ["a.bank.example", "a.b.bank.example", "other.example"]


@pytest.mark.parametrize("text", ["bank.example", "*.bank.example", "10.0.0.5", "::1", "smartbank_1"])
def test_names_addresses_and_whole_domains_may_be_listed(text):
    assert is_host_pattern(text)


@pytest.mark.parametrize("text", ["*", "*.", "*.example", "a*.bank.example", "http://bank.example", "bank.example:443"])
def test_everything_schemes_and_ports_may_not_be_listed(text):
    assert not is_host_pattern(text)


@pytest.mark.parametrize(("host", "here"), [("127.8.8.8", True), ("::1", True), ("10.0.0.1", False), ("db", False)])
def test_this_computer_is_known_by_name_and_address(host, here):
    assert is_loopback(host) is here
