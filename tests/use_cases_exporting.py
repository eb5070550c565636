"""Use cases that take leads away, for the walks over roles."""

from smartbank.core.people import Right
from smartbank.core.ranking import RankFilter
from smartbank.core.work import WorkKind
from smartbank.services import call_sheet, downloads, exporting
from tests.use_cases import UseCase, cancel, find

RUN, EXPORT = WorkKind.RUN, WorkKind.EXPORT

EXPORTING = [
    UseCase(exporting.queue_workbook, Right.EXPORT, lambda w, a: w.queue(EXPORT, a)),
    find(EXPORT, Right.EXPORT),
    cancel(EXPORT, Right.EXPORT),
    UseCase(
        downloads.open_csv,
        Right.EXPORT,
        lambda w, a: downloads.open_csv(
            w.done[RUN],
            RankFilter(),
            **w.ports("customers", "frames", "queue", "writer_of", "settings", "lists", "rules", "outcomes"),
            **w.about(a),
        ),
    ),
    UseCase(
        call_sheet.call_sheet,
        Right.EXPORT,
        lambda w, a: call_sheet.call_sheet(
            w.done[RUN],
            RankFilter(),
            **w.ports("queue", "customers", "frames", "writer_of", "settings", "lists", "rules", "outcomes"),
            **w.about(a),
        ),
    ),
    UseCase(
        downloads.open_workbook,
        Right.EXPORT,
        lambda w, a: downloads.open_workbook(
            w.done[EXPORT],
            **w.ports("queue", "files", "customers", "frames", "settings", "lists", "rules", "outcomes"),
            **w.about(a),
        ),
    ),
]
