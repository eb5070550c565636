"""The model in force, which may change while processes run, and every other version that is asked for."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from threading import RLock
from typing import Final

from smartbank.core.ports import Model, ModelRegistry, ModelShelf, Scorer
from smartbank.core.reasons import ReasonWriter
from smartbank.core.trace import traced
from smartbank.errors import ModelArtifactError, StorageError
from smartbank.services.lately import Lately

MAX_AGE_S: Final = 5.0
"""How long after a promotion a process may go on with the champion before, in seconds."""
_LOADED: Final = 4
"""Versions that stay in memory."""

logger = logging.getLogger(__name__)


class ModelsInForce:
    """Knows which version is in force, some seconds old at most, and loads a version once.

    Whoever works with a model for a while takes it once: `current` may return another one the next time.
    """

    def __init__(
        self,
        registry: ModelRegistry,
        shelf: ModelShelf,
        *,
        max_age_s: float = MAX_AGE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._shelf = shelf
        self._lately = Lately[Model](max_age_s=max_age_s, clock=clock)
        self._loaded: OrderedDict[str, Model] = OrderedDict()
        self._lock = RLock()

    def current(self) -> Model:
        """Return the model in force; while it cannot be found out or loaded, the one known last or a champion before.

        Raises
        ------
        StorageError
            The database does not answer, and nothing is known yet.
        ModelArtifactError
            No model can be loaded.
        """
        with self._lock:
            known = self._lately.fresh()
            if known is not None:
                return known
            try:
                found = self.load(self.version())
            except (StorageError, ModelArtifactError) as exc:
                found = self._lately.last() or self._earlier(exc)
                logger.warning("The model is %s.", found.version, extra=traced(exc))
            return self._lately.keep(found)

    def _earlier(self, exc: StorageError | ModelArtifactError) -> Model:
        """Return the champion before that can be loaded, or the shipped one: a start must not hang on one artifact."""
        if isinstance(exc, StorageError):
            raise exc
        for version in dict.fromkeys([*(each.before for each in self._registry.promotions()), self._shelf.shipped()]):
            with suppress(ModelArtifactError):
                return self.load(version)
        raise exc

    def version(self) -> str:
        """Return the version in force as the database says now: the one promoted last, or else the one shipped."""
        promoted = self._registry.in_force()
        return self._shelf.shipped() if promoted is None else promoted.version

    def load(self, version: str) -> Model:
        """Return a version, in force or not. Raises `ModelArtifactError`, and `StorageError` for one kept there."""
        with self._lock:
            if version not in self._loaded:
                self._loaded[version] = self._shelf.load(version)
            self._loaded.move_to_end(version)
            while len(self._loaded) > _LOADED:
                self._loaded.popitem(last=False)
            return self._loaded[version]

    def scorer_of(self, version: str) -> Scorer:
        """Return the scorer of a version. Raises as `load` does."""
        return self.load(version).scorer

    def writer_of(self, version: str) -> ReasonWriter:
        """Return what puts the reasons of a version into words; that of the model in force where it is gone."""
        try:
            return self.load(version).writer
        except ModelArtifactError:
            return self.current().writer

    def forget(self) -> None:
        """Find out at the next look which version is in force."""
        with self._lock:
            self._lately.doubt()
