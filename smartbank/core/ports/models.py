"""The models at hand, and which of them is in force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from smartbank.core.model_versions import Comparison, Promotion, TrainedModel
from smartbank.core.own_calls import OwnCalls
from smartbank.core.ports.scorer import FloatArray, Scorer
from smartbank.core.ports.training_rows import TrainingRows
from smartbank.core.reasons import ReasonWriter


@dataclass(frozen=True)
class Model:
    """One version of the model, loaded: what scores, the rows it learned from, and what puts its reasons into words."""

    scorer: Scorer
    training_rows: TrainingRows
    writer: ReasonWriter

    @property
    def version(self) -> str:
        """Identifier stored beside every score it makes."""
        return self.scorer.version


@dataclass(frozen=True)
class Artifact:
    """A model that was trained: a version made of its content, and the files it is kept as."""

    version: str
    content: Mapping[str, bytes]


@dataclass(frozen=True)
class Retrained:
    """A model that was trained anew with its twin, not kept yet.

    Attributes
    ----------
    challenger : Artifact
        With age and marital status where the champion has them, without them where it has not.
    counterpart : Artifact
        The same, the other way round.
    ahead : array of shape (n_calls,)
        Margins of the bank's own calls in log-odds, each from the challenger's recipe fitted on nothing but the months
        before the call's; NaN for calls in months the champion was trained on.
    """

    challenger: Artifact
    counterpart: Artifact
    ahead: FloatArray


class ModelTrainer(Protocol):
    """Trains a challenger from the training file and the bank's own calls."""

    def train(self, own: OwnCalls, *, champion: Mapping[str, Any], report: Callable[[str], None]) -> Retrained:
        """Train on everything there is, and judge the recipe month by month.

        Parameters
        ----------
        champion : mapping
            Card of the model in force: calls after its last month are judged, by the fields it may use.
        report : callable
            Told in a line what is being done, and called often; what it raises ends the training.

        Raises
        ------
        TrainingDataError
            The training file is missing or not what UCI publishes, or the calls cannot carry a model.
        """
        ...


class ModelShelf(Protocol):
    """Where the artifacts of models lie; each method raises `ModelArtifactError` where one is missing or altered."""

    def shipped(self) -> str:
        """Return the version that is in force where no other was promoted."""
        ...

    def shipped_versions(self) -> list[str]:
        """Return the versions SmartBank brings with it, the newest last."""
        ...

    def card(self, version: str) -> Mapping[str, Any]:
        """Return the card of a version, without loading the model."""
        ...

    def load(self, version: str) -> Model:
        """Return a version, checked and rescored; slow, and loaded anew each time."""
        ...

    def packed(self, version: str) -> bytes:
        """Return the files of a version as one, to be taken elsewhere."""
        ...

    def keep(self, artifact: Artifact) -> None:
        """Keep an artifact where every process finds it; the same version again replaces it."""
        ...


class ModelRegistry(Protocol):
    """What is known of versions: who trained them, how they were compared, which was in force from when."""

    def add(self, trained: TrainedModel) -> None:
        """Keep what is known of a model that was trained; the same version again changes nothing."""
        ...

    def trained(self) -> list[TrainedModel]:
        """Return the models that were trained here, the newest first."""
        ...

    def keep_comparison(self, comparison: Comparison) -> None:
        """Keep a comparison in place of an earlier one of the same two versions."""
        ...

    def comparisons(self, champion: str) -> list[Comparison]:
        """Return how challengers were compared with a champion, the newest first."""
        ...

    def promote(self, promotion: Promotion) -> bool:
        """Put a version in force; False, and nothing is changed, where its number is taken already."""
        ...

    def promotions(self) -> list[Promotion]:
        """Return every change of the model in force, the newest first."""
        ...

    def in_force(self) -> Promotion | None:
        """Return the change that holds now; None where nothing was ever promoted."""
        ...
