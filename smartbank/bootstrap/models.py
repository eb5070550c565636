"""What needs a model or its training data: demo customers, the sample file, training."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from smartbank.adapters.uci import read_uci
from smartbank.adapters.uci_download import fetch_uci, open_client
from smartbank.bootstrap.services import Services
from smartbank.core.backtest import Backtest
from smartbank.core.people import COMMAND_LINE, Actor
from smartbank.core.template import sample_file
from smartbank.ml.demo_population import demo_population, sample_population
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services import demo


def sample_upload(services: Services) -> bytes:
    """Return the sample file: synthetic customers drawn from the frequencies kept beside the model, as CSV."""
    return sample_file(sample_population(load_demo_tables(services.configuration.models_dir)))


def load_demo(
    services: Services, *, count: int, now: datetime, seed: int = 0, by: Actor = COMMAND_LINE
) -> demo.LoadedDemo:
    """Load synthetic customers drawn from the frequencies kept beside the model, and queue their ranking."""
    customers = demo_population(load_demo_tables(services.configuration.models_dir), n=count, seed=seed)
    return demo.load_demo(
        customers, by=by, customers=services.customers, queue=services.queue, audit=services.audit, now=now
    )


def train_model(data: Path, models_dir: Path, *, seed: int, report: Callable[[str], None]) -> str:
    """Train on UCI's file, put the model in force and return its version."""
    from smartbank.ml.training import train_artifact  # noqa: PLC0415  scikit-learn, only where a model is trained

    return train_artifact(read_uci(data), models_dir, seed=seed, report=report)


def run_backtest(
    data: Path,
    *,
    work: Path,
    only: Collection[str],
    quick: bool,
    jobs: int,
    seed: int,
    report: Callable[[int, int], None],
) -> Backtest:
    """Compare SmartBank's model with the standard models on UCI's file; `report` is told parts done and of how many."""
    from smartbank.ml.backtest import compare, plan  # noqa: PLC0415  scikit-learn, only where a model is trained

    settings = plan.BacktestSettings.chosen(quick=quick, seed=seed)
    return compare.run_backtest(read_uci(data), work=work, settings=settings, only=only, jobs=jobs, report=report)


def fetch_training_data(target: Path) -> Path:
    """Download UCI's training file to a folder and return its path."""
    with open_client() as client:
        return fetch_uci(target, client=client)
