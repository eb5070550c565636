"""What the worker does to erase a customer: pass after pass over everything, until one finds nothing more."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from smartbank.core.erasure import anonymous_outcomes, naming_words
from smartbank.core.limits import ALL
from smartbank.core.outcomes import OutcomeStanding
from smartbank.core.ports import (
    AnswerRepository,
    CallListRepository,
    CustomerCorrections,
    CustomerRepository,
    ErasedCustomers,
    FileStore,
    FrameStore,
    NoteRepository,
    OutcomeRepository,
    PredictionRepository,
    SettingsRepository,
    TableReader,
    WorkQueue,
)
from smartbank.core.work import Progress, Work, WorkKind
from smartbank.errors import ConflictError
from smartbank.services.erasure_files import FilePorts, forget_exports_of, forget_uploads_of
from smartbank.services.erasure_traces import (
    lists_holding,
    runs_holding,
    take_out_of_lists,
    take_out_of_runs,
    take_out_of_work,
)
from smartbank.services.removal_plans import wait_for_older

Report = Callable[[Progress], None]

PATIENCE_S: Final = 900.0
"""How long an erasure waits for work under way: a large file is read or scored by then."""
MOST_PASSES: Final = 20
_ALL_OF_THEM: Final = timedelta(days=1)
_WAITED_FOR: Final = (WorkKind.RUN, WorkKind.UPLOAD, WorkKind.EXPORT, WorkKind.LIST, WorkKind.REMOVAL)


@dataclass(frozen=True)
class ErasurePorts:
    """What erasing a customer needs from the outside."""

    customers: CustomerRepository
    corrections: CustomerCorrections
    erased: ErasedCustomers
    queue: WorkQueue
    files: FileStore
    frames: FrameStore
    predictions: PredictionRepository
    outcomes: OutcomeRepository
    notes: NoteRepository
    lists: CallListRepository
    answers: AnswerRepository
    settings: SettingsRepository
    read_table: TableReader


def erase_customer(work: Work, report: Report, *, ports: ErasurePorts) -> dict[str, Any]:
    """Do a queued erasure, and return what came of it in counts, as far as this try met them.

    Work under way is waited for, and what is queued later waits for this; a pass that meets the customer anywhere is
    followed by another one. The customer goes last, so that whoever still has a list open finds them barred until
    then. Safe to repeat from any point: the pseudonyms are the same until the end.

    Raises
    ------
    ConflictError
        Other work with the customer does not end.
    """
    if "customer_id" not in work.request:  # a worker was lost after the end
        return dict(work.request["result"])
    customer_id = str(work.request["customer_id"])
    ports.erased.begin(customer_id, on=work.created_at.date())
    met = _passes(work.work_id, customer_id, report, ports)
    ports.erased.finish(customer_id)
    while ports.corrections.erase(customer_id):  # again: somebody may have saved a version in that moment
        report(Progress("Deleting the customer"))
    ports.notes.delete_of([customer_id])
    ports.answers.delete_before(datetime.now(UTC) + _ALL_OF_THEM)  # sealed: which of them name the customer is not told
    names = ("predictions", "outcomes", "lists", "runs", "notes", "uploads", "files", "works")
    result = {"erased": 1} | {name: met[name] for name in names}
    done = {name: value for name, value in work.request.items() if name != "customer_id"}
    ports.queue.rewrite(work.work_id, done | {"result": result})  # last: what breaks off before it is done again
    return result


def _passes(work_id: str, customer_id: str, report: Report, ports: ErasurePorts) -> Counter[str]:
    met: Counter[str] = Counter()
    files = FilePorts(ports.queue, ports.files, ports.frames, ports.read_table)
    for _ in range(MOST_PASSES):
        wait_for_older(
            work_id, report, queue=ports.queue, kinds=_WAITED_FOR, what="piece of work", patience_s=PATIENCE_S
        )
        found = _one_pass(work_id, customer_id, files, report, ports)
        met += found
        if not found.total():
            return met
    raise ConflictError("Others go on working with this customer all the time. Start the erasure again in a minute.")


def _one_pass(work_id: str, customer_id: str, files: FilePorts, report: Report, ports: ErasurePorts) -> Counter[str]:
    """Return of how many things the customer was taken out; nothing when none held them any more."""
    salt = ports.erased.salt(customer_id)
    report(Progress("Looking for the customer"))
    lists = lists_holding(customer_id, lists=ports.lists, frames=ports.frames)
    runs = runs_holding(customer_id, queue=ports.queue, frames=ports.frames)
    ranked = {str(row["run_id"]) for row in ports.predictions.history(customer_id, limit=ALL)}
    report(Progress("Looking through files"))  # first: from what is taken out next they could not be told any more
    n_files = forget_exports_of({*runs, *ranked}, lists, ports=files)
    n_uploads = forget_uploads_of(customer_id, ports=files)
    report(Progress("Taking the person out of figures"))
    take_out_of_lists(customer_id, lists, salt=salt, frames=ports.frames)
    claimed = ports.lists.forget_customer(customer_id)
    take_out_of_runs(customer_id, runs, frames=ports.frames)
    n_works = take_out_of_work(_words(customer_id, ports), but=work_id, queue=ports.queue, frames=ports.frames)
    n_notes = len(ports.notes.of_customer(customer_id))
    ports.notes.delete_of([customer_id])
    return Counter(
        lists=len(lists),
        claims=int(claimed),
        runs=len(runs),
        files=n_files,
        uploads=n_uploads,
        works=n_works,
        notes=n_notes,
        outcomes=_forget_outcomes(customer_id, salt, ports),
        predictions=ports.predictions.forget_customer(customer_id, salt=salt),
    )


def _forget_outcomes(customer_id: str, salt: str, ports: ErasurePorts) -> int:
    kept = ports.outcomes.every_version(customer_id)
    counting = [each.outcome for each in kept if each.standing is OutcomeStanding.COUNTS]
    zone = ports.settings.current().time_zone
    instead = anonymous_outcomes(counting, salt=salt, time_zone=zone)
    return ports.outcomes.forget_customer(customer_id, instead=instead) if kept else 0


def _words(customer_id: str, ports: ErasurePorts) -> list[str]:
    return naming_words(customer_id, ports.customers.contact_details([customer_id]))
