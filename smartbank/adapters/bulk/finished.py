"""The whole result of a ranking that is in a folder already."""

import json
from typing import Any

from smartbank.adapters.bulk.folder import ASIDE, BEST, MANIFEST
from smartbank.adapters.bulk.places import opened, refusing
from smartbank.errors import OutputError


def finished_ranking(output: str) -> dict[str, Any] | None:
    """Return the manifest of the ranking a folder holds, once every file it names is there; None where it holds none.

    Raises
    ------
    OutputError
        A file of the ranking is missing or of another size, another Parquet file lies beside them, or the folder
        cannot be read.
    """
    system, path = opened(output)
    path = path.rstrip("/")
    with refusing(output):
        system.invalidate_cache(path)  # drivers keep what they listed
        if not system.isfile(f"{path}/{MANIFEST}"):
            return None
        content = system.cat_file(f"{path}/{MANIFEST}")
        sizes = {each["name"].rpartition("/")[2]: each["size"] for each in system.ls(path, detail=True)}
    try:
        manifest = json.loads(content)
        named = _named(manifest)
    except (ValueError, TypeError, LookupError):
        return None
    parts = {name for name in sizes if name.endswith(".parquet")}
    if odd := sorted(name for name in parts | set(named) if sizes.get(name) != named.get(name)):
        raise OutputError(
            f"{output[:200]} holds a ranking that is not whole any more: {odd[0]} is missing, changed or not of it. "
            "Name a new folder, or delete this one: nothing is ever written over."
        )
    return dict(manifest)


def _named(manifest: Any) -> dict[str, int]:  # noqa: ANN401  any JSON
    """Return the bytes of each file a manifest names."""
    files = {part["name"]: part["bytes"] for part in manifest["parts"]}
    others = {BEST: manifest["best"], ASIDE: manifest["set_aside"]}
    return files | {name: said["bytes"] for name, said in others.items() if said is not None}
