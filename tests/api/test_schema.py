"""The whole OpenAPI document is tried: nothing made from it, right or wrong, gets an answer it does not promise."""

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from smartbank.api.app import create_api
from smartbank.api.asgi import create_app
from smartbank.api.openapi import _WORDS
from smartbank.config import Settings
from smartbank.core.people import ROLE_RIGHTS, Role
from smartbank.core.programs import Program, make_key
from smartbank.ml.shelf import ArtifactShelf
from tests.api.conftest import LONG_AGO
from tests.services import memory_services

MODELS = Path(__file__).parents[2] / "models"
EXAMPLES = 12
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]


def whole_api():
    """Return the API on services in memory, its document, and the key of a program that may do everything."""
    services = memory_services(configuration=Settings(models_dir=MODELS), shelf=ArtifactShelf(MODELS))
    rights = frozenset(ROLE_RIGHTS[Role.ADMIN])
    services.programs.add(Program("tests", Role.ADMIN, rights, "tests", LONG_AGO, "root"))
    key, shown = make_key("tests", by="root", now=LONG_AGO)
    services.programs.add_key(key)
    alone = create_app(lambda: services, Settings(allowed_hosts="testserver", requests_per_minute=0))
    return alone, create_api(lambda: services).openapi(), shown


API, DOCUMENT, KEY = whole_api()
SCHEMA = schemathesis.openapi.from_asgi("/api/v1/openapi.json", API)
OPERATIONS = {each.ok().label: each.ok() for each in SCHEMA.get_all_operations()}


TRIED = [
    pytest.param(name, mode, id=f"{name}-{mode.value}")
    for name, operation in OPERATIONS.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or {"parameters", "requestBody"} & set(operation.definition.raw)
]
"""Where nothing is sent, nothing can be wrong."""


@pytest.mark.parametrize(("name", "mode"), TRIED)
def test_nothing_made_from_the_document_gets_an_answer_it_does_not_promise(name, mode):
    @given(case=OPERATIONS[name].as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
    def every(case):
        case.call_and_validate(headers={"X-API-Key": KEY}, checks=CHECKS)

    every()


def test_the_document_promises_problem_details_and_no_other_errors():
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            errors = {status: said for status, said in operation["responses"].items() if status >= "400"}
            assert set(errors) <= set(_WORDS), (path, method)
            assert all(list(said["content"]) == ["application/problem+json"] for said in errors.values())
    assert "HTTPValidationError" not in DOCUMENT["components"]["schemas"]
