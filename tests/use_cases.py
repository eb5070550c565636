"""Every use case that asks for a right, with a call that does it: the table the walks over roles go through."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pandas as pd

from smartbank import worker
from smartbank.bootstrap import export_ports, list_ports
from smartbank.core.customers import CustomerQuery
from smartbank.core.fields import CONSENT_COLUMNS
from smartbank.core.market.scenarios import Scenario
from smartbank.core.model_versions import TrainedModel
from smartbank.core.people import WORKER, Actor, Right, Role, User
from smartbank.core.programs import Program, ProgramKey
from smartbank.core.ranking import RankFilter
from smartbank.core.work import WorkKind
from smartbank.services import (
    consent,
    customers,
    demo,
    exporting,
    lifting,
    list_release,
    market_work,
    model_training,
    recent_uploads,
    removals,
    runs,
    uploads,
    works,
)
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.sign_in import token_hash
from tests.actors import ANA, EVERYBODY, put_user
from tests.markets import put_override
from tests.model_versions import CHALLENGER, CHAMPION, compared, promoted
from tests.providers import with_provider
from tests.services import memory_services
from tests.stubs import stub_leads, stub_model
from tests.world_lists import put_list, request

BEN = EVERYBODY[Role.MANAGER]
EVERYONE = runs.RunSource.of_query(CustomerQuery(), "all customers")
FILE = b"customer_id,age,job\nc1,30,student\nc2,abc,student\n"


class World:
    """A bank with customers, an upload that was read, a run and an export that are done, and one of each that waits."""

    def __init__(self):
        self.services = memory_services(configuration=with_provider())
        self.clock = datetime.now(UTC)
        leads = stub_leads([30, 60, 40]).assign(phone=[f"+44207946000{place}" for place in range(3)])
        self.services.customers.save_many(leads, source=DEMO_SOURCE, saved_at=self.clock)
        put_user(self.services.users, User("root", Role.ADMIN, "no hash", created_at=self.clock))
        put_user(self.services.users, User("gil", Role.AGENT, "no hash", created_at=self.clock))
        rights = frozenset({Right.SEE_LEADS, Right.SEE_CUSTOMER})
        self.services.programs.add(Program("crm", Role.MANAGER, rights, "shows leads", self.clock, "root"))
        self.services.programs.add_key(ProgramKey("0123456789ab", "crm", "no hash", self.clock, "root"))
        self.services.users.start_session(
            token_hash("gil's"),
            self.services.users.find("gil"),
            now=self.clock,
            expires_at=self.clock + timedelta(hours=1),
        )
        self.override = put_override(self.services.overrides, now=self.clock)
        self.services.scenarios.add(Scenario("Low rates", (1.0, 1.1, 2.0), "ana", self.clock))
        self.services.shelf.models[CHALLENGER] = stub_model(CHALLENGER)
        self.services.registry.add(TrainedModel(CHALLENGER, self.clock, "ada", 2_400, 240))
        self.services.registry.keep_comparison(compared())
        self.services.registry.promote(promoted(CHAMPION, before=CHALLENGER))
        self.done = {kind: self.queue(kind) for kind in (WorkKind.UPLOAD, WorkKind.RUN)}
        self.work()
        self.done[WorkKind.EXPORT] = self.queue(WorkKind.EXPORT)
        self.work()
        self.waiting = {kind: self.queue(kind, BEN) for kind in WorkKind}

    def work(self):
        while worker.run_once(self.services):
            pass

    def about(self, actor):
        self.clock += timedelta(seconds=1)
        return {"by": actor, "audit": self.services.audit, "now": self.clock}

    def queue(self, kind, actor=ANA):
        about = self.about(actor) | {"queue": self.services.queue}
        if kind is WorkKind.UPLOAD:
            return uploads.queue_upload([FILE], "a.csv", files=self.services.files, **about)
        if kind is WorkKind.RUN:
            return runs.queue_run(EVERYONE, market="snapshot", **about)
        if kind is WorkKind.EXPORT:
            run_id = self.done[WorkKind.RUN]
            return exporting.queue_workbook(
                run_id, RankFilter(), by=actor, ports=export_ports(self.services), now=self.clock
            )
        if kind is WorkKind.LIST:
            about = self.about(actor) | self.ports("users") | {"ports": list_ports(self.services)}
            wanted = request(self.done[WorkKind.RUN], name=f"List of {self.clock:%X}")
            return list_release.queue_release(wanted, **about)
        if kind is WorkKind.TRAINING:
            return model_training.queue_training(**about | {"by": WORKER})
        queue = market_work.queue_market_refresh if kind is WorkKind.MARKET else removals.queue_demo_removal
        return queue(**about)

    @cached_property
    def list_id(self):
        """The id of a list that is released, put there when somebody asks for it."""
        return put_list(self.services, self.done[WorkKind.RUN], now=self.clock)

    def ports(self, *names):
        return {name: getattr(self.services, name) for name in names}

    @property
    def store(self):
        manifest = SimpleNamespace(documents=0, schema_version=1, data_keys=(), audit_head=self.services.audit.head())
        return SimpleNamespace(
            write=lambda *_args, **_more: manifest,
            check=lambda _folder: manifest,
            contents=list,
            fill=lambda *_args, **_more: manifest,
            release=lambda _manifest: None,
        )


@dataclass(frozen=True)
class UseCase:
    """A use case, the right it asks for, a call that does it, and whether a refusal must be on record."""

    function: Callable[..., Any]
    right: Right
    call: Callable[[World, Actor], Any]
    is_audited: bool = True

    @property
    def name(self):
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__name__}"


def see(function, right, call):
    return UseCase(function, right, call, is_audited=False)


def recorded(before, after, *, is_program=False):
    """Return a call that records marks on a customer who has others, as on the page or as a program does it."""

    def call(world, actor):
        ports = world.ports("customers", "corrections")
        version = int(world.services.customers.load(["lead-1"])["customer_version"][0])
        world.services.corrections.record_consent(
            "lead-1", before, version=version, source={"kind": "edit"}, saved_at=world.clock
        )
        about = {"why": consent.Why.CUSTOMER_SAID_SO, **ports, **world.about(actor)}
        if is_program:
            return consent.record_marks("lead-1", after, erased=world.services.erased, **about)
        return consent.record_consent("lead-1", after, version=version + 1, **about)

    return call


def lift_marks(world, actor):
    """Lift the mark an upload set of a customer."""
    upload_id = world.done[WorkKind.UPLOAD]
    marks = pd.DataFrame({"customer_id": ["lead-1"], "do_not_call": [None], "objected": ["yes"], "consent": [None]})
    source = {"kind": "marks", "name": "a.csv", "marks_of": upload_id}
    world.services.customers.set_marks(marks, source=source, saved_at=world.clock)
    return lifting.queue_lifting(upload_id, **world.ports("marked", "queue"), **world.about(actor))


NO_MARK = dict.fromkeys(CONSENT_COLUMNS)
OBJECTED = NO_MARK | {"objected": "yes"}


def cancel(kind, right):
    return UseCase(
        works.cancel_work,
        right,
        lambda w, a: works.cancel_work(w.waiting[kind], queue=w.services.queue, **w.about(a)),
    )


def find(kind, right):
    return see(works.find_work, right, lambda w, a: works.find_work(w.waiting[kind], by=a, queue=w.services.queue))


LIFT = Right.LIFT_OBJECTION
RUN, UPLOAD, EXPORT, REMOVAL = WorkKind.RUN, WorkKind.UPLOAD, WorkKind.EXPORT, WorkKind.REMOVAL

LEADS = [
    see(runs.find_run, Right.SEE_LEADS, lambda w, a: runs.find_run(w.done[RUN], by=a, **w.ports("queue"))),
    see(runs.recent_runs, Right.SEE_LEADS, lambda w, a: runs.recent_runs(by=a, **w.ports("queue"))),
    see(runs.ranked_leads, Right.SEE_LEADS, lambda w, a: runs.ranked_leads(w.done[RUN], by=a, **w.ports("frames"))),
    see(
        works.unfinished_works,
        Right.SEE_LEADS,
        lambda w, a: works.unfinished_works(by=a, limit=5, **w.ports("queue")),
    ),
    find(RUN, Right.SEE_LEADS),
    find(REMOVAL, Right.SEE_LEADS),
    see(
        customers.select_customers,
        Right.SEE_LEADS,
        lambda w, a: customers.select_customers(
            CustomerQuery(), by=a, require_consent=False, **w.ports("customers", "frames")
        ),
    ),
    see(
        customers.search_customers,
        Right.SEE_CUSTOMER,
        lambda w, a: customers.search_customers("lead-1", by=a, **w.ports("customers")),
    ),
    see(
        customers.load_customers,
        Right.SEE_CUSTOMER,
        lambda w, a: customers.load_customers(
            ["lead-1"], by=a, require_consent=False, **w.ports("customers", "frames")
        ),
    ),
    see(
        customers.contact_details,
        Right.SEE_CUSTOMER,
        lambda w, a: customers.contact_details(["lead-1"], by=a, **w.ports("customers")),
    ),
]
BRINGING_IN = [
    UseCase(uploads.queue_upload, Right.BRING_IN, lambda w, a: w.queue(UPLOAD, a)),
    UseCase(
        uploads.queue_remapped,
        Right.BRING_IN,
        lambda w, a: uploads.queue_remapped(
            w.services.queue.find(w.done[UPLOAD]), {}, **w.ports("queue"), **w.about(a)
        ),
    ),
    see(
        uploads.find_upload, Right.BRING_IN, lambda w, a: uploads.find_upload(w.done[UPLOAD], by=a, **w.ports("queue"))
    ),
    see(
        uploads.rows_set_aside,
        Right.BRING_IN,
        lambda w, a: uploads.rows_set_aside(w.done[UPLOAD], by=a, **w.ports("frames")),
    ),
    UseCase(
        uploads.hand_out_rows_aside,
        Right.BRING_IN,
        lambda w, a: uploads.hand_out_rows_aside(w.done[UPLOAD], **w.ports("frames"), **w.about(a)),
    ),
    see(
        uploads.changed_fields,
        Right.BRING_IN,
        lambda w, a: uploads.changed_fields(w.done[UPLOAD], by=a, **w.ports("frames")),
    ),
    find(UPLOAD, Right.BRING_IN),
    cancel(UPLOAD, Right.BRING_IN),
    cancel(RUN, Right.BRING_IN),
    UseCase(runs.queue_run, Right.BRING_IN, lambda w, a: w.queue(RUN, a)),
    UseCase(
        demo.load_demo,
        Right.BRING_IN,
        lambda w, a: demo.load_demo(stub_leads([50]), **w.ports("customers", "queue"), **w.about(a)),
    ),
    UseCase(
        removals.queue_undo,
        Right.UNDO_UPLOAD,
        lambda w, a: removals.queue_undo(w.done[UPLOAD], **w.ports("queue"), **w.about(a)),
    ),
    see(
        recent_uploads.recent_uploads,
        Right.BRING_IN,
        lambda w, a: recent_uploads.recent_uploads(by=a, **w.ports("queue")),
    ),
    see(
        recent_uploads.effect_of_undoing,
        Right.UNDO_UPLOAD,
        lambda w, a: recent_uploads.effect_of_undoing(w.done[UPLOAD], by=a, **w.ports("corrections")),
    ),
    UseCase(removals.queue_demo_removal, Right.REMOVE_DEMO, lambda w, a: w.queue(REMOVAL, a)),
    cancel(REMOVAL, Right.UNDO_UPLOAD),
    see(lifting.uploads_that_marked, LIFT, lambda w, a: lifting.uploads_that_marked([], by=a, **w.ports("marked"))),
    see(lifting.effect_of_lifting, LIFT, lambda w, a: lifting.effect_of_lifting("", by=a, **w.ports("marked"))),
    UseCase(lifting.queue_lifting, Right.LIFT_OBJECTION, lift_marks),
]
CONSENT = [
    UseCase(consent.record_consent, Right.RECORD_CONSENT, recorded(NO_MARK, OBJECTED)),
    UseCase(consent.record_consent, Right.LIFT_OBJECTION, recorded(OBJECTED, NO_MARK)),
    UseCase(consent.record_marks, Right.RECORD_CONSENT, recorded(NO_MARK, OBJECTED, is_program=True)),
    UseCase(consent.record_marks, Right.LIFT_OBJECTION, recorded(OBJECTED, NO_MARK, is_program=True)),
]
