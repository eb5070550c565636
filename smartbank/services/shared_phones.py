"""Which phone numbers stand in many rows of an upload."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from smartbank.core.ports import FrameStore
from smartbank.core.shared_phones import MANY, hashes_in_many, phone_hashes
from smartbank.services.uploads import Owners


def shared_phones(upload_id: str, *, frames: FrameStore, least: int = MANY) -> dict[str, int]:
    """Return the numbers that stand in so many clean rows of an upload or more, with how many, commonest first.

    The rows are looked through twice, by hashes first, so that at no time all numbers of a large file are held. The
    order of numbers that are equally common is theirs.
    """
    many = hashes_in_many(map(phone_hashes, _phones(upload_id, frames)), least=least)
    rows = Counter[str]()
    if len(many):
        for phones in _phones(upload_id, frames):
            rows.update(phones[np.isin(phone_hashes(phones), many)])
    return dict(sorted(rows.items(), key=lambda pair: (-pair[1], pair[0])))


def _phones(upload_id: str, frames: FrameStore) -> Iterator["pd.Series[str]"]:
    return (part["phone"] for part in frames.parts(Owners(upload_id).rows, columns=["phone"]))
