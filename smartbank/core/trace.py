"""Say where an exception came from without what it says: messages of libraries can quote a customer's data."""

import traceback
from pathlib import PurePath
from typing import Final

EXCEPTION: Final = "exception"
"""What the log calls the field that says where an exception came from."""


def trace_of(exc: BaseException) -> str:
    """Return the types and places of an exception and of its causes, innermost place last, without any message."""
    chain: list[BaseException] = [exc]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    return "; caused by ".join(_one(link) for link in chain)


def traced(exc: BaseException) -> dict[str, str]:
    """Return where an exception came from as `extra=` of a line of the log."""
    return {EXCEPTION: trace_of(exc)}


def _one(exc: BaseException) -> str:
    places = [
        f"{'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(exc.__traceback__)
    ]
    return f"{type(exc).__qualname__} at {' > '.join(places)}" if places else type(exc).__qualname__
