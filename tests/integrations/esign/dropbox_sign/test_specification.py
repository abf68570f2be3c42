"""Whatever passes between the adapter and the simulator fits what Dropbox Sign published."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft4Validator

from docgen.domain.canonical import digest_of
from docgen.errors import ServiceUnavailable
from docgen.ports.esign import NewRecipient
from integrations.esign.dropbox_sign.client import WORDS, DropboxSignClient
from integrations.esign.dropbox_sign.provider import DropboxSignTrial
from integrations.simulators.dropbox_sign import DropboxSignSimulator
from integrations.simulators.mischief import Trouble
from integrations.system.clock import StandingClock
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession
from tests.contracts.esign import AT, two_of_each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from integrations.simulators.wire import Exchange

SPECS = Path(__file__).parents[3] / "simulators" / "specs"
SPECIFICATION = json.loads((SPECS / "dropbox_sign.json").read_text("utf-8"))
BASE = "/v3"
FIELD_SCHEMAS = {
    "signature": "SubFormFieldsPerDocumentSignature",
    "date_signed": "SubFormFieldsPerDocumentDateSigned",
    "text": "SubFormFieldsPerDocumentText",
}
PARTS_IN_JSON = ("signers", "metadata", "form_fields_per_document", "signing_options")


def strict(schema: Any, *, closed: bool = True) -> Any:
    """Write a schema of OpenAPI 3.0 as JSON Schema, without room for what it does not name."""
    if isinstance(schema, list):
        return [strict(item, closed=closed) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner: dict[str, Any] = {
        name: {key: strict(item) for key, item in value.items()}
        if name == "properties"
        else strict(value, closed=closed and name != "allOf")
        for name, value in schema.items()
        if name != "nullable"
    }
    if "$ref" in inner:
        inner["$ref"] = inner["$ref"].replace("#/components/schemas/", "#/schemas/")
    if schema.get("nullable"):
        inner["type"] = [schema["type"], "null"]
    if closed and "properties" in inner:
        inner.setdefault("additionalProperties", False)
    return inner


SCHEMAS = {
    # A form field's own kinds add to these properties, so they alone may not close the list.
    name: strict(schema, closed=not name.startswith("SubFormFieldsPerDocument"))
    for name, schema in SPECIFICATION["schemas"].items()
}
# The vendor asks for `options` in a text field and describes no such thing anywhere.
SCHEMAS["SubFormFieldsPerDocumentText"]["allOf"][1]["required"].remove("options")


def problems(value: object, schema: Mapping[str, Any]) -> list[str]:
    """Say where a value does not fit a schema."""
    whole = {**strict(schema), "schemas": SCHEMAS}
    return [
        f"{list(error.absolute_path)}: {error.message}"
        for error in Draft4Validator(whole).iter_errors(value)
    ]


def misfits(exchange: Exchange) -> list[str]:
    """Say where one exchange does not fit the published operation."""
    asked = exchange.asked
    for path, operations in SPECIFICATION["paths"].items():
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", path)
        literal = "{" not in path
        if re.fullmatch(BASE + pattern, asked.path) and asked.method.lower() in operations:
            if not literal and any(BASE + other == asked.path for other in SPECIFICATION["paths"]):
                continue
            operation = operations[asked.method.lower()]
            return [*_asked(exchange, operation), *_answered(exchange, operation)]
    return [f"{asked.method} {asked.path} is not published"]


def _asked(exchange: Exchange, operation: Mapping[str, Any]) -> list[str]:
    asked = exchange.asked
    allowed = {
        item["name"]: item["schema"]
        for item in operation.get("parameters", [])
        if item["in"] == "query"
    }
    found = [f"query {name}" for name in set(asked.query) - set(allowed)]
    for name, text in asked.query.items():
        whole = allowed.get(name, {}).get("type") == "integer"
        found += problems(int(text) if whole else text, allowed.get(name, {}))
    schemas = operation.get("requestBody")
    if schemas is None:
        return found + ["a body where none is asked for"] * bool(asked.body)
    kind = asked.headers["content-type"].partition(";")[0]
    if kind == "application/json":
        return found + problems(asked.json(), schemas[kind])
    return found + problems(_told(exchange), schemas[kind]) + _form_fields(exchange)


def _told(exchange: Exchange) -> dict[str, Any]:
    """Read a multipart request as the values its parts stand for."""
    fields, files = exchange.asked.form()
    told: dict[str, Any] = dict(fields)
    told |= {name: json.loads(fields[name]) for name in PARTS_IN_JSON}
    told |= {name: fields[name] == "1" for name in ("test_mode", "allow_decline")}
    told["expires_at"] = int(fields["expires_at"])
    told["files"] = [name for _, name, _ in files]
    return told


def _form_fields(exchange: Exchange) -> list[str]:
    return [
        problem
        for item in _told(exchange)["form_fields_per_document"]
        for problem in [
            *problems(item, {"$ref": f"#/schemas/{FIELD_SCHEMAS[item['type']]}"}),
            *(f"form field {name}" for name in set(item) - _names(FIELD_SCHEMAS[item["type"]])),
        ]
    ]


def _names(schema: str) -> set[str]:
    base = SCHEMAS["SubFormFieldsPerDocumentBase"]["properties"]
    return set(base) | set(SCHEMAS[schema]["allOf"][1]["properties"])


def _answered(exchange: Exchange, operation: Mapping[str, Any]) -> list[str]:
    answered = exchange.answered
    status = str(answered.status) if answered.status == 200 else f"{answered.status // 100}XX"
    if status not in operation["responses"]:
        return [f"status {answered.status}"]
    schema = operation["responses"][status].get("application/json")
    if schema is None or not answered.data():
        return []
    return problems(json.loads(answered.data()), schema)


@pytest.fixture(scope="module")
def run() -> Iterator[DropboxSignSimulator]:
    """Go the whole way: send, find, view, sign, remind, reassign, void, download, be refused."""
    clock = StandingClock(AT)
    with DropboxSignSimulator(now=clock.now, callback_url="https://site.example.org/c") as running:
        session = ServiceSession(
            "dropbox_sign", WORDS, clock.now, pause=lambda _: None, timeouts=(1.0, 5.0)
        )
        keys = Secrets((running.api_key,))
        client = DropboxSignClient(session, running.url, keys)
        service = DropboxSignTrial(client, keys, pause=lambda _: None)
        sent = service.send(two_of_each())
        service.find(digest_of("k1"))
        clock.advance(timedelta(hours=1))
        service.find(digest_of("k1"))
        service.remind(sent, "practice_1")
        running.view(sent, "practice_1@example.org")
        new = NewRecipient(name="Ann Other", title="Dean", email="ann@example.org")
        service.reassign(sent, "pso", new)
        running.sign_all(sent)
        service.fetch(sent)
        running.envelopes[sent].seal_waits = 3
        with pytest.raises(ServiceUnavailable):
            service.download(sent)
        service.download(sent)
        service.records(sent)
        other = service.send(two_of_each("k2"))
        service.void(other, "Too early")
        running.decline(service.send(two_of_each("k3")), "practice_1@example.org", "No")
        running.expire(service.send(two_of_each("k4")))
        service.find(digest_of("k4"))
        running.trouble(Trouble.THROTTLED)
        with pytest.raises(ServiceUnavailable):
            service.fetch(sent)
        yield running


def test_every_exchange_is_as_published(run: DropboxSignSimulator) -> None:
    """Path, query, parts, bodies, answers and refusals of a whole run."""
    found = [problem for exchange in run.exchanges for problem in misfits(exchange)]
    assert found == []
    assert run.faults == []


def test_the_run_uses_every_operation(run: DropboxSignSimulator) -> None:
    """So none of them goes unchecked."""
    used = {
        re.sub(r"/[0-9a-f]{40}$", "/{signature_request_id}", item.asked.path.removeprefix(BASE))
        for item in run.exchanges
    }
    assert used == set(SPECIFICATION["paths"])
    assert {item.answered.status for item in run.exchanges} >= {200, 409, 410, 429}


def test_every_callback_is_as_published(run: DropboxSignSimulator) -> None:
    """What the simulator tells is what Dropbox Sign says it tells."""
    letters = run.letters()
    assert letters
    for letter in letters:
        told = json.loads(letter.body.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0])
        assert told.pop("account_guid")  # documented in prose alone
        assert problems(told, {"$ref": "#/schemas/EventCallbackRequest"}) == []
        assert urlsplit(letter.url).path == "/c"


def test_a_strange_field_is_seen(run: DropboxSignSimulator) -> None:
    """The control: something that nobody published does not fit."""
    exchange = next(item for item in run.exchanges if item.asked.path.endswith("/send"))
    body = exchange.asked.body.replace(b'name="title"', b'name="titel"')
    strange = replace(exchange.asked, body=body)
    assert misfits(type(exchange)(asked=strange, answered=exchange.answered)) != []
    [reminder] = [item for item in run.exchanges if "/remind/" in item.asked.path]
    body = reminder.asked.body.replace(b"email_address", b"email")
    strange = replace(reminder.asked, body=body)
    assert misfits(type(reminder)(asked=strange, answered=reminder.answered)) != []


def test_the_cut_says_where_it_is_from() -> None:
    """Source, commit and licence."""
    assert set(SPECIFICATION["about"]) == {"source", "commit", "licence", "cut"}
