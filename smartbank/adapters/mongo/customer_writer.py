"""Write customers: new ones are added, changed ones replaced, each on the version that was looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pymongo import ReplaceOne
from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure

from smartbank.adapters.customer_changes import (
    COMPARED,
    REPLACED_AT,
    is_same,
    lacks_marks,
    merged_with,
    origin_of,
    phone_since,
    with_more_marks,
)
from smartbank.adapters.customer_documents import sealed_document
from smartbank.adapters.mongo.barred_customers import BarredCustomers
from smartbank.adapters.mongo.bulk import IN_AT_MOST, found_by_id, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.counter import Counter
from smartbank.adapters.mongo.errors import NO_TRANSACTIONS, is_duplicate
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.consent import Consent
from smartbank.core.customers import SaveCounts
from smartbank.errors import StorageError

Document = dict[str, Any]

_ROUNDS: Final = 5
_BUSY: Final = "Others are changing the same customers right now. Try again in a minute."


@dataclass(frozen=True)
class Saved:
    """What saving some customers did: counts, and those that were written, in clear."""

    counts: SaveCounts = field(default_factory=SaveCounts)
    written: Sequence[Document] = ()

    def __add__(self, other: "Saved") -> "Saved":
        return Saved(self.counts + other.counts, [*self.written, *other.written])


class CustomerWriter:
    """Writes `customers` and `customer_versions`, and what others go by: how many there are, and that they changed.

    With new customers it may write predictions made of them.

    Its methods raise what the database raises, and `StorageError` where others change the same customers all the time.
    """

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._vault = vault
        self._client = database.client
        self._customers = database["customers"]
        self._versions = database["customer_versions"]
        self._predictions = database["predictions"]
        self._counters = database["counters"]
        self._counter = Counter(database, "customers")
        self._barred = BarredCustomers(database)

    def save(
        self,
        documents: list[Document],
        saved_at: datetime,
        *,
        known: dict[str, Document] | None = None,
        are_new: bool = False,
    ) -> Saved:
        """Save customers, at most a thousand, each once.

        Parameters
        ----------
        known : dict or None
            At least `COMPARED` of each that is stored; None has them looked up.
        are_new : bool
            Whether they are probably not stored: they are looked up only where one of them is.
        """
        with self._vault.writing():
            if len(documents) > IN_AT_MOST:
                return self._save_noted(documents, saved_at, known)
            saved, pending = self._save_few(documents, saved_at, are_new=are_new)
            return saved + self._save_noted(pending, saved_at, None) if pending else saved

    def add_new(self, documents: list[Document], saved_at: datetime, *, predictions: Sequence[Document]) -> bool:
        """Add new customers, a few, and predictions of them at once; False, and nothing is there, where it is refused.

        It is where one of the customers is stored, and on a database without transactions.
        """
        with self._vault.writing():
            return bool(self._add_with_notes(documents, saved_at, predictions=predictions))

    def mark(self, wanted: Mapping[str, Consent], origin: Mapping[str, Any]) -> int:
        """Set marks of a few customers, each on the version that is stored when it is written; return of how many."""
        with self._vault.writing(), self._barred.changing():
            n_marked = 0
            for _ in range(_ROUNDS):
                found = found_by_id(self._customers, list(wanted))
                lacking = [old for old in found if lacks_marks(old, wanted[old["_id"]])]
                if not lacking:
                    return n_marked
                insert_new(self._versions, [version_of(old, origin["updated_at"]) for old in lacking])
                marked = [with_more_marks(old, wanted[old["_id"]], origin=origin, vault=self._vault) for old in lacking]
                n_marked += self._customers.bulk_write(list(map(self._next, marked)), ordered=False).matched_count
        raise StorageError(_BUSY)

    def all_known(self) -> dict[str, Document]:
        """Return `COMPARED` of every stored customer, by id."""
        return {row["_id"]: row for row in self._customers.find({}, COMPARED)}

    def _save_few(
        self, documents: list[Document], saved_at: datetime, *, are_new: bool
    ) -> tuple[Saved, list[Document]]:
        """Save what can be saved without a note of being at work, and return what is left.

        New customers come in together with their notes. Changed ones whose marks come to the same bar nobody.
        """
        ids = [document["_id"] for document in documents]
        stored = {} if are_new else {row["_id"]: row for row in found_by_id(self._customers, ids)}
        new = [each for each in documents if each["_id"] not in stored]
        known = [each for each in documents if each["_id"] in stored]
        if any(self._bars_another(stored[each["_id"]], each) for each in known):
            return Saved(), documents
        added = self._add_with_notes(new, saved_at) if new else []
        replaced, lost = self._replace(known, stored)
        saved = Saved(SaveCounts(added=len(added)), added) + replaced
        return saved, lost + (new if len(added) < len(new) else [])

    def _add_with_notes(
        self, documents: list[Document], saved_at: datetime, *, predictions: Sequence[Document] = ()
    ) -> list[Document]:
        """Add new customers, count them and say that something changed, in one transaction; return them in clear.

        Nobody is added, and none returned, where one of them is there already, and on a database without transactions.
        """
        fresh = [_first(document, saved_at) for document in documents]
        sealed = [sealed_document(document, vault=self._vault) for document in fresh]
        notes = [self._counter.adding(len(fresh), at=saved_at), self._barred.changed(at=saved_at)]

        def write(session: ClientSession) -> None:
            self._customers.insert_many(sealed, session=session)
            if predictions:
                self._predictions.insert_many(predictions, session=session)
            self._counters.bulk_write(notes, ordered=False, session=session)  # last: others wait for these

        try:
            with self._client.start_session() as session:
                session.with_transaction(write)
        except OperationFailure as exc:
            if is_duplicate(exc) or exc.code == NO_TRANSACTIONS:
                return []
            raise
        return fresh

    def _save_noted(self, documents: list[Document], saved_at: datetime, known: dict[str, Document] | None) -> Saved:
        """Save customers under a note of being at work; those somebody changed in between are looked at again."""
        with self._counter.writing() as added, self._barred.changing():
            saved, pending = Saved(), documents
            stored = self._probably_known(documents) if known is None else known
            for _ in range(_ROUNDS):
                new = [each for each in pending if each["_id"] not in stored]
                fresh, refused = self._insert(new, saved_at)
                replaced, lost = self._replace([each for each in pending if each["_id"] in stored], stored)
                saved += Saved(SaveCounts(added=len(fresh)), fresh) + replaced
                added.append(len(fresh))
                again = {document["_id"] for document in [*refused, *lost]}
                pending = [document for document in pending if document["_id"] in again]
                if not pending:
                    return saved
                stored = self._known(pending)
        raise StorageError(_BUSY)

    def _insert(self, documents: list[Document], saved_at: datetime) -> tuple[list[Document], list[Document]]:
        """Add customers; return those added, in clear, and those that somebody else had added, as they came."""
        fresh = [_first(document, saved_at) for document in documents]
        sealed = [sealed_document(document, vault=self._vault) for document in fresh]
        refused = {document["_id"] for document in insert_new(self._customers, sealed)}
        return (
            [document for document in fresh if document["_id"] not in refused],
            [document for document in documents if document["_id"] in refused],
        )

    def _replace(self, documents: list[Document], stored: Mapping[str, Document]) -> tuple[Saved, list[Document]]:
        """Keep the stored version of those that changed, then replace it; return also whom somebody else changed.

        A crash in between leaves a kept version of a customer that has not changed yet: the repeated save keeps
        it once and goes on.
        """
        changed = [each for each in documents if not self._is_same(stored[each["_id"]], each)]
        unchanged = Saved(SaveCounts(unchanged=len(documents) - len(changed)))
        if not changed:
            return unchanged, []
        ids = [each["_id"] for each in changed]
        old = self._whole(ids, stored)
        there = [each for each in changed if each["_id"] in old]
        insert_new(self._versions, [version_of(old[each["_id"]], each["updated_at"]) for each in there])
        next_ones = [_successor(old[each["_id"]], each, vault=self._vault) for each in there]
        done = self._customers.bulk_write(list(map(self._next, next_ones)), ordered=False) if there else None
        if done is not None and done.matched_count == len(changed):
            return unchanged + Saved(SaveCounts(changed=len(changed)), next_ones), []
        now = {row["_id"]: row for row in found_by_id(self._customers, ids, {**COMPARED, "version": 1})}
        written = [each for each in next_ones if self._is_stored(now.get(each["_id"]), each)]
        mine = {each["_id"] for each in written}
        lost = [each for each in changed if each["_id"] not in mine]
        return unchanged + Saved(SaveCounts(changed=len(written)), written), lost

    def _whole(self, ids: list[str], stored: Mapping[str, Document]) -> Mapping[str, Document]:
        """Return stored customers with all that is kept of them: as they were looked at, if they were so."""
        if all("version" in stored[each] for each in ids):
            return stored
        return {row["_id"]: row for row in found_by_id(self._customers, ids)}

    def _known(self, documents: list[Document]) -> dict[str, Document]:
        ids = [document["_id"] for document in documents]
        return {row["_id"]: row for row in found_by_id(self._customers, ids, COMPARED)}

    def _probably_known(self, documents: list[Document]) -> dict[str, Document]:
        """Return what is stored; nothing if the first customers are all new, since a refused insert is cheap."""
        first, rest = documents[:IN_AT_MOST], documents[IN_AT_MOST:]
        known = self._known(first)
        return known | self._known(rest) if known else {}

    def _is_same(self, old: Document, new: Document) -> bool:
        return is_same(old, merged_with(old, new), vault=self._vault)

    def _is_stored(self, now: Document | None, written: Document) -> bool:
        return now is not None and now["version"] == written["version"] and self._is_same(now, written)

    def _bars_another(self, old: Document, new: Document) -> bool:
        return bool(merged_with(old, new)["consent_state"] != old["consent_state"])

    def _next(self, document: Document) -> ReplaceOne[Document]:
        before = {"_id": document["_id"], "version": document["version"] - 1}
        return ReplaceOne(before, sealed_document(document, vault=self._vault))


def stored_origin(source: Mapping[str, Any], at: datetime) -> Document:
    """Return where and when a customer is said to have come from, as it is stored with them."""
    return {"schema_version": SCHEMA_VERSION, **origin_of(source, at)}


def version_of(old: Document, at: datetime) -> Document:
    """Return a stored customer as it is kept once it is replaced, with the moment it is."""
    content = {name: value for name, value in old.items() if name not in ("_id", "name_tokens")}
    return {"customer_id": old["_id"], **content, REPLACED_AT: at}


def _first(document: Document, saved_at: datetime) -> Document:
    return {**merged_with(None, document), "version": 1, "created_at": saved_at, "phone_since": document["updated_at"]}


def _successor(old: Document, new: Document, *, vault: Vault) -> Document:
    """Merge what was brought with what is stored now: a mark set or lifted since it was compared counts."""
    kept = {"version": old["version"] + 1, "created_at": old["created_at"]}
    return {**merged_with(old, new), **kept, "phone_since": phone_since(old, new, vault=vault)}
