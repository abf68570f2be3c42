"""Every request and answer of a whole run is as DocuSeal documents them.

The tables below are our own notes on the operations we use, written down from its documentation and
its behavior. DocuSeal's own description is under the AGPL and is no part of this project.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from integrations.simulators.mischief import Delivery
from tests.contracts.esign import HOME, invited, request, two_of_each
from tests.integrations.esign.docuseal.running import ANN, Running

if TYPE_CHECKING:
    from integrations.simulators.wire import Asked, Exchange

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
SOME: Schema = {"type": "string", "minLength": 1}
TRUTH: Schema = {"type": "boolean"}
ID: Schema = {"type": "integer", "minimum": 1}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
TIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
ADDRESS: Schema = {"type": "string", "pattern": "^https?://"}
NOTHING: Schema = {"type": "null"}


def asks(*needed: str, **known: Schema) -> Schema:
    """Describe what may be asked: these fields and no others."""
    return {
        "type": "object",
        "properties": known,
        "required": list(needed),
        "additionalProperties": False,
    }


def tells(**known: Schema) -> Schema:
    """Describe an answer: these fields are there, and there may be others."""
    return {"type": "object", "properties": known, "required": sorted(known)}


def many(items: Schema, least: int = 0) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": items, "minItems": least}


def either(*schemas: Schema) -> Schema:
    """Describe what has one of several forms."""
    return {"anyOf": list(schemas)}


def words(*known: str) -> Schema:
    """Describe one of some words."""
    return {"enum": list(known)}


MESSAGE = asks("subject", "body", subject=SOME, body=SOME)
AREA = asks("x", "y", "w", "h", "page", x=SHARE, y=SHARE, w=SHARE, h=SHARE, page=ID)
FIELD = asks(
    "name",
    "type",
    "role",
    "areas",
    name=SOME,
    type=words("signature", "text", "date"),
    role=SOME,
    required=TRUTH,
    title=TEXT,
    areas=many(AREA, 1),
)
NEW_DOCUMENT = asks("name", "file", name=SOME, file=SOME, fields=many(FIELD))
NEW_SUBMITTER = asks(
    "email",
    role=SOME,
    name=SOME,
    email={"type": "string", "pattern": "@"},
    order={"type": "integer", "minimum": 0},
    external_id=SOME,
    metadata={"type": "object", "additionalProperties": TEXT},
    values={"type": "object", "additionalProperties": TEXT},
)
NEW_SUBMISSION = asks(
    "documents",
    "submitters",
    name=TEXT,
    send_email=TRUTH,
    order=words("preserved", "random"),
    completed_redirect_url=ADDRESS,
    expire_at={"type": "string", "pattern": r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$"},
    documents=many(NEW_DOCUMENT, 1),
    submitters=many(NEW_SUBMITTER, 1),
    message=MESSAGE,
    merge_documents=TRUTH,
    remove_tags=TRUTH,
)
CHANGE = asks(
    name=SOME,
    email=SOME,
    send_email={"const": True},
    completed_redirect_url=ADDRESS,
    values={"type": "object", "additionalProperties": TEXT},
)
SUBMITTER = tells(
    id=ID,
    submission_id=ID,
    email=either(TEXT, NOTHING),
    slug=SOME,
    sent_at=either(TIME, NOTHING),
    opened_at=either(TIME, NOTHING),
    completed_at=either(TIME, NOTHING),
    declined_at=either(TIME, NOTHING),
    name=either(TEXT, NOTHING),
    external_id=either(TEXT, NOTHING),
    metadata={"type": "object"},
    values=many(tells(field=TEXT)),
    status=words("awaiting", "sent", "opened", "completed", "declined"),
    role=TEXT,
)
LINKED = {"allOf": [SUBMITTER, tells(embed_src=ADDRESS)]}
HAPPENED = tells(
    id=ID,
    submitter_id=ID,
    event_type=words("decline_form", "bounce_email"),
    event_timestamp=TIME,
    data={"type": "object"},
)
FILE = tells(name=TEXT, url=ADDRESS)
SUBMISSION = tells(
    id=ID,
    name=either(TEXT, NOTHING),
    slug=SOME,
    submitters_order=words("preserved", "random"),
    audit_log_url=either(ADDRESS, NOTHING),
    combined_document_url=either(ADDRESS, NOTHING),
    completed_at=either(TIME, NOTHING),
    archived_at=either(TIME, NOTHING),
    expire_at=either(TIME, NOTHING),
    created_at=TIME,
    submitters=many(SUBMITTER, 1),
    submission_events=many(HAPPENED),
    documents=many(FILE),
    status=words("pending", "completed", "declined", "expired"),
)
CREATED = tells(
    id=ID,
    submitters=many(tells(id=ID, slug=SOME, embed_src=ADDRESS), 1),
    status=words("pending"),
    created_at=TIME,
)
PAGE = tells(data=many(SUBMITTER), pagination=tells(count={"type": "integer"}))
REPORT = tells(
    event_type={"type": "string", "pattern": r"^(form|submission)\.[a-z_]+$"},
    timestamp=TIME,
    data=tells(id=ID, status=TEXT),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: what may be asked and what is answered. Files are answered with bytes."""

    pattern: str
    answer: Schema | None
    body: Schema | None = None
    query: Schema = field(default_factory=asks)


