from smartbank.core.trace import trace_of


def parse_age(text):
    return int(text)


def caught(call):
    try:
        call()
    except Exception as exc:
        return exc


def wrapped():
    try:
        parse_age("Maria Silva")
    except ValueError as exc:
        raise RuntimeError("Maria Silva's row") from exc


def test_the_place_is_said_and_the_message_is_not():
    exc = caught(lambda: parse_age("Maria Silva"))

    said = trace_of(exc)

    assert said.startswith("ValueError at ")
    assert said.endswith("test_trace.py:5 parse_age")
    assert "Maria" not in said


def test_causes_are_said_too():
    exc = caught(wrapped)

    said = trace_of(exc)

    first, second = said.split("; caused by ")
    assert first.startswith("RuntimeError at ")
    assert second.endswith("parse_age")
    assert "Maria" not in said


def test_an_exception_that_was_never_raised_has_a_type_only():
    assert trace_of(ValueError("Maria")) == "ValueError"
