"""The API as it describes itself: whatever fits the description, or does not, is answered."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.app.api.caller import AT, Caller, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemathesis import Case

    from tests.app.desk.staff import Desk

# Of each route. Most of what could be wrong lies before any database; the other one is asked less.
EXAMPLES = 5 if os.environ.get("DOCGEN_TEST_DATABASE_URL") else 15
QUIET = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def served(desk: Desk) -> Callable[..., Any]:
    """Give the site as a WSGI server calls it."""
    from django.core.wsgi import get_wsgi_application

    handler = get_wsgi_application()

    def site(environ: dict[str, Any], start: Any) -> Any:
        return handler(environ | {"docgen.office": desk.office}, start)

    return site


def operations(site: Callable[..., Any]) -> dict[str, Any]:
    """List every operation of the description by method and path."""
    import schemathesis
    from schemathesis.core.result import Ok

    schema = schemathesis.openapi.from_wsgi(f"{AT}/openapi.json", site)
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {f"{item.method.upper()} {item.path}": item for item in found}


@pytest.mark.slow
def test_the_description_names_every_route(served: Callable[..., Any]) -> None:
    """What is routed is described, with the refusals in their one form."""
    from tests.app.test_access import routes

    described = {name.partition(" ")[2] for name in operations(served)}
    routed = {address for name, address in routes() if name.startswith("api:")}
    assert len(described) == len(routed) - 2  # but the description itself and the empty address


def test_files_are_described_by_their_kinds(desk: Desk) -> None:
    """Whatever is handed over as a file is told as one, with its media type and no other."""
    paths = json.loads(desk.client().get(f"{AT}/openapi.json").content)["paths"]
    kinds = {
        (path.removeprefix(AT), *operation["responses"]["200"]["content"])
        for path, methods in paths.items()
        for operation in methods.values()
        if "200" in operation["responses"]
    }
    files = {path: found for path, *found in kinds if found != ["application/json"]}
    assert files["/archive/register"] == files["/exports/{export_id}/file"] == ["application/zip"]
    assert files["/packets/{packet_id}/scan"] == ["application/pdf"]
    assert len(files) > 10
    assert not any("application/json" in found for found in files.values())


def ask_everything(desk: Desk, site: Callable[..., Any], only: str = "") -> Counter[int]:
    """Ask each operation with data that fits and data that does not; count the answers."""
    from schemathesis import GenerationMode
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    caller = Caller.of(desk, "everything")
    numbers, answers = count(), Counter[int]()
    real: dict[str, object] = {
        "packet_id": desk.packet().id,
        "enrollment_id": desk.enrollment.enrollment_id,
        "slug": "psa",
        "form": "pdf",
        "kind": "xlsx",
        "version": "1.0.0",
        "number": 1,
    }
    checks = (
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    )

    def ask(case: Case[Any]) -> None:
        number = next(numbers)
        if number % 3:
            known = {name: real[name] for name in case.path_parameters if name in real}
            case.path_parameters.update(known)
        headers = {**caller.headers(), "Idempotency-Key": f"k{number}"}
        if number % 50 == 0:
            desk.clock.advance(timedelta(hours=1))
        response = case.call(headers=headers)
        answers[response.status_code] += 1
        case.validate_response(response, checks=checks)

    for name, operation in operations(site).items():
        if only not in name:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                strategy = operation.as_strategy(generation_mode=mode)
            except ValueError:  # nothing that would not fit
                continue
            QUIET(given(strategy)(ask))()
    return answers


@pytest.mark.slow
def test_whatever_is_asked_is_answered(desk: Desk, served: Callable[..., Any]) -> None:
    """No 5xx, no status, no form and no field of which the description does not tell."""
    answers = ask_everything(desk, served)
    assert sum(answers.values()) > 20 * EXAMPLES
    assert {200, 201, 400, 401, 404, 409, 422} <= set(answers)
    assert max(answers) < 500


def broken(*_: object) -> object:
    """Fail as nothing of ours does."""
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("place", "fault", "found"),
    [
        ("docgen.db.register.DatabaseRegister.archived", broken, "Server error"),
        ("docgen.web.api.problems.MEDIA_TYPE", "application/json", "Content-Type"),
    ],
)
def test_a_planted_fault_is_found(
    desk: Desk,
    served: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    fault: object,
    found: str,
) -> None:
    """Control: an operation that breaks, and refusals in another form than is told."""
    assert operations(served)  # the description is made on first use, and not of the fault
    monkeypatch.setattr(place, fault)
    with pytest.raises(BaseExceptionGroup) as failed:
        ask_everything(desk, served, only="/archive")
    assert found in str(failed.value.exceptions) + str(failed.value)


def test_every_operation_says_when_to_come_back(auditor: Caller) -> None:
    """A program that asked too often reads from the description which header to wait by."""
    paths = told(auditor.get("/openapi.json"))["paths"]
    for path, methods in paths.items():
        for operation in methods.values():
            assert "Retry-After" in operation["responses"]["429"]["headers"], path
