"""Turn what pymongo raises into `StorageError`, once, without a word of what was being written."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from bson.errors import BSONError
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    DuplicateKeyError,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    WriteError,
)

from smartbank.errors import StorageError

DUPLICATE_KEY: Final = 11000
NO_TRANSACTIONS: Final = 20
"""What a server that is no member of a replica set says of a transaction."""
_SIGN_IN_CODES: Final = (18, 8000)
_NOT_ALLOWED_CODE: Final = 13
_NO_ANSWER: Final = "The database does not answer. Check that it is running and reachable, then try again."
_SIGN_IN: Final = "The database refused SmartBank's user. Check user and password in SMARTBANK_MONGODB_URI."
_NOT_ALLOWED: Final = (
    "The database does not let SmartBank do this. Check that SMARTBANK_MONGODB_URI names a user who may read and write "
    "the database."
)
_ADDRESS: Final = "The database address cannot be used. Check SMARTBANK_MONGODB_URI."
_CERTIFICATES: Final = (
    "A file of certificates in SMARTBANK_MONGODB_URI is missing or cannot be read. Check that it is there, and that "
    "SmartBank's user may read it."
)
_VALUE: Final = (
    "A value cannot be stored in the database, so nothing more was saved. Check the data for broken characters."
)


def is_duplicate(error: OperationFailure) -> bool:
    """Whether a write was refused for a key that is there already, and for nothing else."""
    faults = (error.details or {}).get("writeErrors") or [{"code": error.code}]
    return all(fault.get("code") == DUPLICATE_KEY for fault in faults)


@contextmanager
def address_errors() -> Generator[None]:
    """Raise `StorageError` for an address of a database that cannot be read; the driver's texts may repeat it."""
    try:
        yield
    except (ConfigurationError, InvalidURI, ValueError):
        raise StorageError(_ADDRESS) from None
    except OSError:  # the driver opens the files an address names
        raise StorageError(_CERTIFICATES) from None


@contextmanager
def storage_errors() -> Generator[None]:
    """Raise `StorageError` for whatever the database or its driver raises inside.

    The driver's texts of refused writes repeat the documents, so those are not chained: they would reach the log.
    """
    try:
        yield
    except (BulkWriteError, WriteError, DuplicateKeyError) as exc:
        raise StorageError(_refused(exc)) from None
    except ConnectionFailure as exc:
        raise StorageError(_NO_ANSWER) from exc
    except (ConfigurationError, InvalidURI) as exc:
        raise StorageError(_ADDRESS) from exc
    except OperationFailure as exc:
        raise StorageError(_refused(exc)) from exc
    except (BSONError, UnicodeError, OverflowError):
        raise StorageError(_VALUE) from None
    except PyMongoError as exc:
        raise StorageError(_NO_ANSWER) from exc


def _refused(error: OperationFailure) -> str:
    if error.code in _SIGN_IN_CODES:
        return _SIGN_IN
    if error.code == _NOT_ALLOWED_CODE:
        return _NOT_ALLOWED
    codes = {fault.get("code") for fault in (error.details or {}).get("writeErrors", [])} or {error.code}
    named = ", ".join(str(code) for code in sorted(codes, key=str))
    return (
        f"The database refused the operation (code {named}). "
        "Check that its disk is not full and that its user may write, then try again."
    )
