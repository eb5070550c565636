"""Use case: whether an exported file is as it was handed out."""

from collections import deque
from collections.abc import Iterable
from typing import Final

from smartbank.core.manifests import Checked, FileSums, check_file, read_manifest
from smartbank.core.people import Actor, Right
from smartbank.core.ports import Signer

NO_MANIFEST: Final = "is no manifest as SmartBank writes it: it was changed, or it is another file."
FORGED: Final = "was changed or forged: its signature does not fit what it says."


def verify_export(
    chunks: Iterable[bytes], manifest: bytes, *, name: str, manifest_name: str, by: Actor, signer: Signer
) -> Checked:
    """Return whether a file is the one its manifest was made for, and the manifest one of this installation.

    Parameters
    ----------
    name, manifest_name : str
        What the sentences call the two files.
    """
    by.require(Right.SEE_ADMIN)
    read = read_manifest(manifest)
    if read is None:
        return Checked(False, f"{manifest_name} {NO_MANIFEST}")
    said, signature = read
    is_genuine = signer.is_signature(signature, said.signed_bytes, key_id=said.key_id)
    if is_genuine is None:
        return Checked(
            False,
            f"{manifest_name} is signed with the key {said.key_id}, which is not here: it is of another installation, "
            "or forged. If it is an older key of this one, put that back into SMARTBANK_DATA_KEYS and check again.",
        )
    if not is_genuine:
        return Checked(False, f"{manifest_name} {FORGED}")
    sums = FileSums()
    deque(sums.passing(chunks), maxlen=0)
    return check_file(name, sums, said)
