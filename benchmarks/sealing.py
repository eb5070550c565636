"""What sealing a value costs, beside MongoDB's own way of encrypting one: `python -m benchmarks.sealing`.

Both seal names of people and open them again, a value at a time. SmartBank's vault is AES-256-GCM, bound to its place;
pymongo's explicit client-side encryption is libmongocrypt's AES-256-CBC with HMAC-SHA-512, under a key it has at hand.
The row says whether a value that was moved to another customer still opens there.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bson.binary import STANDARD
from bson.codec_options import CodecOptions
from pymongo.encryption import ClientEncryption

from benchmarks._rows import compared, report
from smartbank.adapters import mongo
from smartbank.adapters.embedded import open_embedded
from smartbank.adapters.key_file import new_key
from smartbank.adapters.vault import Vault
from smartbank.errors import StorageError


def main() -> None:
    """Report microseconds a value, and how many times the vault's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="values to seal")
    names = [f"Maria da Silva {number}" for number in range(parser.parse_args().rows)]
    vault = Vault([new_key()])
    with tempfile.TemporaryDirectory() as folder, open_embedded(Path(folder) / "db") as uri:
        database = mongo.connect(uri, "benchmark", timeout_ms=10_000)
        options: CodecOptions[Any] = CodecOptions(uuid_representation=STANDARD)
        local = {"local": {"key": os.urandom(96)}}
        opened: ClientEncryption[Any] = ClientEncryption(local, "benchmark.key_vault", database.client, options)
        with opened as encryption:
            key = encryption.create_data_key("local")
            random = "AEAD_AES_256_CBC_HMAC_SHA_512-Random"
            ours = measured(
                names,
                vault.seal_text,
                vault.open_text,
            )
            theirs = measured(
                names,
                lambda name, _about: encryption.encrypt(name, random, key_id=key),
                lambda sealed, _about: encryption.decrypt(sealed),
            )
        database.client.close()
    report(
        [
            compared(
                "a name sealed and opened again",
                words(ours),
                beside=f"explicit client-side encryption: {words(theirs)}",
                ratio=(theirs[0] + theirs[1]) / (ours[0] + ours[1]),
            )
        ]
    )


def words(figures: tuple[float, float, bool]) -> str:
    """Say microseconds, and whether a value that was moved elsewhere opens there."""
    sealing, opening, moved = figures
    return f"{sealing:.1f} + {opening:.1f} us, moved {'it opens' if moved else 'it does not open'}"


def measured(
    names: list[str], seal: Callable[[str, str], Any], unseal: Callable[[Any, str], str]
) -> tuple[float, float, bool]:
    """Return microseconds a value to seal and to open, and whether one opens as another customer's."""
    begun = time.process_time()
    sealed = [seal(name, f"customers/c{number}") for number, name in enumerate(names)]
    between = time.process_time()
    opened = [unseal(value, f"customers/c{number}") for number, value in enumerate(sealed)]
    ended = time.process_time()
    if opened != names:
        raise SystemExit("What was sealed did not open as it was.")
    try:
        moved = unseal(sealed[0], "customers/somebody-else") == names[0]
    except StorageError:
        moved = False
    return (between - begun) / len(names) * 1e6, (ended - between) / len(names) * 1e6, moved


if __name__ == "__main__":
    main()
