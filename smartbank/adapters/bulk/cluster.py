"""Who does the pieces of a scoring: this process, processes of this computer, or workers anywhere, by Dask distributed.

Dask passes functions and values between processes by pickle. SmartBank's are found by name and are plain values, but
whoever reaches a scheduler can have its workers run anything: so connections are encrypted, and both sides show a
certificate, wherever they leave this process (docs/security.md).
"""

import asyncio
import concurrent.futures
import logging
import os
import signal
import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from typing import Any, Final, TypeVar

from smartbank.core.bulk.addresses import require_safe_scheduler
from smartbank.errors import ClusterError, SmartBankError

T = TypeVar("T")
R = TypeVar("R")

WAIT_S: Final = 60
"""How long a scheduler may take to answer, and to have a first worker."""
_CERTIFICATES: Final = (
    "Check the address, that scheduler and workers run, and that DASK_DISTRIBUTED__COMM__TLS__... names certificates "
    "they accept."
)


class ThisProcess:
    """Does one piece after the other. Meets `core.ports.bulk.Runner`."""

    def map(self, function: Callable[[T], R], pieces: Sequence[T]) -> list[R]:
        return [function(piece) for piece in pieces]


class DaskRunner:
    """Shares pieces out among the workers of a scheduler. Meets `core.ports.bulk.Runner`.

    A piece whose worker dies is given to another one: pieces may be done twice, and come to the same.
    """

    def __init__(self, client: Any) -> None:  # noqa: ANN401  distributed has no types
        self._client = client

    def map(self, function: Callable[[T], R], pieces: Sequence[T]) -> list[R]:
        from distributed import as_completed  # noqa: PLC0415  only where there is a scheduler
        from distributed.scheduler import KilledWorker  # noqa: PLC0415

        step = f"smartbank-{getattr(function, 'func', function).__name__}-{uuid.uuid4().hex[:8]}"
        names = [f"{step}-{number}" for number in range(len(pieces))]
        futures = self._client.map(function, list(pieces), key=names, pure=False)
        found: dict[str, R] = {}
        try:
            # Not `gather`: broken off, it has the event loop complain of each piece it waited for.
            for future, result in as_completed(futures, with_results=True):
                if future.cancelled():
                    raise asyncio.CancelledError
                found[future.key] = result
            return [found[name] for name in names]
        except SmartBankError:
            raise
        except KilledWorker as exc:
            raise ClusterError(
                "A piece was given up after its worker died several times, most likely for want of memory. Give the "
                "workers more, or make parts smaller with --rows-per-part."
            ) from exc
        except (OSError, concurrent.futures.CancelledError, asyncio.CancelledError) as exc:
            _no_complaints()
            raise ClusterError("The scheduler went away before the work was done. Start it and score again.") from exc
        except Exception as exc:  # whatever a worker raised: it may lack a library, or have another SmartBank
            raise ClusterError(
                f"A worker could not do its piece ({type(exc).__name__}). Its log says why; it needs the same "
                "SmartBank and the same libraries as this computer."
            ) from exc


@contextmanager
def local_workers(count: int) -> Generator[DaskRunner]:
    """Start so many processes on this computer, with certificates of their own, for as long as the context lasts."""
    from distributed import Client, LocalCluster  # noqa: PLC0415  takes a second, only where work is shared
    from distributed.security import Security  # noqa: PLC0415

    security = Security.temporary()
    with ExitStack() as stack:
        with _kept_from_children(signal.SIGINT, signal.SIGHUP):
            cluster = stack.enter_context(
                LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    protocol="tls://",
                    security=security,
                    dashboard_address=None,
                )
            )
        client = stack.enter_context(Client(cluster, security=security))
        try:
            yield DaskRunner(client)
        except BaseException:
            cluster.sync(_end_at_once, list(cluster.workers.values()))
            raise


@contextmanager
def _kept_from_children(*signals: signal.Signals) -> Generator[None]:
    """Have signals wait until the block is over, and never reach threads and processes that are started within.

    A terminal gives Ctrl-C to all processes, but it is the command that ends the others.
    """
    resource_tracker.ensure_running()  # started within, it would let them through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


async def _end_at_once(workers: Sequence[Any]) -> None:
    """End processes whose pieces nobody waits for any more: a piece that is going on cannot be broken off otherwise."""
    _no_complaints()
    for worker in workers:
        if worker.pid is not None:
            os.kill(worker.pid, signal.SIGKILL)
    await asyncio.gather(*(worker.close() for worker in workers))  # before it is noticed, so that none starts again


def _no_complaints() -> None:
    """Have Dask say nothing more: the command ends, and says itself why."""
    for name in ("distributed", "distributed.client"):  # Dask sets the level of both
        logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def workers_of(scheduler: str, wait_s: float = WAIT_S) -> Generator[DaskRunner]:
    """Connect to a scheduler for as long as the context lasts.

    Raises
    ------
    ClusterError
        The address is not safe, nobody answers there, or no worker comes.
    """
    require_safe_scheduler(scheduler)
    from distributed import Client  # noqa: PLC0415  takes a second, only where work is shared
    from distributed.security import Security  # noqa: PLC0415

    try:
        client = Client(scheduler, timeout=wait_s, security=Security(require_encryption=scheduler.startswith("tls://")))
    except (OSError, TypeError, ValueError, RuntimeError) as exc:
        raise ClusterError(f"No scheduler answers at {scheduler[:200]}. {_CERTIFICATES}") from exc
    try:
        client.wait_for_workers(1, timeout=wait_s)
        yield DaskRunner(client)
    except TimeoutError as exc:
        raise ClusterError(f"The scheduler at {scheduler[:200]} has no worker. Start one and score again.") from exc
    finally:
        client.close()
