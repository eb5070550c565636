"""Routes that stream finished exports to users who may take leads away."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from smartbank.bootstrap import Services, export_ports, list_export_ports
from smartbank.core.audit_filter import audit_filter_from
from smartbank.core.manifests import MANIFEST_ENDING
from smartbank.core.people import Actor
from smartbank.core.ranking import RankFilter
from smartbank.core.rules import BANDS
from smartbank.errors import NotFoundError
from smartbank.services.audit_export import AuditFormat, open_audit_export
from smartbank.services.downloads import Download, open_csv, open_workbook
from smartbank.services.list_downloads import is_list_export, open_list_csv, open_list_workbook, open_manifest
from smartbank.web.rate_limiter import RateLimiter
from smartbank.web.security import require_actor
from smartbank.web.session_routes import NO_STORE

EXPORTS_PER_MINUTE: Final = 30
"""For each user: a list of all customers is read and opened anew for each."""
_MOST_LEADS: Final = 10**10
BAD_LINK: Final = "This link is not right. Go back to the leads and export them again."


def export_routes(provide_services: Callable[[], Services]) -> list[Route]:
    """Return `/exports/{work_id}`, `/exports/audit.csv|jsonl`, `/exports/runs/{run_id}.csv`, and those of lists."""
    limiter = RateLimiter(EXPORTS_PER_MINUTE)

    async def asking(request: Request, services: Services) -> Actor:
        actor = await require_actor(request, users=services.users)
        limiter.require(actor.username)
        return actor

    async def workbook(request: Request) -> Response:
        services = await run_in_threadpool(provide_services)
        actor = await asking(request, services)
        return streamed(await run_in_threadpool(_workbook, request.path_params["work_id"], actor, services))

    async def ranked_csv(request: Request) -> Response:
        services = await run_in_threadpool(provide_services)
        actor = await asking(request, services)
        return streamed(
            await run_in_threadpool(
                open_csv,
                request.path_params["run_id"],
                filter_of(request.query_params),
                by=actor,
                ports=export_ports(services),
                now=datetime.now(UTC),
            )
        )

    async def of_list(request: Request) -> Response:
        services = await run_in_threadpool(provide_services)
        actor = await asking(request, services)
        list_id, ports, now = request.path_params["list_id"], list_export_ports(services), datetime.now(UTC)
        if request.url.path.endswith(MANIFEST_ENDING):
            export = request.query_params.get("export", "")
            return streamed(await run_in_threadpool(open_manifest, list_id, export, by=actor, ports=ports, now=now))
        return streamed(await run_in_threadpool(open_list_csv, list_id, by=actor, ports=ports, now=now))

    async def audit_log(request: Request) -> Response:
        services = await run_in_threadpool(provide_services)
        actor = await asking(request, services)
        kind: AuditFormat = "csv" if request.url.path.endswith(".csv") else "jsonl"
        return streamed(
            await run_in_threadpool(
                open_audit_export,
                audit_filter_from(request.query_params),
                kind,
                by=actor,
                audit=services.audit,
                settings=services.settings,
                now=datetime.now(UTC),
            )
        )

    return [
        Route("/exports/audit.csv", audit_log, methods=["GET"]),
        Route("/exports/audit.jsonl", audit_log, methods=["GET"]),
        Route("/exports/runs/{run_id}.csv", ranked_csv, methods=["GET"]),
        Route("/exports/lists/{list_id}.csv", of_list, methods=["GET"]),
        Route(f"/exports/lists/{{list_id}}{MANIFEST_ENDING}", of_list, methods=["GET"]),
        Route("/exports/{work_id}", workbook, methods=["GET"]),
    ]


def _workbook(work_id: str, actor: Actor, services: Services) -> Download:
    """Return a workbook that is made, of ranked leads or of a call list."""
    if is_list_export(work_id, queue=services.queue):
        return open_list_workbook(work_id, by=actor, ports=list_export_ports(services), now=datetime.now(UTC))
    return open_workbook(
        work_id,
        by=actor,
        ports=export_ports(services),
        now=datetime.now(UTC),
    )


def filter_of(query: QueryParams) -> RankFilter:
    """Return the filter an address asks for: `band` (repeated), `from` (a share in [0, 1]), `best` and `free` (0 or 1).

    Raises
    ------
    NotFoundError
        A value is not a band, a share, a whole number, or 0 or 1, or is more leads than there are people.
    """
    bands = tuple(sorted(set(query.getlist("band"))))
    try:
        lowest, best = float(query.get("from", "0")), int(query.get("best", "0"))
    except ValueError:
        raise NotFoundError(BAD_LINK) from None
    free = query.get("free", "0")
    is_right = set(bands) <= set(BANDS) and 0 <= lowest <= 1 and 0 <= best <= _MOST_LEADS and free in ("0", "1")
    if not is_right:
        raise NotFoundError(BAD_LINK)
    return RankFilter(bands, lowest, best, free == "1")


def streamed(download: Download) -> Response:
    """Return an answer that streams a file without keeping it, read in a thread."""
    name = quote(download.file_name, safe="")
    headers = {**NO_STORE, "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    if download.size is not None:
        headers["Content-Length"] = str(download.size)  # the browser then notices a download that broke off
    return StreamingResponse(iterate_in_threadpool(download.chunks), media_type=download.media_type, headers=headers)
