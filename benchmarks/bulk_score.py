"""What a million leads from Parquet to ranked Parquet cost, beside their floor: `python -m benchmarks.bulk_score`.

The floor is a process that reads the ready numeric matrix of the same leads from Parquet and hands it to XGBoost
(`Booster.inplace_predict`, one thread): nothing is checked, ordered, explained or written. Beside it the command,
`python -m smartbank score --input --output --workers 1`, without reasons and with them. Each is a process of its own;
CPU seconds and peak memory are those of the whole process, start and imports included, as the system counts them.
Leads are 40,000 synthetic customers drawn again and again, each under an id of its own, with an age moved by up to
three years and a twentieth of the fields unknown, so that few are alike. The middle one of several rounds counts.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks._processes import ROOT, Spent, middle, spent_by
from benchmarks._rows import Row, bounded, compared, report

MODELS: Final = ROOT / "models"
MOST_TIMES: Final = 2.0
MOST_MB: Final = 1_430.0
"""1,500 million bytes."""
_GROUP: Final = 131_072
_PEOPLE: Final = 40_000
_UNKNOWN: Final = 0.05


def main() -> None:
    """Report the rows, with goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="leads to score")
    parser.add_argument("--rounds", type=int, default=3, help="times each is run; the middle one counts")
    parser.add_argument("--floor", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--prepare", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.floor:
        return floor(*given.floor)
    if given.prepare:
        return prepare(Path(given.prepare), given.rows)
    with tempfile.TemporaryDirectory(prefix="smartbank-bench-") as name:
        folder = Path(name)
        # A process of its own: a child's peak memory would count what this one had when it began.
        made = spent_by_module("benchmarks.bulk_score", "--prepare", name, "--rows", str(given.rows))
        print(made.said, end="", flush=True)
        rounds = [measured_round(folder, number) for number in range(given.rounds)]
    print(f"The middle of {given.rounds} rounds, whole processes on one thread")
    report(rows_of(rounds, given.rows))


def rows_of(rounds: list[dict[str, Spent]], rows: int) -> list[Row]:
    """Return processor time and memory of each way to rank, beside the floor."""
    lowest, found = middle([each["floor"] for each in rounds]), []
    beside = f"the floor: {lowest.cpu_s:.2f} s CPU, {lowest.cpu_s / rows * 1e6:.2f} microseconds a lead"
    for name in list(rounds[0])[1:]:
        cost = middle([each[name] for each in rounds])
        times = median(each[name].cpu_s / each["floor"].cpu_s for each in rounds)
        what = f"{rows:,} leads, {name.removeprefix('SmartBank, ')}"
        found.append(compared(what, f"{cost.cpu_s:.2f} s CPU", beside=beside, ratio=times, at_most=MOST_TIMES))
        memory = f"the floor: {lowest.peak_mb:,.0f} MB"
        found.append(
            bounded("  memory", cost.peak_mb, "MB", at_most=MOST_MB, beside=memory, ratio=cost.peak_mb / lowest.peak_mb)
        )
    return found


def measured_round(folder: Path, number: int) -> dict[str, Spent]:
    """Return what each way costs, run one after the other."""
    score = ["smartbank", "score", "--input", str(folder / "leads.parquet"), "--workers", "1"]
    ways = {
        "floor": ["benchmarks.bulk_score", "--floor", str(folder / "matrix.parquet"), str(folder / "booster.json")],
        "SmartBank, without reasons": [*score, "--no-reasons", "--output", str(folder / f"plain-{number}")],
        "SmartBank, with reasons": [*score, "--output", str(folder / f"reasons-{number}")],
    }
    return {name: spent_by_module(*arguments) for name, arguments in ways.items()}


def spent_by_module(*arguments: str) -> Spent:
    """Return what a module takes that is run as a process of its own, on one thread."""
    variables = {"SMARTBANK_MODELS_DIR": str(MODELS), "OMP_NUM_THREADS": "1"}
    return spent_by([sys.executable, "-m", *arguments], variables)


def floor(matrix: str, booster: str) -> None:
    """Read a matrix and predict: the least a program that uses this model can do."""
    import numpy as np  # noqa: PLC0415  the floor imports what it needs and no more
    import pyarrow.parquet as pq  # noqa: PLC0415
    import xgboost as xgb  # noqa: PLC0415

    model = xgb.Booster({"nthread": 1})
    model.load_model(booster)
    table = pq.read_table(matrix, use_threads=False)
    inputs = np.column_stack([column.to_numpy() for column in table.columns])
    model.inplace_predict(inputs, predict_type="margin")


def prepare(folder: Path, rows: int) -> None:
    """Write the leads, the matrix of the same leads, and the booster."""
    write_leads(folder / "leads.parquet", rows)
    write_matrix(folder)


def write_leads(file: Path, rows: int) -> None:
    """Write synthetic customers as Parquet, the same people again and again under ids of their own."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS  # noqa: PLC0415
    from smartbank.ml.demo_population import demo_population  # noqa: PLC0415
    from smartbank.ml.synthetic import load_demo_tables  # noqa: PLC0415

    people = demo_population(load_demo_tables(MODELS), n=min(rows, _PEOPLE), seed=0)
    drawn = np.random.default_rng(0)
    schema = pa.Schema.from_pandas(people, preserve_index=False)
    with pq.ParquetWriter(file, schema) as writer:
        for start in range(0, rows, _GROUP):
            count = min(_GROUP, rows - start)
            part = people.iloc[drawn.integers(0, len(people), count)]
            age = (part["age"] + drawn.integers(-3, 4, count)).clip(17, 98)
            part = part.assign(age=age, **{CUSTOMER_ID: [f"C-{start + number:09d}" for number in range(count)]})
            part = part.assign(**{name: part[name].mask(drawn.random(count) < _UNKNOWN) for name in LEAD_COLUMNS})
            writer.write_table(pa.Table.from_pandas(part, schema=schema, preserve_index=False))


def write_matrix(folder: Path) -> None:
    """Write the same leads as the numbers XGBoost takes, and the booster that takes them."""
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    from smartbank.core.fields import LEAD_COLUMNS  # noqa: PLC0415
    from smartbank.ml.artifact import load_scorer  # noqa: PLC0415

    scorer = load_scorer(MODELS, n_threads=1)
    codes = scorer.ranking.encoder.codes(pd.read_parquet(folder / "leads.parquet", columns=list(LEAD_COLUMNS)))
    print(f"{len(codes):,} leads, {len(pd.DataFrame(codes).drop_duplicates()):,} of them different", flush=True)
    table = pa.table({name: codes[:, LEAD_COLUMNS.index(name)] for name in scorer.ranking.features})
    pq.write_table(table, folder / "matrix.parquet", row_group_size=_GROUP)
    (folder / "booster.json").write_bytes((MODELS / scorer.version / "booster.json").read_bytes())


if __name__ == "__main__":
    main()
