"""What SmartBank itself wrote from file to file, and is no leads: recognised by what it says of itself."""

import json
from typing import Any, Final

from smartbank.adapters.bulk.folder import ASIDE_COLUMNS, MANIFEST
from smartbank.adapters.bulk.in_force_folder import BARRED_COLUMNS
from smartbank.adapters.bulk.places import FAILURES, opened
from smartbank.adapters.files.parquet import PICKED
from smartbank.errors import LeadValidationError

_OURS: Final = b"smartbank."


def require_leads(schema: Any, path: str) -> None:  # noqa: ANN401  pyarrow has no types
    """Raise `LeadValidationError` where a file is none of leads, but one SmartBank wrote; say what to name instead.

    Its best leads are refused too: taken for a whole, their mean percentage would become the base rate.

    Parameters
    ----------
    schema : pyarrow.Schema
    path : str
        Its whole address.
    """
    marks = schema.metadata or {}
    columns = set(schema.names)
    if columns == set(BARRED_COLUMNS):
        raise LeadValidationError(
            f"Nothing was scored. {path} holds whom SmartBank knows not to call, and no leads. Name its folder with"
            " --in-force, and the files of leads with --input."
        )
    if PICKED in marks:
        raise LeadValidationError(
            f"Nothing was scored. {path} holds the best of a ranking, which are not all leads. Bring them into"
            f" SmartBank with `python -m smartbank score {path} --picked`, or name what was ranked{_asked_for(path)}."
        )
    if columns == set(ASIDE_COLUMNS) or any(name.startswith(_OURS) for name in marks):
        raise LeadValidationError(
            f"Nothing was scored. {path} is a file of a ranking, and no leads. Name what was ranked{_asked_for(path)};"
            " keep rankings where --input does not look."
        )


def _asked_for(path: str) -> str:
    """Return which input the manifest beside a file names, in words; empty where there is none."""
    system, own = opened(path)
    try:
        said = json.loads(system.cat_file(f"{own.rpartition('/')[0]}/{MANIFEST}"))["input"]["asked_for"]
    except (*FAILURES, LookupError):
        return ""
    return f": --input '{str(said)[:200]}'"
