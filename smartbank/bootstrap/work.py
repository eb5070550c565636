"""What the worker calls for each kind of work, and what making predictions again needs."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from smartbank.adapters.files.reader import open_table
from smartbank.adapters.workbook_chunks import workbook_chunks
from smartbank.bootstrap.privacy import erasure_ports
from smartbank.bootstrap.services import Services
from smartbank.core.removed import ERASURE, MARKS
from smartbank.core.work import Progress, Work, WorkKind
from smartbank.services.asked_scores import AskedPorts
from smartbank.services.calling import CallPorts
from smartbank.services.eligible import ListPorts
from smartbank.services.erasure_steps import erase_customer
from smartbank.services.explained import ExplainingPorts
from smartbank.services.exporting import ExportPorts, make_workbook
from smartbank.services.forgetting import tidy_run
from smartbank.services.intake import read_upload
from smartbank.services.lifting import LiftingPorts, lift_marks
from smartbank.services.list_exporting import ListExportPorts, make_list_workbook
from smartbank.services.list_release import release_list, take_back_cancelled
from smartbank.services.market_hops import MarketPorts
from smartbank.services.market_work import refresh_queued
from smartbank.services.model_training import TrainingPorts, train_queued
from smartbank.services.model_versions import ModelPorts
from smartbank.services.outcome_upload import OutcomeUploadPorts
from smartbank.services.removals import RemovalPorts, remove_customers
from smartbank.services.replaying import ReplayPorts
from smartbank.services.run_steps import kept_ground
from smartbank.services.scoring import ScoringPorts, score_run
from smartbank.services.unkept_scores import UnkeptPorts

Executor = Callable[[Work, Callable[[Progress], None]], dict[str, Any]]


def executors(services: Services) -> Mapping[WorkKind, Executor]:
    """Return what the worker calls for each kind of work."""

    def score(work: Work, report: Callable[[Progress], None]) -> dict[str, Any]:
        ground = kept_ground(work.work_id, frames=services.frames)  # what another worker began is ended as it began
        model = services.models.current() if ground is None else services.models.load(ground["model_version"])
        ports = ScoringPorts(
            scorer=model.scorer,
            training_rows=model.training_rows,
            customers=services.customers,
            frames=services.frames,
            erased=services.erased,
            predictions=services.predictions,
            outcomes=services.outcomes,
            settings=services.settings,
            rules=services.rules,
            queue=services.queue,
            market=services.market,
        )
        return score_run(work, report, ports=ports)

    def read(work: Work, report: Callable[[Progress], None]) -> dict[str, Any]:
        in_force = services.settings.current()
        return read_upload(
            work,
            files=services.files,
            frames=services.frames,
            customers=services.customers,
            mappings=services.mappings,
            training_rows=services.training_rows,
            audit=services.audit,
            read_table=open_table,
            report=report,
            region=in_force.country,
            require_consent=in_force.require_consent,
            erased=services.erased,
        )

    def export(work: Work, report: Callable[[Progress], None]) -> dict[str, Any]:
        if "list_id" in work.request:
            return make_list_workbook(work, report, ports=list_export_ports(services))
        return make_workbook(work, report, ports=export_ports(services))

    removal = RemovalPorts(
        customers=services.customers,
        corrections=services.corrections,
        queue=services.queue,
        files=services.files,
        frames=services.frames,
        predictions=services.predictions,
        notes=services.notes,
        lists=services.lists,
        audit=services.audit,
    )

    def remove(work: Work, report: Callable[[Progress], None]) -> dict[str, Any]:
        if work.request["what"] == MARKS:
            return lift_marks(work, report, ports=LiftingPorts(services.marked))
        if work.request["what"] == ERASURE:
            return erase_customer(work, report, ports=erasure_ports(services))
        return remove_customers(work, report, ports=removal)

    return {
        WorkKind.UPLOAD: read,
        WorkKind.RUN: score,
        WorkKind.EXPORT: export,
        WorkKind.REMOVAL: remove,
        WorkKind.TRAINING: partial(train_queued, ports=training_ports(services)),
        WorkKind.LIST: partial(release_list, ports=list_ports(services)),
        WorkKind.MARKET: partial(refresh_queued, ports=market_ports(services)),
    }


def tidiers(services: Services) -> Mapping[WorkKind, Callable[[Work], None]]:
    """Return what the worker calls when work of a kind has ended, however it did."""
    return {
        WorkKind.RUN: partial(tidy_run, frames=services.frames, predictions=services.predictions),
        WorkKind.LIST: partial(take_back_cancelled, ports=list_ports(services)),
    }


def market_ports(services: Services) -> MarketPorts:
    """Return what refreshing the market needs."""
    return MarketPorts(
        sources=services.sources,
        observations=services.observations,
        jobs=services.jobs,
        settings=services.in_force,
        training=services.scorer.training_market,
        audit=services.audit,
        online=services.configuration.market_online,
    )


def list_ports(services: Services) -> ListPorts:
    """Return what planning and releasing a call list needs."""
    return ListPorts(
        queue=services.queue,
        frames=services.frames,
        customers=services.customers,
        settings=services.settings,
        rules=services.rules,
        outcomes=services.outcomes,
        lists=services.lists,
        shelf=services.shelf,
    )


def call_ports(services: Services) -> CallPorts:
    """Return what calling needs: whom to call, and what came of it."""
    return CallPorts(
        lists=services.lists,
        frames=services.frames,
        outcomes=services.outcomes,
        customers=services.customers,
        corrections=services.corrections,
        settings=services.settings,
        rules=services.rules,
        audit=services.audit,
    )


def export_ports(services: Services) -> ExportPorts:
    """Return what taking ranked leads away needs."""
    return ExportPorts(
        customers=services.customers,
        frames=services.frames,
        files=services.files,
        queue=services.queue,
        settings=services.settings,
        lists=services.lists,
        rules=services.rules,
        outcomes=services.outcomes,
        audit=services.audit,
        writer_of=services.writer_of,
        write_workbook=workbook_chunks,
    )


def list_export_ports(services: Services) -> ListExportPorts:
    """Return what handing a list to a dialler needs."""
    return ListExportPorts(
        calls=call_ports(services),
        files=services.files,
        queue=services.queue,
        writer_of=services.writer_of,
        write_workbook=workbook_chunks,
        signer=services.signer,
    )


def outcome_upload_ports(services: Services) -> OutcomeUploadPorts:
    """Return what bringing a dialler's results back needs."""
    return OutcomeUploadPorts(calls=call_ports(services), read_table=open_table)


