"""Use cases on the files of a released list, for the walks over roles."""

from smartbank.bootstrap import list_export_ports, list_ports, outcome_upload_ports
from smartbank.core.call_lists import CallList, ListRequest
from smartbank.core.capacity import Capacity
from smartbank.core.hold_out import HoldOut
from smartbank.core.people import Right
from smartbank.core.work import Work, WorkKind
from smartbank.services import list_downloads, list_exporting, manifests, outcome_upload
from smartbank.services.list_release import release_list
from tests.actors import ANA
from tests.use_cases import RUN, UseCase, see

LIST_CONTROLS = dict.fromkeys(("list_csv", "list_manifest", "list_xlsx"), Right.EXPORT) | dict.fromkeys(
    ("outcome_file_0", "outcome_template"), Right.RELEASE_LISTS
)
"""What the page of a running list shows of its files, for the walk over pages."""
RESULTS = b"customer id,outcome,time of call\r\nlead-1,sale,2026-01-01 10:00\r\n"


def released(world):
    """Return the id of a list of the world, which is released without a word in the audit log."""
    if not hasattr(world, "released_list"):
        request = ListRequest(world.done[RUN], "Monday", Capacity(1, 0.2, 6.0), "seed", hold_out=HoldOut(0, 0))
        services, list_id = world.services, "released-1"
        services.lists.begin(CallList(list_id, request, ANA.username, world.clock))
        work = Work(list_id, WorkKind.LIST, ANA.username, world.clock, {"list_id": list_id})
        release_list(work, lambda _: None, ports=list_ports(services))
        world.released_list = list_id
    return world.released_list


def made_workbook(world, list_id=None):
    """Return the id of a workbook of a list; of the released one, where none is named."""
    made = world.__dict__.setdefault("made_workbooks", {})
    list_id = list_id or released(world)
    if list_id not in made:
        queue, work_id = world.services.queue, f"made-workbook-{len(made) + 1}"
        queue.add(Work(work_id, WorkKind.EXPORT, ANA.username, world.clock, {"list_id": list_id}))
        work = queue.claim("w", now=world.clock, work_id=work_id)
        result = list_exporting.make_list_workbook(work, lambda _: None, ports=list_export_ports(world.services))
        queue.finish(work_id, "w", result, now=world.clock)
        made[list_id] = work_id
    return made[list_id]


def files(world, actor):
    about = world.about(actor)
    return {"by": about["by"], "now": about["now"], "ports": list_export_ports(world.services)}


def results(world, actor):
    return files(world, actor) | {"ports": outcome_upload_ports(world.services)}


LIST_FILES = [
    see(
        list_exporting.whom_to_take_away,
        Right.EXPORT,
        lambda w, a: list_exporting.whom_to_take_away(released(w), **files(w, a)),
    ),
    UseCase(
        list_exporting.queue_list_workbook,
        Right.EXPORT,
        lambda w, a: list_exporting.queue_list_workbook(released(w), **files(w, a)),
    ),
    UseCase(
        list_downloads.open_list_csv,
        Right.EXPORT,
        lambda w, a: list_downloads.open_list_csv(released(w), **files(w, a)),
    ),
    UseCase(
        list_downloads.open_list_workbook,
        Right.EXPORT,
        lambda w, a: list_downloads.open_list_workbook(made_workbook(w), **files(w, a)),
    ),
    UseCase(
        list_downloads.open_manifest,
        Right.EXPORT,
        lambda w, a: list_downloads.open_manifest(released(w), made_workbook(w), **files(w, a)),
    ),
    see(
        manifests.verify_export,
        Right.SEE_ADMIN,
        lambda w, a: manifests.verify_export([], b"", name="file", manifest_name="manifest", by=a, **w.ports("signer")),
    ),
    see(
        outcome_upload.check_outcomes,
        Right.RELEASE_LISTS,
        lambda w, a: outcome_upload.check_outcomes(released(w), [RESULTS], "results.csv", **results(w, a)),
    ),
    UseCase(
        outcome_upload.record_outcomes,
        Right.RELEASE_LISTS,
        lambda w, a: outcome_upload.record_outcomes(released(w), [RESULTS], "results.csv", **results(w, a)),
    ),
]
