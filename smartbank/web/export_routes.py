"""Routes that stream finished exports to users who may take leads away."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final
from urllib.parse import quote

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from smartbank.bootstrap import Services
from smartbank.core.exports import csv_chunks
from smartbank.core.people import Right
from smartbank.core.ports import FileStore, WorkQueue
from smartbank.core.ranking import RankFilter
from smartbank.core.rules import BANDS
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.errors import ForbiddenError, NotFoundError, SignInError
from smartbank.services.exporting import count_leads, export_frames, export_name
from smartbank.services.housekeeping import NO_LONGER_KEPT
from smartbank.services.runs import find_run
from smartbank.web.security import current_user
from smartbank.web.session_routes import NO_STORE

DEFAULT_MEDIA_TYPE: Final = "application/octet-stream"
BAD_LINK: Final = "This link is not right. Go back to the leads and export them again."


def export_routes(provide_services: Callable[[], Services]) -> list[Route]:
    """Return GET `/exports/{work_id}`.

    The result of an export names its file: `file_id` in the file store, `file_name` for the download, and if known
    `media_type` and `size` in bytes.
    """

    async def export(request: Request) -> Response:
        await require_right(request, Right.EXPORT, provide_services=provide_services)
        services = await run_in_threadpool(provide_services)
        work = await run_in_threadpool(finished_export, request.path_params["work_id"], queue=services.queue)
        chunks = await run_in_threadpool(opened_file, work.result["file_id"], files=services.files)
        return download(
            chunks,
            file_name=work.result["file_name"],
            media_type=work.result.get("media_type", DEFAULT_MEDIA_TYPE),
            size=work.result.get("size"),
        )

    async def ranked_csv(request: Request) -> Response:
        await require_right(request, Right.EXPORT, provide_services=provide_services)
        services = await run_in_threadpool(provide_services)
        run = await run_in_threadpool(find_run, request.path_params["run_id"], queue=services.queue)
        rank_filter = filter_of(request.query_params)
        await run_in_threadpool(count_leads, run, rank_filter, frames=services.frames)
        rows = export_frames(
            run, rank_filter, customers=services.customers, frames=services.frames, writer=services.writer
        )
        return download(csv_chunks(rows), file_name=export_name(run, "csv"), media_type="text/csv; charset=utf-8")

    return [
        Route("/exports/runs/{run_id}.csv", ranked_csv, methods=["GET"]),
        Route("/exports/{work_id}", export, methods=["GET"]),
    ]


def filter_of(query: QueryParams) -> RankFilter:
    """Return the filter an address asks for: `band` (repeated), `from` (a share in [0, 1]) and `best`.

    Raises
    ------
    NotFoundError
        A value is not a band, a share or a whole number.
    """
    bands = tuple(sorted(set(query.getlist("band"))))
    try:
        lowest, best = float(query.get("from", "0")), int(query.get("best", "0"))
    except ValueError:
        raise NotFoundError(BAD_LINK) from None
    if not set(bands) <= set(BANDS) or not 0 <= lowest <= 1 or best < 0:
        raise NotFoundError(BAD_LINK)
    return RankFilter(bands, lowest, best)


async def require_right(request: Request, right: Right, *, provide_services: Callable[[], Services]) -> None:
    """Raise `SignInError` without a live session, `ForbiddenError` without the right."""
    user = await current_user(request, provide_users=lambda: provide_services().users)
    if user is None or user.must_change_password:
        raise SignInError("Sign in to SmartBank first, then open this link again.")
    if not user.may(right):
        raise ForbiddenError(f"Your role ({user.role}) does not allow this. Ask an administrator.")


def finished_export(work_id: str, *, queue: WorkQueue) -> Work:
    """Return an export that is done. Raises `NotFoundError` for any other work."""
    work = queue.find(work_id)
    if work.kind is WorkKind.EXPORT and work.state is WorkState.EXPIRED:
        raise NotFoundError(NO_LONGER_KEPT[work.kind])
    if work.kind is not WorkKind.EXPORT or work.state is not WorkState.DONE:
        raise NotFoundError("This export is not ready. Go back to the leads and export them again.")
    return work


def opened_file(file_id: str, *, files: FileStore) -> Iterator[bytes]:
    """Return the chunks of a file, the first one read already. Raises `NotFoundError`."""
    chunks = files.open(file_id)
    first = next(chunks, b"")
    return chain([first], chunks)


def download(chunks: Iterator[bytes], *, file_name: str, media_type: str, size: int | None = None) -> Response:
    """Return an answer that streams a file without keeping it, read in a thread."""
    headers = {**NO_STORE, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"}
    if size is not None:
        headers["Content-Length"] = str(size)  # the browser then notices a download that broke off
    return StreamingResponse(iterate_in_threadpool(chunks), media_type=media_type, headers=headers)
