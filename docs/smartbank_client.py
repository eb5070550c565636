"""A small client of SmartBank's API: copy it into your program. It needs the library `requests`, and no more."""

import uuid
from collections.abc import Iterator
from typing import Any, Literal, TypedDict

import requests

TIMEOUT_S = 30


class Reason(TypedDict):
    """What one field does to the propensity; the contribution is in log-odds."""

    field: str
    value: str | int | None
    contribution: float
    sentence: str


class Prediction(TypedDict):
    """A stored prediction, as far as a program needs it."""

    prediction_id: str
    customer_id: str
    result: Literal["YES", "NO"]
    probability: float
    confidence: float
    threshold: float
    band: Literal["A", "B", "C", "D"]
    reasons: list[Reason]
    model_version: str
    scored_at: str


class Refused(Exception):
    """SmartBank refused a request; its message says why and what to do."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem['detail']} (request {problem['request_id']})")
        self.problem = problem


class SmartBank:
    """The API at an address, asked with a program's key."""

    def __init__(self, address: str, key: str) -> None:
        self._address = address.rstrip("/")
        self._session = requests.Session()
        self._session.headers["X-API-Key"] = key

    def predict(self, lead: dict[str, Any], *, key: str | None = None) -> Prediction:
        """Return the prediction of one lead; `key` is yours for this request, should you have to send it again."""
        prediction: Prediction = self._ask("POST", "/v1/predictions", json=lead, key=key or str(uuid.uuid4()))
        return prediction

    def predict_many(self, leads: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return what came of up to 1,000 leads, in their order: `prediction`, or `left_out` with the reason."""
        answer = self._ask("POST", "/v1/predictions/batch", json={"items": leads}, key=str(uuid.uuid4()))
        items: list[dict[str, Any]] = answer["items"]
        return items

    def customers(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """Yield the customers a question means, page after page: `text`, `band`, `consent`."""
        cursor = None
        while True:
            page = self._ask("GET", "/v1/customers", params={**asked, "limit": 100, "cursor": cursor})
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def _ask(
        self, method: str, path: str, *, json: Any = None, params: dict[str, Any] | None = None, key: str | None = None
    ) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        answer = self._session.request(
            method, f"{self._address}/api{path}", json=json, params=params, headers=headers, timeout=TIMEOUT_S
        )
        if not answer.ok:
            raise Refused(answer.json())
        return answer.json()
