"""The certificates this process uses, by what they are for."""

from datetime import datetime

from smartbank.adapters.certificates import good_until
from smartbank.config import Settings


def certificate_ends(settings: Settings) -> dict[str, datetime]:
    """Return when each file of certificates ends that the settings name and that can be read."""
    files = {
        **settings.certificate_files(),
        "wrapping_ca": settings.wrapping_ca_file,
        "wrapping": settings.wrapping_certificate_file,
    }
    ends = {kind: good_until(path) for kind, path in files.items() if path is not None}
    return {kind: at for kind, at in ends.items() if at is not None}
