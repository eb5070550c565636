"""A scorer whose numbers can be checked by eye."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from smartbank.core.card_figures import TWIN_OF, twin_of
from smartbank.core.drift import FieldBins
from smartbank.core.fields import CUSTOMER_COLUMNS, LEAD_COLUMNS
from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.market.periods import Period
from smartbank.core.market.training import TrainingMarket, TrainingMonth
from smartbank.core.own_calls import OwnCalls
from smartbank.core.ports import Artifact, Model, Retrained
from smartbank.core.reasons import ReasonWriter
from smartbank.core.training_rows import RowMatches
from smartbank.errors import ModelArtifactError


class StubScorer:
    """Margin = (age - 40) / 10 and nothing else; the market adds its Euribor; buyers of old bought 65 % of the time."""

    version = "stub-1"
    base_value = 0.0
    _twin_of: str | None = None

    def __init__(self, version: str = "stub-1", *, twin_of: str | None = None) -> None:
        self.version, self._twin_of = version, twin_of

    @property
    def card(self) -> dict[str, object]:
        known = {"version": self.version, "base_rate": 0.11, "metrics": {}, "data": {"last_period": "2010-11"}}
        return known if self._twin_of is None else known | {TWIN_OF: self._twin_of}

    @property
    def training_market(self) -> TrainingMarket:
        months = (
            TrainingMonth(Period.parse("2008-06"), 600, 94.465, 4.9, 1.4, 3.35, 4.8, 5.0),
            TrainingMonth(Period.parse("2009-09"), 300, 92.379, 0.8, -3.4, -1.67, 0.7, 0.9),
            TrainingMonth(Period.parse("2010-10"), 200, 94.601, 1.0, -1.1, 2.35, 0.9, 1.1),
        )
        low, high = (0.7, -3.4, -1.67), (5.0, 1.4, 3.35)
        by_name = [dict(zip(MARKET_FEATURES, ends, strict=True)) for ends in (low, high, (3.6, 0.1, 1.7))]
        return TrainingMarket(months, *by_name)

    def margins(self, leads: pd.DataFrame) -> np.ndarray:
        return ((leads["age"].to_numpy(dtype=float) - 40) / 10).astype(float)

    def contributions(self, leads: pd.DataFrame) -> np.ndarray:
        parts = np.zeros((len(leads), len(LEAD_COLUMNS)))
        parts[:, 0] = self.margins(leads)
        return parts

    def explained_margins(self, leads: list[Mapping[str, object]]) -> tuple[np.ndarray, np.ndarray]:
        frame = pd.DataFrame([dict(lead) for lead in leads], columns=list(LEAD_COLUMNS))
        return self.margins(frame), self.contributions(frame)

    def market_term(self, market: tuple[float, float, float]) -> float:
        return market[0]

    def market_terms(self, market: pd.DataFrame) -> np.ndarray:
        return market["euribor3m"].to_numpy(dtype=float)

    def cpi_year_on_year(self, cpi: np.ndarray) -> np.ndarray:
        return np.where(np.isclose(cpi, 93.994), 2.78, np.nan)

    def reference_margins(self) -> np.ndarray:
        return np.linspace(-2, 2, 101)

    def rate(self, field: str, value: object) -> tuple[str, float, int] | None:
        if field == "poutcome" and value == "success":
            return "customers who bought in the last campaign", 0.65, 1373
        return ("customers aged 40 to 49", 0.08, 10_000) if field == "age" else None


class UnsureScorer(StubScorer):
    """A stub whose level is off by 0.5 in log-odds from month to month."""

    @property
    def card(self) -> dict[str, object]:
        return super().card | {"metrics": {"C": {"level": {"with_market": 0.5}}}}


class NothingTrainedOn:
    """Training rows nobody is like."""

    def matches(self, leads: pd.DataFrame, fields: list[str]) -> RowMatches:  # noqa: ARG002
        return RowMatches(rows=len(leads))

    def bins(self) -> tuple[FieldBins, ...]:
        return ()

    def rows(self) -> pd.DataFrame:
        return stub_leads([]).assign(y=pd.Series([], dtype=bool), period=pd.Series([], dtype="str"))


class ShelfOf:
    """A shelf on which models lie that are loaded already; the first is the shipped one."""

    def __init__(self, *models: Model) -> None:
        self.models = {model.version: model for model in models}
        self._shipped = models[0].version
        self._n_shipped = len(models)

    def shipped(self) -> str:
        return self._shipped

    def shipped_versions(self) -> list[str]:
        return list(self.models)[: self._n_shipped]

    def card(self, version: str) -> dict[str, object]:
        return dict(self.load(version).scorer.card)

    def load(self, version: str) -> Model:
        if version not in self.models:
            raise ModelArtifactError(f"Model {version} is neither in the models folder nor in the database.")
        return self.models[version]

    def packed(self, version: str) -> bytes:
        return self.load(version).version.encode()

    def keep(self, artifact: Artifact) -> None:
        self.models[artifact.version] = stub_model(artifact.version, twin_of=artifact.content.get("twin_of"))


def model_with(scorer: object, training_rows: object = None) -> Model:
    """Return a loaded model; nobody is like the rows it learned from unless others are given."""
    rows = NothingTrainedOn() if training_rows is None else training_rows
    return Model(scorer, rows, ReasonWriter(scorer.rate, float(scorer.card["base_rate"])))


def stub_model(version: str, *, twin_of: str | None = None) -> Model:
    """Return a loaded stub model of a version, which may be the twin of another one."""
    return model_with(StubScorer(version, twin_of=twin_of))


class StubTrainer:
    """Trains a model that ranks the bank's own calls by age the other way round, and judges all of them."""

    version = "2026.2-00000001"
    twin = "2026.2-10000001"

    def train(self, own: OwnCalls, *, champion: Mapping[str, object], report: Callable[[str], None]) -> Retrained:
        report("Fitting on all rows…")
        both = [Artifact(self.version, {}), Artifact(self.twin, {"twin_of": self.version})]
        challenger, counterpart = reversed(both) if twin_of(champion) else both
        return Retrained(challenger, counterpart, -own.frame["age"].to_numpy(dtype=float))


