"""A database as SmartBank 0.1.0 left it: copied from what that version wrote, in clear."""

from datetime import UTC, datetime

import pandas as pd
from bson import ObjectId

from smartbank.adapters.arrow_frames import frame_chunks
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.migrations.step_1_2 import INDEXES_BELOW
from smartbank.adapters.mongo.schema import INDEXES, make_indexes

MAY_1, MAY_2 = datetime(2026, 5, 1, 9, tzinfo=UTC), datetime(2026, 5, 2, 9, tzinfo=UTC)
UNCALLED = {"contact": None, "attempt": None, "previous": None, "poutcome": None, "days_since_contact": None}
RANKED = pd.DataFrame({"rank": [1, 2], "customer_id": ["c1", "c2"]})
DOCUMENTS = {
    "counters": [
        {"_id": "customers", "at": MAY_2, "value": 2, "writers": 0},
        {"_id": "recent:uploads", "ids": ["u1"]},
        {"_id": "recent:scoring_runs", "ids": ["r1"]},
    ],
    "customers": [
        {
            "_id": "c1",
            "contact_details": {"name": "Ana Sá", "phone": "+442079460001"},
            "personal_info": {"age": 31, "job": None, "marital": None, "education": None},
            "financial_info": {"default": None, "housing": True, "loan": None},
            "campaign_info": UNCALLED,
            "hash": "0c95c4128991feaf",
            "name_tokens": ["442079460001", "ana", "sa"],
            "schema_version": 1,
            "source": {"kind": "upload", "name": "b.csv"},
            "synthetic": False,
            "updated_at": MAY_2,
            "version": 2,
            "created_at": MAY_1,
        },
        {
            "_id": "c2",
            "contact_details": {"name": None, "phone": None},
            "personal_info": {"age": 41.5, "job": None, "marital": None, "education": None},
            "financial_info": {"default": None, "housing": None, "loan": None},
            "campaign_info": UNCALLED,
            "hash": "7d5136d62f573e52",
            "name_tokens": [],
            "schema_version": 1,
            "source": {"kind": "upload", "name": "a.csv"},
            "synthetic": False,
            "updated_at": MAY_1,
            "version": 1,
            "created_at": MAY_1,
        },
    ],
    "customer_versions": [
        {
            "_id": ObjectId("6b033f0c03ef1c6a4e7b2203"),
            "customer_id": "c1",
            "contact_details": {"name": "Ana Sá", "phone": "+442079460001"},
            "personal_info": {"age": 30, "job": None, "marital": None, "education": None},
            "financial_info": {"default": None, "housing": True, "loan": None},
            "campaign_info": UNCALLED,
            "hash": "ec16a8b39b6171cf",
            "schema_version": 1,
            "source": {"kind": "upload", "name": "a.csv"},
            "synthetic": False,
            "updated_at": MAY_1,
            "version": 1,
            "created_at": MAY_1,
        },
    ],
    "uploads": [
        {
            "_id": "u1",
            "created_by": "ana",
            "created_at": MAY_1,
            "request": {"file_id": "f1", "filename": "b.csv"},
            "state": "done",
            "progress": {"step": "Waiting for the worker", "done": 0, "total": 0},
            "result": {"rows": 2, "share": 0.5},
            "error": "",
            "finished_at": MAY_1,
            "restarts": 0,
            "schema_version": 1,
            "worker": None,
            "lease_until": None,
        },
    ],
    "scoring_runs": [
        {
            "_id": "r1",
            "created_by": "ana",
            "created_at": MAY_1,
            "request": {"source": {"kind": "upload", "name": "b.csv", "upload_id": "u1"}, "market": "snapshot"},
            "state": "queued",
            "progress": {"step": "Waiting for the worker", "done": 0, "total": 0},
            "result": {},
            "error": "",
            "finished_at": None,
            "restarts": -1,
            "schema_version": 1,
        },
    ],
    "files": [{"_id": "f1", "chunks": ["fc1"], "size": 22, "saved_at": MAY_1, "complete": True, "schema_version": 1}],
    "file_chunks": [{"_id": "fc1", "owner": "f1", "data": b"customer_id,age\nc1,31\n", "schema_version": 1}],
    "run_frames": [
        {"_id": "run:r1:00000000", "owner": "run:r1", "part": 0, "rows": 2, "chunks": ["rc1"], "schema_version": 1}
    ],
    "run_frame_chunks": [
        {"_id": "rc1", "owner": "run:r1", "data": next(iter(frame_chunks(RANKED, 8_000_000))), "schema_version": 1}
    ],
    "predictions": [
        {
            "_id": "r1:1",
            "run_id": "r1",
            "rank": 1,
            "customer_id": "c1",
            "propensity": 0.25,
            "scored_at": MAY_1,
            "schema_version": 1,
        }
    ],
    "sessions": [
        {"_id": "t", "username": "ana", "expires_at": MAY_2, "schema_version": 1, "started_at": MAY_1},
    ],
    "settings": [
        {
            "_id": "scoring_rules:1",
            "kind": "scoring_rules",
            "saved_by": "ana",
            "saved_at": MAY_1,
            "version": 1,
            "base_rate": 0.03,
            "base_rate_source": "Portugal 2008-10",
            "band_multiples": [3.0, 1.5, 0.75],
            "cost_of_call": 8.0,
            "value_of_sale": 80.0,
            "currency": "EUR",
            "schema_version": 1,
        },
    ],
    "users": [
        {
            "_id": "ana",
            "role": "admin",
            "password_hash": "hash",
            "created_at": MAY_1,
            "disabled": False,
            "must_change_password": False,
            "schema_version": 1,
        },
    ],
    "schema": [{"_id": "schema", "version": 1, "state": "ready", "token": "old", "at": MAY_1}],
}


def make(database: MongoDatabase) -> None:
    """Put that database into an empty one, with the indexes it had."""
    for name in {*DOCUMENTS, "exports", "tickets", "sign_in_failures"} - {"schema"}:
        database.create_collection(name)
        make_indexes(database, name, indexes=INDEXES_BELOW.get(name, INDEXES[name]))
    for name, documents in DOCUMENTS.items():
        database[name].insert_many([dict(document) for document in documents])