def model_ports(services: Services) -> ModelPorts:
    """Return what changing the model in force needs."""
    return ModelPorts(services.models, services.registry, services.shelf, services.audit)


def training_ports(services: Services) -> TrainingPorts:
    """Return what training a challenger and comparing models needs."""
    return TrainingPorts(
        known=model_ports(services),
        trainer=services.trainer,
        outcomes=services.outcomes,
        predictions=services.predictions,
        customers=services.customers,
    )


def asked_ports(services: Services) -> AskedPorts:
    """Return what scoring a program's request needs."""
    return AskedPorts(
        scorer=services.scorer,
        grounds=services.grounds,
        settings=services.in_force,
        customers=services.customers,
        corrections=services.corrections,
        erased=services.erased,
        predictions=services.predictions,
        scored=services.scored,
        outcomes=services.outcomes,
        rules=services.rules_in_force,
        observations=services.observations,
        audit=services.audit,
    )


def explaining_ports(services: Services) -> ExplainingPorts:
    """Return what explaining stored predictions needs."""
    return ExplainingPorts(
        customers=services.customers,
        predictions=services.predictions,
        snapshots=services.snapshots,
        load_model=services.models.load,
    )


def unkept_ports(services: Services) -> UnkeptPorts:
    """Return what scoring without keeping needs."""
    return UnkeptPorts(services.scorer, services.grounds, services.observations, explaining_ports(services))


def replay_ports(services: Services) -> ReplayPorts:
    """Return what making predictions again needs."""
    return ReplayPorts(
        customers=services.customers,
        predictions=services.predictions,
        frames=services.frames,
        settings=services.settings,
        queue=services.queue,
        grounds=services.kept_grounds,
        load_model=services.models.scorer_of,
    )
