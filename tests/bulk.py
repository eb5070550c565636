"""Small files of leads for tests of scoring from file to file."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from smartbank.bootstrap import bulk_steps
from smartbank.bootstrap.bulk import BulkOptions, score_parquet
from smartbank.config import Settings
from smartbank.core.bulk.in_force import InForce
from smartbank.core.fields import LEAD_FIELDS
from smartbank.core.rules import ScoringRules
from smartbank.ml.artifact_files import champion_version
from smartbank.ml.shelf import ArtifactShelf

ROOT = Path(__file__).parents[1]
SETTINGS = Settings(models_dir=ROOT / "models")


def some_leads(rows, *, seed=0, first=0):
    """Return leads drawn at random, with ids and a few unknown fields."""
    drawn = np.random.default_rng(seed)
    columns = {"customer_id": [f"C-{first + number}" for number in range(rows)]}
    for field in LEAD_FIELDS:
        if field.kind == "category":
            columns[field.name] = drawn.choice([*field.levels, ""], rows)
        else:
            columns[field.name] = drawn.integers(int(field.low), int(field.low) + 40, rows)
    return pd.DataFrame(columns)


def written(folder, **frames):
    """Write frames as Parquet files of row groups of 100, and return the folder."""
    folder.mkdir(exist_ok=True)
    for name, frame in frames.items():
        pq.write_table(
            pa.Table.from_pandas(frame, preserve_index=False), folder / f"{name}.parquet", row_group_size=100
        )
    return folder


def scored(
    pattern, output, *, rules=None, require_consent=False, market="snapshot", rows_per_part=1_000, workers=1, **more
):
    """Score files in this process, and return the manifest."""
    options = BulkOptions(
        given=InForce(rules or ScoringRules(), require_consent),
        market=market,
        rows_per_part=rows_per_part,
        workers=workers,
        **more,
    )
    return score_parquet(str(pattern), str(output), options=options, settings=SETTINGS, say=lambda _: None)


def shipped_scorer():
    """Return the scorer of the model SmartBank brings, as the steps use it."""
    version = champion_version(SETTINGS.models_dir)
    return bulk_steps.scorer_from(version, ArtifactShelf(SETTINGS.models_dir).packed(version))


def ranking(output):
    """Return the whole ranking as a frame."""
    return pd.concat([pd.read_parquet(part) for part in sorted(Path(output).glob("part-*.parquet"))], ignore_index=True)


def content(output):
    """Return the bytes of every file of a result, by name."""
    return {path.name: path.read_bytes() for path in sorted(Path(output).iterdir())}
