"""Use cases that take leads away, for the walks over roles."""

from smartbank.bootstrap import export_ports
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
            ports=export_ports(w.services),
            by=a,
            now=w.clock,
        ),
    ),
    UseCase(
        call_sheet.call_sheet,
        Right.EXPORT,
        lambda w, a: call_sheet.call_sheet(
            w.done[RUN],
            RankFilter(),
            ports=export_ports(w.services),
            by=a,
            now=w.clock,
        ),
    ),
    UseCase(
        downloads.open_workbook,
        Right.EXPORT,
        lambda w, a: downloads.open_workbook(
            w.done[EXPORT],
            ports=export_ports(w.services),
            by=a,
            now=w.clock,
        ),
    ),
]
