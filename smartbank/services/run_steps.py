"""What a run has come to so far, kept step by step, so that a worker that takes it over goes on from there.

Each step is kept once and for good: whom the run asks about, each chunk of scored leads, and then the ground they all
stand on. What follows is computed from these, so it comes to the same bits whoever does it, and a worker that was taken
for dead and wakes up writes nothing but what is there already.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.customers import SaveCounts
from smartbank.core.exclusion import EXCLUDED_COLUMNS
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.ports import FrameStore
from smartbank.core.ranking import CONTRIBUTION_COLUMNS
from smartbank.errors import StorageError
from smartbank.services.runs import asked_owner, chunks_owner, ground_owner

OUT: Final = "left_out"
"""Column of a chunk: why a lead is not scored, empty for those who are."""
BARRED: Final = "barred:"
RULED_OUT: Final = "rule:"
_SAVED: Final = tuple(field.name for field in fields(SaveCounts))
_BASIS, _BEGUN_AT = "basis", "begun_at"


@dataclass(frozen=True)
class Scored:
    """Every chunk of a run.

    Attributes
    ----------
    leads : DataFrame
        Those who are scored, as the chunks were kept.
    barred : Counter
        Leads left out because they must not be called, by `ConsentState`.
    ruled_out : DataFrame
        Leads the rules on calling leave out, `EXCLUDED_COLUMNS` wide.
    saved : SaveCounts
        What saving an upload did. Of a chunk whose worker died between saving and keeping it, the customers it had
        saved count as unchanged.
    """

    leads: pd.DataFrame
    barred: Counter[str]
    ruled_out: pd.DataFrame
    saved: SaveCounts

    @property
    def margins(self) -> npt.NDArray[np.float64]:
        """Ranking margins in log-odds, shape (n_leads,)."""
        return self.leads["margin"].to_numpy(np.float64)

    @property
    def contributions(self) -> npt.NDArray[Any]:
        """SHAP values in log-odds as float32, shape (n_leads, 12)."""
        return self.leads[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float32)


class RunSteps:
    """The steps of one run.

    Parameters
    ----------
    basis : str
        What a chunk depends on beside its leads, such as the version of the model; chunks of another basis are none.
    """

    def __init__(self, run_id: str, *, basis: str, frames: FrameStore) -> None:
        self._run_id = run_id
        self._basis = basis
        self._frames = frames

    def begun_at(self) -> datetime | None:
        """Return when the run first asked whom to score; None where it has not, or did on another basis.

        Once the ground is kept, that is what the run stands on, whatever was changed since.
        """
        asked = self._frames.load(asked_owner(self._run_id), columns=[_BASIS, _BEGUN_AT])
        if asked.empty or (self._basis != asked[_BASIS].iloc[0] and self.kept_ground() is None):
            return None
        return datetime.fromisoformat(asked[_BEGUN_AT].iloc[0])

    def asked(self, find: Callable[[], list[str]]) -> list[str]:
        """Return the ids of everybody the run asks about, as they were found first."""
        owner = asked_owner(self._run_id)
        kept = self._frames.load(owner, columns=[CUSTOMER_ID])
        if kept.empty:
            if not (ids := find()):
                return []
            begun_at = datetime.now(UTC).isoformat()
            found = pd.DataFrame({CUSTOMER_ID: pd.Series(ids, dtype="str"), _BASIS: self._basis, _BEGUN_AT: begun_at})
            self._frames.add(owner, 0, found)
            kept = self._frames.load(owner, columns=[CUSTOMER_ID])
        return list(kept[CUSTOMER_ID])

    def done(self) -> list[int]:
        """Return how many leads each chunk has that is kept, in their order."""
        return [len(part) for part in self._frames.parts(chunks_owner(self._run_id), columns=[CUSTOMER_ID])]

    def keep(self, number: int, chunk: pd.DataFrame, saved: SaveCounts) -> None:
        """Keep a chunk, unless another worker kept it before.

        Raises
        ------
        StorageError
            That worker scored on another basis: the run has to begin anew.
        """
        owner = chunks_owner(self._run_id)
        counts = {name: getattr(saved, name) for name in _SAVED}
        if not self._frames.add(owner, number, chunk.assign(**counts, **{_BASIS: self._basis})):
            bases = self._frames.load(owner, columns=[_BASIS])[_BASIS].unique().tolist()
            if bases not in ([], [self._basis]):
                raise StorageError("The model or the settings were changed while the run was being scored.")

    def scored(self) -> Scored:
        """Return all chunks as they are kept."""
        parts = list(self._frames.parts(chunks_owner(self._run_id)))
        rows = pd.concat(parts, ignore_index=True)
        counts = [SaveCounts(*(int(part[name].iloc[0]) for name in _SAVED)) for part in parts if len(part)]
        why = rows[OUT]
        ruled_out = rows.loc[why.str.startswith(RULED_OUT), [CUSTOMER_ID, OUT]].rename(columns={OUT: "rule"})
        ruled_out["rule"] = ruled_out["rule"].str.removeprefix(RULED_OUT)
        return Scored(
            leads=rows[why == ""].drop(columns=[OUT, _BASIS, *_SAVED]).reset_index(drop=True),
            barred=Counter(why[why.str.startswith(BARRED)].str.removeprefix(BARRED).tolist()),
            ruled_out=ruled_out[list(EXCLUDED_COLUMNS)].reset_index(drop=True),
            saved=sum(counts, SaveCounts()),
        )

    def kept_ground(self) -> dict[str, Any] | None:
        """Return what `ground` kept, or None."""
        return kept_ground(self._run_id, frames=self._frames)

    def ground(self, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what all leads of the run stand on, as it was made first: plain JSON values."""
        if self.kept_ground() is None:
            line = pd.DataFrame({"ground": pd.Series([json.dumps(make())], dtype="str")})
            self._frames.add(ground_owner(self._run_id), 0, line)
        kept = self.kept_ground()
        if kept is None:
            raise StorageError("The run was taken back while it was being scored.")
        return kept


def kept_ground(run_id: str, *, frames: FrameStore) -> dict[str, Any] | None:
    """Return what the leads of a run under way stand on; None until all are scored, and once it has ended."""
    kept = frames.load(ground_owner(run_id))
    return None if kept.empty else dict(json.loads(kept["ground"].iloc[0]))
