"""The log of a process: lines of words or of JSON on standard error, with who and what for, and nothing of customers.

Of an exception only the places are written, whoever logs it: messages of libraries can quote a customer's row.
"""

import logging
import sys
import threading
from types import TracebackType
from typing import Any, Final

from prometheus_client import Counter
from pythonjsonlogger.json import JsonFormatter

from smartbank.core.log_context import log_fields
from smartbank.core.trace import EXCEPTION, trace_of

FIELDS: Final = (
    "time",
    "level",
    "logger",
    "message",
    "role",
    "pid",
    "request_id",
    "by",
    "work_id",
    "work_kind",
    "job",
    "method",
    "route",
    "status",
    "seconds",
    EXCEPTION,
)
"""Everything a line of JSON may hold; what a library adds beside it is left out."""
_KNOWN_TO_LOGGING: Final = {"levelname": "level", "name": "logger", "process": "pid", "exc_info": EXCEPTION}
_OWN: Final = ("request_id", "by", "work_id", "work_kind", "job")
LINES: Final = Counter("smartbank_log_lines", "Lines written into the log.", ("level",))
_SERVERS: Final = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")

logger = logging.getLogger(__name__)


class WordLines(logging.Formatter):
    """A line of words a record, however many it was given."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, logger and message; behind it where an exception came from, and what is known."""
        said = " ".join(record.getMessage().split())
        if where := _exception_of(record):
            said = f"{said.removesuffix('.')}: {where}"
        known = ", ".join(f"{name}={value}" for name in _OWN if (value := getattr(record, name, "")))
        return f"{self.formatTime(record)} {record.levelname} {record.name}: {said}{f' [{known}]' if known else ''}"


class JsonLines(JsonFormatter):
    """A JSON object a record, with `FIELDS` and no others."""

    def __init__(self, role: str) -> None:
        super().__init__(
            ["levelname", "name", "message", "process"],
            rename_fields=_KNOWN_TO_LOGGING,
            static_fields={"role": role},
            timestamp="time",
            json_ensure_ascii=False,
        )

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802  the name and types of the library
        """Return where an exception came from."""
        return trace_of(ei[1]) if ei[1] is not None else ""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Keep what is known, in one order."""
        return {name: log_data[name] for name in FIELDS if log_data.get(name) not in (None, "")}


def start_log(role: str, *, as_json: bool, level: str) -> None:
    """Have everything this process logs written to standard error in one way: ours, the web server's and the warnings.

    Of libraries only warnings are written, whatever the level: below, they log requests and documents whole.

    Parameters
    ----------
    role : str
        What the process is: `web`, `api`, `worker`, `serve`, `setup`, or `command` for any other.
    level : str
        From which level on lines are written, `debug` to `error`.
    """
    root, lowest = logging.getLogger(), logging.getLevelNamesMapping()[level.upper()]
    root.handlers = [_handler(role, as_json=as_json, lowest=lowest)]
    root.setLevel(logging.WARNING)
    logging.getLogger("smartbank").setLevel(lowest)
    for name in _SERVERS:  # uvicorn gave them handlers of its own, if it was started by its own command
        server = logging.getLogger(name)
        server.handlers, server.propagate = [], True
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a line that cannot be written is not shown with the exception it was about
    sys.excepthook = _log_end
    threading.excepthook = _log_end_of_thread


def writes_json() -> bool:
    """Whether this process writes lines of JSON."""
    return any(isinstance(handler.formatter, JsonLines) for handler in logging.getLogger().handlers)


def _handler(role: str, *, as_json: bool, lowest: int) -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setLevel(lowest)
    handler.setFormatter(JsonLines(role) if as_json else WordLines())
    handler.addFilter(_add_fields)
    return handler


def _add_fields(record: logging.LogRecord) -> bool:
    LINES.labels(record.levelname.lower()).inc()
    for name, value in log_fields().items():
        setattr(record, name, value)
    return True


def _exception_of(record: logging.LogRecord) -> str:
    if record.exc_info and record.exc_info[1] is not None:
        return trace_of(record.exc_info[1])
    return str(getattr(record, EXCEPTION, ""))


def _log_end(kind: type[BaseException], exc: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, exc, where)
    else:
        logger.critical("The process ended.", exc_info=exc)


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        name = ended.thread.name if ended.thread is not None else "unknown"
        logger.critical("The thread %s ended.", name, exc_info=ended.exc_value)
