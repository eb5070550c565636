"""Scoring and explaining a fifth of UCI's file beside what else explains a model: `python -m benchmarks.beside_peers`.

Everybody has trees of the same number and depth, on the same fields, fitted on the other four fifths (not counted),
reads the same leads from CSV and writes a line for each. Each is a process of its own, measured from its start to its
end, the middle of some tries; what starting and importing took of it is told apart. SmartBank writes ranks,
propensities, bands, contributions and three sentences a lead; its model has a linear part beside the trees, which the
others do not.

* explainerdashboard: `ClassifierExplainer`, SHAP values and propensities of all. A second row builds the
  `ExplainerDashboard` with its settings as they are: what its user waits for before the page is up.
* Shapash: `SmartExplainer.compile` and `to_pandas(max_contrib=3, proba=True)`.
* plain: a scikit-learn pipeline and `shap.TreeExplainer`.

The last row is `python -m smartbank score`: the same leads checked, stored, ranked and audited on its own database.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks._peers import PeerMissingError, peer_python
from benchmarks._processes import Spent, middle, spent_by
from benchmarks._rows import Row, compared, left_out, report
from benchmarks._uci import UCI, not_here

GOALS: Final = {
    "explainerdashboard, SHAP values": 10.0,
    "explainerdashboard, its page ready": 10.0,
    "Shapash": 1.0,
    "scikit-learn and shap": 1.0,
}
"""How many times ahead SmartBank is to be: ten times explainerdashboard, and ahead of all."""
_OURS: Final = "SmartBank"


def main() -> None:
    """Report a row for everybody; without the data there is one row that says so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=UCI, help="bank-additional-full.csv")
    parser.add_argument("--rows", type=int, default=8_238, help="leads to score")
    parser.add_argument("--tries", type=int, default=3, help="of each; the middle one counts")
    parser.add_argument("--made-only", action="store_true", help="only environments that are made already")
    asked = parser.parse_args()
    if not asked.data.is_file():
        report([not_here("scoring beside others", asked.data)])
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spent_by([sys.executable, "-m", "benchmarks._same_leads", str(asked.data), name, str(asked.rows)])
        report(rows_beside(folder, rows=asked.rows, tries=asked.tries, make=not asked.made_only))


def rows_beside(folder: Path, *, rows: int, tries: int, make: bool) -> list[Row]:
    """Return a row for each of the others, and one for SmartBank with its database."""
    ours = middle([spent_by([sys.executable, "-m", "benchmarks._score_leads", str(folder)]) for _ in range(tries)])
    measured = f"{ours}, of it {started(ours)}"
    found = []
    for name, command in commands(folder, make=make).items():
        goal = GOALS[name]
        try:
            asked = command()
            theirs = middle([spent_by(asked) for _ in range(tries)])
        except (PeerMissingError, RuntimeError) as exc:
            found.append(left_out(f"{rows:,} leads beside {name}", str(exc), goal=f"at least {goal:g} x"))
            continue
        beside, ratio = f"{theirs}, of it {started(theirs)}", theirs.cpu_s / ours.cpu_s
        found.append(compared(f"{rows:,} leads beside {name}", measured, beside=beside, ratio=ratio, at_least=goal))
        memory = theirs.peak_mb / ours.peak_mb
        found.append(compared("  memory", f"{ours.peak_mb:,.0f} MB", beside=f"{theirs.peak_mb:,.0f} MB", ratio=memory))
    stored = with_database(folder)
    beside = f"SmartBank without a database: {ours}"
    found.append(compared("  and stored, audited", str(stored), beside=beside, ratio=stored.cpu_s / ours.cpu_s))
    return found


def commands(folder: Path, *, make: bool) -> dict[str, Callable[[], list[str]]]:
    """Return how each of the others is started; asking for it makes its environment."""

    def of(module: str, *more: str, python: Callable[[], Path]) -> Callable[[], list[str]]:
        return lambda: [str(python()), "-m", f"benchmarks.peers.{module}", str(folder), *more]

    def environment(name: str) -> Callable[[], Path]:
        return lambda: peer_python(name, make=make)

    dashboard = environment("explainerdashboard")
    return {
        "explainerdashboard, SHAP values": of("explainerdashboard", python=dashboard),
        "explainerdashboard, its page ready": of("explainerdashboard", "page", python=dashboard),
        "Shapash": of("shapash", python=environment("shapash")),
        "scikit-learn and shap": of("plain", python=lambda: Path(sys.executable)),
    }


def with_database(folder: Path) -> Spent:
    """Return what the product's own command takes, on a new embedded database that it starts and stops."""
    with tempfile.TemporaryDirectory() as var:
        variables = {"SMARTBANK_VAR_DIR": var, "SMARTBANK_MODELS_DIR": str(folder / "models")}
        command = [sys.executable, "-m", "smartbank", "score", str(folder / "upload.csv")]
        return spent_by([*command, "--out", str(folder / "ranked.csv")], variables)


def started(spent: Spent) -> str:
    """Say what of it starting and importing took, as the process printed it."""
    line = next(line for line in spent.said.splitlines() if line.startswith('{"imported_s"'))
    return f"{json.loads(line)['imported_s']:.1f} s to import"


if __name__ == "__main__":
    main()
