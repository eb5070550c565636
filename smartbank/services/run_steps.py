"""What a run has come to so far, kept step by step, so that a worker that takes it over goes on from there.

Each step is kept once and for good: whom the run asks about, each chunk of scored leads, and then the ground they all
stand on. What follows is computed from these, so it comes to the same bits whoever does it, and a worker that was taken
for dead and wakes up writes nothing but what is there already. Each step bears the moment the run began, so that those
of two beginnings are never taken for one.
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
from smartbank.core.moments import to_milliseconds
from smartbank.core.ports import FrameStore
from smartbank.core.ranking import CONTRIBUTION_COLUMNS
from smartbank.core.shared_phones import with_phone_groups
from smartbank.errors import StorageError
from smartbank.services.runs import asked_owner, chunks_owner, ground_owner

OUT: Final = "left_out"
"""Column of a chunk: why a lead is not scored, empty for those who are."""
BARRED: Final = "barred:"
RULED_OUT: Final = "rule:"
_SAVED: Final = tuple(field.name for field in fields(SaveCounts))
_BASIS, _BEGUN_AT, _CHUNK = "basis", "begun_at", "chunk"
_TAKEN_BACK: Final = "The run was taken back while it was being scored."
_NOBODY: Final = pd.DataFrame(columns=[CUSTOMER_ID, OUT, _CHUNK, _BEGUN_AT, *_SAVED], dtype="str")


@dataclass(frozen=True)
class Scored:
    """Every chunk of a run.

    Attributes
    ----------
    leads : DataFrame
        Those who are scored, as the chunks were kept, with `PHONE_GROUP`.
    barred : Counter
        Leads left out because they must not be called, by `ConsentState`.
    ruled_out : DataFrame
        Leads the rules on calling leave out, `EXCLUDED_COLUMNS` wide.
    saved : SaveCounts
        What saving an upload did. Of a chunk whose worker died between saving and keeping it, the customers it had
        saved count as unchanged.
    asked : int
        How many the run asked about; whoever is no longer stored is counted, too.
    """

    leads: pd.DataFrame
    barred: Counter[str]
    ruled_out: pd.DataFrame
    saved: SaveCounts
    asked: int

    @property
    def margins(self) -> npt.NDArray[np.float64]:
        """Ranking margins in log-odds, shape (n_leads,)."""
        return self.leads["margin"].to_numpy(np.float64)

    @property
    def contributions(self) -> npt.NDArray[Any]:
        """SHAP values in log-odds as float32, shape (n_leads, 12)."""
        return self.leads[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float32)


class RunSteps:
    """The steps of one run, as one try of it goes by them.

    Parameters
    ----------
    basis : str
        What a chunk depends on beside its leads, such as the version of the model; a run begun on another is none.
    """

    def __init__(self, run_id: str, *, basis: str, frames: FrameStore) -> None:
        self._run_id = run_id
        self._basis = basis
        self._frames = frames
        self._begun_at = ""

    def begun_at(self) -> datetime | None:
        """Return when the run first asked whom to score, and go by that beginning.

        It is cut to milliseconds, as what is kept of others is. None where it has not, or did on another basis, where a
        step of another beginning is kept, or one before the last is not. Once the ground is kept, that is what the run
        stands on, whatever was changed since.
        """
        asked = self._frames.load(asked_owner(self._run_id), columns=[_BASIS, _BEGUN_AT, _CHUNK])
        if asked.empty:
            return None
        begun_at, chunks = str(asked[_BEGUN_AT].iloc[0]), self._chunks()
        beginnings, needed = set(chunks.values()), set(range(len(chunks)))
        if (ground := _ground_line(self._run_id, self._frames)) is not None:
            beginnings.add(ground[_BEGUN_AT])
            needed |= set(asked[_CHUNK])
        elif self._basis != asked[_BASIS].iloc[0]:
            return None
        if beginnings - {begun_at} or needed - chunks.keys():
            return None
        self._begun_at = begun_at
        return to_milliseconds(datetime.fromisoformat(begun_at))

    def asked(self, find: Callable[[], list[list[str]]]) -> list[list[str]]:
        """Return the ids of everybody the run asks about, chunk by chunk, as they were found first.

        Raises
        ------
        StorageError
            Another worker found them on another basis: the run has to begin anew.
        """
        owner = asked_owner(self._run_id)
        kept = self._frames.load(owner)
        if kept.empty:
            if not any(found := find()):
                return []
            self._frames.add(owner, 0, self._beginning(found))
            kept = self._frames.load(owner)
        if kept.empty or kept[_BASIS].iloc[0] != self._basis:
            raise StorageError(_TAKEN_BACK)
        self._begun_at = str(kept[_BEGUN_AT].iloc[0])
        by_chunk = dict(iter(kept.groupby(_CHUNK)[CUSTOMER_ID]))
        return [list(by_chunk.get(number, ())) for number in range(int(kept[_CHUNK].max()) + 1)]

    def done(self) -> int:
        """Return how many chunks are kept; they are the first ones."""
        return len(self._chunks())

    def keep(self, number: int, chunk: pd.DataFrame, saved: SaveCounts) -> None:
        """Keep a chunk, unless another worker kept it before.

        Raises
        ------
        StorageError
            That worker scored it for another beginning: the run has to begin anew.
        """
        head = {_CHUNK: number, _BEGUN_AT: self._begun_at, **{name: getattr(saved, name) for name in _SAVED}}
        kept = pd.DataFrame([head]) if chunk.empty else chunk.assign(**head)  # nobody left in it: the head alone
        if not self._frames.add(chunks_owner(self._run_id), number, kept) and (
            self._chunks().get(number) != self._begun_at
        ):
            raise StorageError(_TAKEN_BACK)

    def scored(self) -> Scored:
        """Return all chunks as they are kept.

        Raises
        ------
        StorageError
            One is missing, or they are not all of the beginning this try goes by: the run has to begin anew.
        """
        parts = list(self._frames.parts(chunks_owner(self._run_id)))
        asked = self._frames.load(asked_owner(self._run_id), columns=[_CHUNK, _BEGUN_AT])
        begun = {part[_BEGUN_AT].iloc[0] for part in parts} | set(asked.get(_BEGUN_AT, ()))
        missing = set(asked.get(_CHUNK, ())) - {part[_CHUNK].iloc[0] for part in parts}
        if asked.empty or missing or begun != {self._begun_at}:
            raise StorageError(_TAKEN_BACK)
        rows = pd.concat([part for part in parts if OUT in part] or [_NOBODY], ignore_index=True)
        why = rows[OUT]
        leads = rows[why == ""].drop(columns=[OUT, _CHUNK, _BEGUN_AT, *_SAVED])
        ruled_out = rows.loc[why.str.startswith(RULED_OUT), [CUSTOMER_ID, OUT]].rename(columns={OUT: "rule"})
        ruled_out["rule"] = ruled_out["rule"].str.removeprefix(RULED_OUT)
        return Scored(
            leads=with_phone_groups(leads.reset_index(drop=True)),
            barred=Counter(why[why.str.startswith(BARRED)].str.removeprefix(BARRED).tolist()),
            ruled_out=ruled_out[list(EXCLUDED_COLUMNS)].reset_index(drop=True),
            saved=sum((SaveCounts(*(int(part[name].iloc[0]) for name in _SAVED)) for part in parts), SaveCounts()),
            asked=len(asked),
        )

    def kept_ground(self) -> dict[str, Any] | None:
        """Return what `ground` kept, or None."""
        return kept_ground(self._run_id, frames=self._frames)

    def ground(self, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what all leads of the run stand on, as it was made first: plain JSON values.

        Raises
        ------
        StorageError
            It was made for another beginning, or is gone again: the run has to begin anew.
        """
        if self.kept_ground() is None:
            said = json.dumps({_BEGUN_AT: self._begun_at, "ground": make()})
            line = pd.DataFrame({"ground": pd.Series([said], dtype="str")})
            self._frames.add(ground_owner(self._run_id), 0, line)
        kept = _ground_line(self._run_id, self._frames)
        if kept is None or kept[_BEGUN_AT] != self._begun_at:
            raise StorageError(_TAKEN_BACK)
        return dict(kept["ground"])

    def _beginning(self, found: list[list[str]]) -> pd.DataFrame:
        asked = [(customer_id, number) for number, ids in enumerate(found) for customer_id in ids]
        frame = pd.DataFrame(asked, columns=[CUSTOMER_ID, _CHUNK]).astype({CUSTOMER_ID: "str"})
        return frame.assign(**{_BASIS: self._basis, _BEGUN_AT: datetime.now(UTC).isoformat()})

    def _chunks(self) -> dict[int, str]:
        """Return the beginning of each chunk that is kept, by its number."""
        heads = self._frames.parts(chunks_owner(self._run_id), columns=[_CHUNK, _BEGUN_AT])
        return {int(head[_CHUNK].iloc[0]): str(head[_BEGUN_AT].iloc[0]) for head in heads}


def kept_ground(run_id: str, *, frames: FrameStore) -> dict[str, Any] | None:
    """Return what the leads of a run under way stand on; None until all are scored, and once it has ended."""
    kept = _ground_line(run_id, frames)
    return None if kept is None else dict(kept["ground"])


def _ground_line(run_id: str, frames: FrameStore) -> dict[str, Any] | None:
    kept = frames.load(ground_owner(run_id))
    return None if kept.empty else dict(json.loads(kept["ground"].iloc[0]))
