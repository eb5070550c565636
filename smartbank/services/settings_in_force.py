"""A quick look at the settings of the bank in force."""

import time
from collections.abc import Callable
from typing import Final

from smartbank.core.bank_settings import BankSettings
from smartbank.core.ports import SettingsRepository
from smartbank.errors import StorageError
from smartbank.services.lately import Lately

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
        self._lately = Lately[BankSettings](max_age_s=max_age_s, clock=clock)

    def current(self) -> BankSettings:
        """Return the settings in force; while the database does not answer, those known last. Raises `StorageError`."""
        known = self._lately.fresh()
        if known is not None:
            return known
        try:
            return self._lately.keep(self._settings.current())
        except StorageError:
            last = self._lately.last()
            if last is None:
                raise
            return self._lately.keep(last)

    def forget(self) -> None:
        """Read the settings again at the next look."""
        self._lately.forget()
