"""What is known of versions of the model, in memory."""

from dataclasses import replace
from threading import RLock

from smartbank.core.model_versions import Comparison, Promotion, TrainedModel
from smartbank.core.moments import to_milliseconds


class MemoryModelRegistry:
    """Keeps versions, comparisons and promotions in dictionaries."""

    def __init__(self) -> None:
        self._trained: dict[str, TrainedModel] = {}
        self._comparisons: dict[tuple[str, str], Comparison] = {}
        self._promotions: dict[int, Promotion] = {}
        self._lock = RLock()

    def add(self, trained: TrainedModel) -> None:
        with self._lock:
            self._trained.setdefault(trained.version, replace(trained, at=to_milliseconds(trained.at)))

    def trained(self) -> list[TrainedModel]:
        with self._lock:
            return sorted(self._trained.values(), key=lambda each: (each.at, each.version), reverse=True)

    def keep_comparison(self, comparison: Comparison) -> None:
        with self._lock:
            kept = replace(comparison, at=to_milliseconds(comparison.at))
            self._comparisons[comparison.champion, comparison.challenger] = kept

    def comparisons(self, champion: str) -> list[Comparison]:
        with self._lock:
            found = [each for each in self._comparisons.values() if each.champion == champion]
        return sorted(found, key=lambda each: (each.at, each.challenger), reverse=True)

    def promote(self, promotion: Promotion) -> bool:
        kept = replace(promotion, at=to_milliseconds(promotion.at))
        with self._lock:
            return self._promotions.setdefault(promotion.number, kept) is kept

    def promotions(self) -> list[Promotion]:
        with self._lock:
            return [self._promotions[number] for number in sorted(self._promotions, reverse=True)]

    def in_force(self) -> Promotion | None:
        return next(iter(self.promotions()), None)
