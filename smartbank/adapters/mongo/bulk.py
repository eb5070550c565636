"""Write many documents at once."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from smartbank.adapters.mongo.errors import DUPLICATE_KEY

Item = TypeVar("Item")

IN_AT_MOST: Final = 100
"""Ids of one query: the embedded server takes quadratic time for more."""


def batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def found_by_id(
    collection: Collection[dict[str, Any]], ids: Sequence[str], shown: Mapping[str, int] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the documents of some ids, whole or the fields that are shown."""
    for batch in batches(ids, IN_AT_MOST):
        yield from collection.find({"_id": {"$in": batch}}, dict(shown) if shown else None)


def insert_new(collection: Collection[dict[str, Any]], documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Insert documents and return those whose key was there already, which stay as they were.

    Raises
    ------
    BulkWriteError
        A document was refused for another reason.
    """
    if not documents:
        return []
    try:
        collection.insert_many(documents, ordered=False)
    except BulkWriteError as exc:
        faults = exc.details["writeErrors"]
        if exc.details["writeConcernErrors"] or any(fault["code"] != DUPLICATE_KEY for fault in faults):
            raise
        return [documents[fault["index"]] for fault in faults]
    return []