OPERATIONS = (
    Operation(pattern="POST /api/submissions/pdf", body=NEW_SUBMISSION, answer=CREATED),
    Operation(pattern=r"GET /api/submissions/\d+", answer=SUBMISSION),
    Operation(
        pattern=r"DELETE /api/submissions/\d+", answer=tells(id=ID, archived_at=either(TIME))
    ),
    Operation(
        pattern=r"GET /api/submissions/\d+/documents", answer=tells(id=ID, documents=many(FILE))
    ),
    Operation(pattern="GET /api/submitters", query=asks(external_id=SOME), answer=PAGE),
    Operation(pattern=r"PUT /api/submitters/\d+", body=CHANGE, answer=LINKED),
    Operation(pattern=r"GET /file/[^/]+/[^/]+", answer=None),
)


def fits(exchange: Exchange) -> str:
    """Check one exchange; give the operation's pattern.

    Raises:
        ValidationError: something is not as documented.
    """
    asked = exchange.asked
    line = f"{asked.method} {asked.path}"
    [operation] = [one for one in OPERATIONS if re.fullmatch(one.pattern, line)]
    _check(dict(asked.query), operation.query)
    if operation.body is not None:
        _check(json.loads(asked.body), operation.body)
        assert asked.headers["content-type"] == "application/json"
    else:
        assert asked.body == b""
    assert ("x-auth-token" in asked.headers) == (operation.answer is not None)
    if operation.answer is not None:
        _check(json.loads(exchange.answered.data()), operation.answer)
    return operation.pattern


def _check(value: object, schema: Schema) -> None:
    Draft202012Validator(schema).validate(value)


def whole_run(docuseal: Running) -> None:
    """Do everything once: send, view, sign, fetch, remind, reassign, link, void, hand over."""
    service, simulator = docuseal.service(), docuseal.simulator
    asked = two_of_each()
    service.find(asked.idempotency_key)
    envelope_id = service.send(asked)
    service.find(asked.idempotency_key)
    simulator.view(envelope_id, "practice_1@example.org")
    service.remind(envelope_id, "practice_1")
    service.reassign(envelope_id, "practice_1", ANN)
    service.reassign(envelope_id, "pso", replace(ANN, email="pat@example.org"))
    service.signing_link(service.send(invited(two_of_each("k9"))), "practice_1", HOME)
    simulator.sign_all(envelope_id)
    service.fetch(envelope_id)
    service.download(envelope_id)
    service.records(envelope_id)
    declined, voided, expired = (service.send(request(f"k{number}")) for number in range(3))
    simulator.bounce(declined, "practice_1@example.org")
    simulator.decline(declined, "practice_1@example.org", "Not this year")
    service.void(voided, "Too early")
    docuseal.clock.advance(timedelta(days=1))
    simulator.expire(expired)
    for one in (declined, voided, expired):
        service.fetch(one)


