"""Short, stable names for values."""

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> str:  # noqa: ANN401  any JSON value
    """Return the one JSON text of a value: sorted keys, no spaces, shortest floats that read back the same."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def fingerprint(value: Any, *, length: int = 12) -> str:  # noqa: ANN401  any JSON value
    """Return the first hex digits of the SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:length]
