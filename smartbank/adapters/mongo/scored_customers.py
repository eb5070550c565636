"""New customers with what was predicted of them, in one transaction of MongoDB."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from smartbank.adapters.customer_documents import customer_document
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.customer_writer import CustomerWriter, stored_origin
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.predictions import prediction_of_lead
from smartbank.adapters.vault import Vault
from smartbank.core.lead_rows import LeadRow
from smartbank.core.moments import to_milliseconds


class MongoScoredCustomers:
    """Writes `customers` and `predictions`, and the notes of `customers`."""

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._writer = CustomerWriter(database, vault=vault)

    def add_new(
        self,
        customers: Sequence[LeadRow],
        predictions: Sequence[Mapping[str, Any]],
        *,
        source: Mapping[str, Any],
        saved_at: datetime,
    ) -> bool:
        at = to_milliseconds(saved_at)
        origin = stored_origin(source, at)
        documents = [{**customer_document(each), **origin} for each in customers]
        with storage_errors():
            return self._writer.add_new(documents, at, predictions=[prediction_of_lead(each) for each in predictions])