def test_a_whole_run_fits_the_documented_operations(docuseal: Running) -> None:
    """Every exchange, and every operation that we know is used."""
    whole_run(docuseal)
    used = {fits(exchange) for exchange in docuseal.simulator.exchanges}
    assert used == {one.pattern for one in OPERATIONS}


def test_every_callback_of_a_run_fits(docuseal: Running) -> None:
    """Body and headers, of every event that DocuSeal has for us but one."""
    whole_run(docuseal)
    letters = docuseal.simulator.letters(Delivery.NORMAL)
    for letter in letters:
        _check(json.loads(letter.body), REPORT)
        assert letter.headers["Content-Type"] == "application/json"
        assert re.fullmatch(r"\d{10}\.[0-9a-f]{64}", letter.headers["X-Docuseal-Signature"])
    assert {json.loads(letter.body)["event_type"] for letter in letters} == {
        "submission.created",
        "form.viewed",
        "form.completed",
        "form.declined",
        "submission.completed",
        "submission.expired",
        "submission.archived",
    }


def sending(docuseal: Running) -> Exchange:
    """Send, and give that exchange."""
    docuseal.service().send(two_of_each())
    return docuseal.simulator.exchanges[-1]


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(surprise=1),
        lambda told: told.pop("submitters"),
        lambda told: told.update(order="sideways"),
        lambda told: told.update(expire_at="2026-12-31T23:59:59Z"),
        lambda told: told["message"].pop("body"),
        lambda told: told["submitters"][0].update(order="0"),
        lambda told: told["submitters"][0].update(title="Dean"),
        lambda told: told["documents"][0]["fields"][0]["areas"][0].update(x=72),
        lambda told: told["documents"][0]["fields"][0]["areas"][0].update(page=0),
        lambda told: told["documents"][0]["fields"][0].update(type="sign_here"),
    ],
)
def test_the_tables_would_notice(docuseal: Running, change: Any) -> None:
    """The check can fail: one wrong thing in one request."""
    exchange = sending(docuseal)
    fits(exchange)
    told = json.loads(exchange.asked.body)
    change(told)
    with pytest.raises(ValidationError):
        fits(replace(exchange, asked=_saying(exchange.asked, told)))


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(surprise=1),
        lambda told: told["submitters"].clear(),
        lambda told: told["submitters"][0].update(order="0"),
        lambda told: told["message"].pop("body"),
        lambda told: told.update(expire_at="2026-12-31T23:59:59Z"),
        lambda told: told["documents"][0]["fields"][0]["areas"][0].update(x=72),
        lambda told: told["documents"][0]["fields"][0]["areas"][0].update(page=0),
        lambda told: told["documents"][0]["fields"][0]["areas"][0].update(page=3),
        lambda told: told["documents"][0]["fields"][0].update(role="nobody"),
        lambda told: told["documents"][0]["fields"][0].update(type="sign_here"),
        lambda told: told["documents"][0].update(file="bm8="),
        lambda told: told["submitters"][1].update(role="practice_1"),
        lambda told: told["submitters"][1]["values"].update(psa_practice_1_name="Dana"),
    ],
)
def test_the_simulator_refuses_what_is_not_documented(docuseal: Running, change: Any) -> None:
    """With 422, as DocuSeal does; nothing is sent."""
    exchange = sending(docuseal)
    told, before = json.loads(exchange.asked.body), len(docuseal.simulator.envelopes)
    change(told)
    answered = docuseal.simulator.answer(_saying(exchange.asked, told))
    docuseal.simulator.faults.clear()
    assert answered.status == 422
    assert len(docuseal.simulator.envelopes) == before


def _saying(asked: Asked, told: object) -> Asked:
    return replace(asked, body=json.dumps(told).encode())
