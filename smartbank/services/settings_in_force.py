"""A quick look at the settings of the bank in force."""

import time
from collections.abc import Callable
from typing import Final

from smartbank.core.bank_settings import BankSettings
from smartbank.core.ports import SettingsRepository
from smartbank.errors import StorageError

MAX_AGE_S: Final = 5.0
"""How old what a process knows of the settings may be, in seconds."""


class SettingsInForce:
    """The settings as a process knows them: read again when they are some seconds old, so that looking is cheap."""

    def __init__(
        self,
        settings: SettingsRepository,
        *,
        max_age_s: float = MAX_AGE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._max_age_s = max_age_s
        self._clock = clock
        self._seen: tuple[float, BankSettings] | None = None

    def current(self) -> BankSettings:
        """Return the settings in force; while the database does not answer, those known last. Raises `StorageError`."""
        now, seen = self._clock(), self._seen
        if seen is not None and now - seen[0] < self._max_age_s:
            return seen[1]
        try:
            found = self._settings.current()
        except StorageError:
            if seen is None:
                raise
            found = seen[1]
        self._seen = (now, found)
        return found

    def forget(self) -> None:
        """Read the settings again at the next look."""
        self._seen = None
