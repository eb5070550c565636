"""Files of certificates: until when they are good."""

from datetime import datetime
from pathlib import Path

from cryptography import x509


def good_until(path: Path) -> datetime | None:
    """Return when the first of a PEM file's certificates ends; None for a file that cannot be read or holds none."""
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        return None
    return min((each.not_valid_after_utc for each in found), default=None)