class NoBacktests:
    """A shelf on which no backtest lies."""

    def load(self, version: str) -> None:  # noqa: ARG002
        return None


def stub_leads(ages: list[int]) -> pd.DataFrame:
    """Return leads `lead-0`, `lead-1`, ... of these ages, with nothing else known."""
    frame = pd.DataFrame({name: pd.Series([float("nan")] * len(ages), dtype="float64") for name in CUSTOMER_COLUMNS})
    texts = [name for name in CUSTOMER_COLUMNS if name not in ("age", "attempt", "previous", "days_since_contact")]
    frame = frame.astype(dict.fromkeys(texts, "str"))
    return frame.assign(
        customer_id=pd.Series([f"lead-{i}" for i in range(len(ages))], dtype="str"), age=[float(age) for age in ages]
    )


class TrainedOnTheYoung(NothingTrainedOn):
    """1,000 training rows, nine of ten younger than 60, six of ten reached on a mobile phone."""

    def bins(self) -> tuple[FieldBins, ...]:
        age = FieldBins("age", ends=(30.0, 60.0, float("inf")), counts=(500, 400, 100, 0))
        education = FieldBins("education", levels=("high.school",), counts=(1, 999))
        return (age, education, FieldBins("contact", levels=("cellular", "telephone"), counts=(600, 400, 0)))


class ScorerByAgeAndChannel(StubScorer):
    """Adds 0.5 to the margin for a mobile phone."""

    def margins(self, leads: pd.DataFrame) -> np.ndarray:
        return super().margins(leads) + 0.5 * (leads["contact"] == "cellular").to_numpy()

    def contributions(self, leads: pd.DataFrame) -> np.ndarray:
        parts = np.zeros((len(leads), len(LEAD_COLUMNS)))
        parts[:, 0] = super().margins(leads)
        parts[:, LEAD_COLUMNS.index("contact")] = 0.5 * (leads["contact"] == "cellular").to_numpy()
        return parts
