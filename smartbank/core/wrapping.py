"""The wrapping key: what opens the keys of the data, so that they can lie in the database; in a KMS or in a file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_ARN: Final = re.compile(r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):\d{12}:(key|alias)/[A-Za-z0-9/_-]+")
_AZURE: Final = re.compile(r"https://(?P<vault>[A-Za-z0-9.-]+(:\d+)?)/keys/(?P<name>[A-Za-z0-9-]+)(/(?P<version>\w+))?")
_GOOGLE: Final = re.compile(
    r"projects/(?P<projectId>[^/]+)/locations/(?P<location>[^/]+)/keyRings/(?P<keyRing>[^/]+)"
    r"/cryptoKeys/(?P<keyName>[^/]+)(/cryptoKeyVersions/(?P<keyVersion>\d+))?"
)
_KMIP: Final = re.compile(r"(?P<endpoint>[A-Za-z0-9.-]+:\d+)(/(?P<keyId>[\w-]+))?")
FILE: Final = "file"
PROVIDERS: Final = ("aws", "azure", "gcp", "kmip")
"""Where a wrapping key can be that never leaves its place."""
_SHAPES: Final = (
    "it must be file:PATH, aws:ARN, azure:https://VAULT/keys/NAME, "
    "gcp:projects/PROJECT/locations/PLACE/keyRings/RING/cryptoKeys/NAME or kmip:HOST:PORT"
)


@dataclass(frozen=True)
class WrappingKey:
    """Which key wraps, and how its place is reached.

    Attributes
    ----------
    provider : str
        "file", or one of `PROVIDERS`.
    name : mapping
        What pymongo's `create_data_key` takes as `master_key`; `{"path": ...}` for a file.
    credentials : mapping
        By provider, as pymongo takes them; a provider without any is asked with the identity of the machine.
    tls : mapping
        Files of certificates, as pymongo's `kms_tls_options` names them.
    """

    provider: str
    name: Mapping[str, str]
    credentials: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    tls: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """Return the file of the key. Raises `KeyError` for a provider that has none."""
        return Path(self.name["path"])


def parsed_name(text: str, *, endpoint: str = "") -> tuple[str, dict[str, str]]:
    """Return provider and name of a wrapping key.

    Parameters
    ----------
    text : str
        "file:/run/secrets/wrapping-key", "aws:arn:aws:kms:eu-west-1:111122223333:key/..." and so on.
    endpoint : str
        Another address the provider is asked at, host and port, such as a private one; not for files and KMIP.

    Raises
    ------
    ValueError
        The text is nothing of the kind.
    """
    provider, _, rest = text.partition(":")
    if provider == FILE and rest:
        return provider, {"path": rest}
    shapes = {"aws": _ARN, "azure": _AZURE, "gcp": _GOOGLE, "kmip": _KMIP}
    found = shapes[provider].fullmatch(rest) if provider in shapes else None
    if found is None:
        raise ValueError(_SHAPES)
    parts = {name: value for name, value in found.groupdict().items() if value}
    elsewhere = {"endpoint": endpoint} if endpoint else {}
    if provider == "aws":
        return provider, {"region": parts["region"], "key": rest, **elsewhere}
    if provider == "azure":
        version = {"keyVersion": parts["version"]} if "version" in parts else {}
        return provider, {"keyVaultEndpoint": endpoint or parts["vault"], "keyName": parts["name"], **version}
    return provider, {**parts, **elsewhere} if provider == "gcp" else parts


def parsed_credentials(text: str) -> dict[str, dict[str, Any]]:
    """Return credentials by provider from JSON such as `{"aws": {"accessKeyId": ..., "secretAccessKey": ...}}`.

    Raises
    ------
    ValueError
        It is no such JSON; the message repeats nothing of it.
    """
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    right = isinstance(found, dict) and all(name in PROVIDERS and isinstance(one, dict) for name, one in found.items())
    if not right:
        raise ValueError(f"it must be a JSON object with an object for each of: {', '.join(PROVIDERS)}")
    return dict(found)
