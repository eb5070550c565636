"""A database with something of everything, exported and imported."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from smartbank.adapters import mongo
from smartbank.adapters.mongo import dump
from smartbank.adapters.mongo.schema import INDEXES
from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.backups import LEFT_OUT
from smartbank.core.bank_settings import BankSettings
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.overrides import Override
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT
from smartbank.core.people import COMMAND_LINE, Right, Role, User
from smartbank.core.programs import Program, ProgramKey
from smartbank.core.tokens import SigningKey
from smartbank.core.work import Work, WorkKind
from smartbank.services.backups import export_data, import_data
from tests.actors import put_user
from tests.contract.test_customers import leads
from tests.database import VAULT
from tests.markets import observed

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MADE_AT = datetime(2026, 6, 2, 3, tzinfo=UTC)


def three(age):
    return leads(customer_id=["c0", "c1", "c2"], name=["Ana Silva", "Rui Costa", None], age=[age] * 3)


def fill(database):
    """Customers with versions, a run with ranked leads and predictions, a file, a user, settings, an audit log."""
    repository = mongo.MongoCustomerRepository(database, vault=VAULT)
    repository.save_many(three(30), source={"kind": "upload", "name": "a.csv"}, saved_at=NOW)
    repository.save_many(three(50), source={"kind": "upload", "name": "b.csv"}, saved_at=NOW)
    mongo.MongoWorkQueue(database, vault=VAULT).add(Work("r1", WorkKind.RUN, "ana", NOW, {"market": "snapshot"}))
    frame = pd.DataFrame({"customer_id": ["c0", "c1"], "propensity": [0.25, np.nextafter(0.1, 1)]})
    mongo.MongoFrameStore(database, vault=VAULT, chunk_bytes=200).append("run:r1", 0, frame)
    mongo.MongoPredictionRepository(database).save_many(
        [{"run_id": "r1", "rank": 1, "customer_id": "c0", "propensity": 0.25, "scored_at": NOW}]
    )
    mongo.MongoFileStore(database, vault=VAULT).save("f1", [b"PK", b"\x00" * 1_000])
    users = mongo.MongoUserRepository(database)
    ana = User("ana", Role.ADMIN, "hash", NOW)
    put_user(users, ana)
    users.start_session("token", ana, now=NOW, expires_at=NOW)
    fill_programs(database)
    mongo.MongoSettingsRepository(database).save(BankSettings(base_rate=0.03), by="ana", at=NOW)
    fill_market(database)
    for name in ("ana", "rui"):
        said = AuditEvent(NOW, name, "command line", AuditAction.RUN, "run", "r1", AuditResult.DONE, {"leads": 2})
        mongo.MongoAuditLog(database).append(said)


def fill_programs(database):
    """A program with a key, and a key that signs tokens."""
    programs = mongo.MongoProgramRepository(database)
    programs.add(Program("crm", Role.MANAGER, frozenset({Right.SEE_LEADS}), "shows leads", NOW, "ana"))
    programs.add_key(ProgramKey("0123456789ab", "crm", "f" * 64, NOW, "ana"))
    mongo.MongoTokenKeyRepository(database, vault=VAULT).add(SigningKey("k1", NOW, b"k" * 32))


def fill_market(database):
    """An observation, a market in force, a figure set by hand, and a refresh that waits."""
    mongo.MongoObservationRepository(database).record_many([observed(Indicator.EURIBOR, 2.6, "2026-09")])
    mongo.MongoSnapshotRepository(database).keep(BUNDLED_SNAPSHOT, now=NOW)
    by_hand = Override("o1", Indicator.CPI, 2.9, "the source is late", "ana", NOW, MADE_AT)
    mongo.MongoOverrideRepository(database).add(by_hand)
    asked = {"indicators": ["euribor3m"], "forced": True}
    mongo.MongoWorkQueue(database, vault=VAULT).add(Work("m1", WorkKind.MARKET, "ana", NOW, asked))


def ports(database):
    return {"store": mongo.MongoDataStore(database), "audit": mongo.MongoAuditLog(database)}


def export_from(database, folder, **instead):
    return export_data(folder, **({"by": COMMAND_LINE, "now": MADE_AT} | ports(database) | instead))


def import_into(database, folder, **instead):
    return import_data(
        folder, **({"known_keys": VAULT.key_ids(), "by": COMMAND_LINE, "now": MADE_AT} | ports(database) | instead)
    )


def everything(database):
    """Every document as the bytes it is, without the entries that exports and imports add themselves."""
    raw = {name: database[name].with_options(codec_options=dump.RAW) for name in INDEXES if name not in LEFT_OUT}
    found = {name: sorted(document.raw for document in collection.find()) for name, collection in raw.items()}
    found["audit_log"] = [each for each in found["audit_log"] if b"_data\x00" not in each]
    found["counters"] = [each for each in found["counters"] if b"audit_log\x00" not in each]
    return found
