"""What needs a model or its training data: demo customers, the sample file, training."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path

from smartbank.adapters.extra_columns import read_extra_columns
from smartbank.adapters.uci import read_uci
from smartbank.adapters.uci_download import fetch_uci, open_client
from smartbank.bootstrap.services import Services
from smartbank.core.backtest import Backtest
from smartbank.core.leaks import Finding, refused_by_name
from smartbank.core.people import COMMAND_LINE, Actor
from smartbank.core.template import sample_file
from smartbank.core.training_data import CONVERTED, PERIOD
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
    from smartbank.ml.artifact_training import train_artifact  # noqa: PLC0415  scikit-learn, only where a model is trained

    return train_artifact(read_uci(data), models_dir, seed=seed, report=report)


def check_columns(data: Path, columns: Path, *, report: Callable[[str], None]) -> Iterator[Finding]:
    """Yield what is found out about each new column of a file whose rows are those of UCI's, in the same order."""
    from smartbank.ml.leak_check import check_column, model_scores  # noqa: PLC0415  scikit-learn, as above

    training = read_uci(data)
    new = read_extra_columns(columns, n_rows=len(training.frame))
    refused = [finding for finding in map(refused_by_name, new.columns.tolist()) if finding]
    yield from refused
    rest = new.drop(columns=[finding.name for finding in refused])
    if rest.empty:
        return
    report("Judging the model in random folds…")
    scores = model_scores(training)
    converted, period = training.frame[CONVERTED].to_numpy(dtype=bool), training.frame[PERIOD].to_numpy(dtype=object)
    for name in rest.columns.tolist():
        yield check_column(name, rest[name], converted, period, scores)


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
