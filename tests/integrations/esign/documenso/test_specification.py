"""Every request and answer of a whole run is as Documenso documents them.

The tables below are our own notes on the operations we use (API v2, server 2.17.0), written down
from its documentation and its behavior. Documenso's own description is under the AGPL and is no
part of this project.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from integrations.simulators.mischief import Delivery
from integrations.simulators.wire import Exchange
from tests.contracts.esign import HOME, invited, request, two_of_each
from tests.integrations.esign.documenso.running import Running

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
TRUTH: Schema = {"type": "boolean"}
PERCENT: Schema = {"type": "number", "minimum": 0, "maximum": 100}
TIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}


def closed(*optional: str, **properties: Schema) -> Schema:
    """Describe an object that holds these properties and no others; all are needed but some."""
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(set(properties) - set(optional)),
        "additionalProperties": False,
    }


def open_(**properties: Schema) -> Schema:
    """Describe an answer: these properties are there, and there may be others."""
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def listed(items: Schema, **limits: int) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": items, **limits}


def one_of(*words: str) -> Schema:
    """Describe one of some words."""
    return {"enum": list(words)}


def maybe(schema: Schema) -> Schema:
    """Describe what may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


PERIOD: Schema = {
    "anyOf": [
        closed(unit=one_of("day", "week", "month"), amount={"type": "integer", "minimum": 1}),
        closed(disabled={"const": True}),
    ]
}


def a_field(kind: str, meta: str, *optional: str, **more: Schema) -> Schema:
    """Describe one field to fill in."""
    return closed(
        "fieldMeta",
        type={"const": kind},
        identifier={"type": ["integer", "string"]},
        page={"type": "integer", "minimum": 1},
        positionX=PERCENT,
        positionY=PERCENT,
        width=PERCENT,
        height=PERCENT,
        fieldMeta=closed("required", *optional, type={"const": meta}, required=TRUTH, **more),
    )


PAYLOAD = closed(
    "externalId",
    "recipients",
    "meta",
    type={"const": "DOCUMENT"},
    title={"type": "string", "minLength": 1, "maxLength": 255},
    externalId={"type": "string", "maxLength": 255},
    recipients=listed(
        closed(
            "signingOrder",
            "fields",
            email={"type": "string", "pattern": "^[^@ ]+@[^@ ]+$"},
            name={"type": "string", "maxLength": 255},
            role=one_of("SIGNER", "APPROVER", "VIEWER", "CC", "ASSISTANT"),
            signingOrder=NUMBER,
            fields=listed(
                {
                    "oneOf": [
                        a_field("SIGNATURE", "signature"),
                        a_field("NAME", "name"),
                        a_field("DATE", "date"),
                        a_field("TEXT", "text", "label", "text", label=TEXT, text=TEXT),
                    ]
                }
            ),
        )
    ),
    meta=closed(
        "redirectUrl",
        subject={"type": "string", "maxLength": 254},
        message={"type": "string", "maxLength": 5000},
        signingOrder=one_of("PARALLEL", "SEQUENTIAL"),
        allowDictateNextSigner=TRUTH,
        distributionMethod=one_of("EMAIL", "NONE"),
        redirectUrl=TEXT,
        timezone=TEXT,
        dateFormat=one_of("yyyy-MM-dd", "yyyy-MM-dd hh:mm a", "MM/dd/yyyy", "dd/MM/yyyy"),
        language=one_of("de", "en", "fr", "es", "it", "nl", "pl", "pt-BR", "ja", "ko", "zh"),
        envelopeExpirationPeriod=PERIOD,
        reminderSettings=closed(sendAfter=PERIOD, repeatEvery=PERIOD),
    ),
)
STATUS = one_of("DRAFT", "PENDING", "COMPLETED", "REJECTED", "CANCELLED")
RECIPIENT = open_(
    envelopeId=TEXT,
    id=NUMBER,
    email=TEXT,
    name=TEXT,
    role=TEXT,
    token=TEXT,
    readStatus=one_of("NOT_OPENED", "OPENED"),
    signingStatus=one_of("NOT_SIGNED", "SIGNED", "REJECTED"),
    sendStatus=one_of("NOT_SENT", "SENT"),
    signingOrder=maybe(NUMBER),
    expiresAt=maybe(TIME),
    signedAt=maybe(TIME),
    rejectionReason=maybe(TEXT),
)
ENVELOPE = open_(
    id={"type": "string", "pattern": "^envelope_"},
    secondaryId={"type": "string", "pattern": "^document_[0-9]+$"},
    externalId=maybe(TEXT),
    type={"const": "DOCUMENT"},
    status=STATUS,
    title=TEXT,
    createdAt=TIME,
    updatedAt=TIME,
    completedAt=maybe(TIME),
    deletedAt=maybe(TIME),
    recipients=listed(RECIPIENT),
)
WHOLE = {
    "allOf": [
        ENVELOPE,
        open_(
            documentMeta=open_(signingOrder=one_of("PARALLEL", "SEQUENTIAL")),
            envelopeItems=listed(open_(id=TEXT, envelopeId=TEXT, title=TEXT, order=NUMBER)),
            fields=listed(
                open_(
                    id=NUMBER,
                    recipientId=NUMBER,
                    envelopeItemId=TEXT,
                    type=one_of("SIGNATURE", "NAME", "DATE", "TEXT"),
                    page=NUMBER,
                    inserted=TRUTH,
                )
            ),
        ),
    ]
}
SENT = open_(
    success={"const": True},
    id=TEXT,
    recipients=listed(open_(id=NUMBER, token=TEXT, signingUrl=TEXT, signingOrder=maybe(NUMBER))),
)
PAGES: Schema = {"count": NUMBER, "currentPage": NUMBER, "perPage": NUMBER, "totalPages": NUMBER}
LOGGED = open_(id=TEXT, createdAt=TIME, envelopeId=TEXT, type=TEXT, data={"type": "object"})
COUNT: Schema = {"type": "string", "pattern": "^[1-9][0-9]*$"}
PER_PAGE: Schema = {"type": "string", "pattern": "^([1-9][0-9]?|100)$"}
DIRECTION = one_of("asc", "desc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One documented operation. An answer without a schema is a PDF."""

    line: str
    body: Schema | None = None
    form: Schema | None = None
    query: dict[str, Schema] = field(default_factory=dict)
    answer: Schema | None = None


OPERATIONS = (
    Operation(line="POST /create", form=PAYLOAD, answer=open_(id=TEXT)),
    Operation(line="POST /distribute", body=closed(envelopeId=TEXT), answer=SENT),
    Operation(
        line="POST /redistribute",
        body=closed(envelopeId=TEXT, recipients=listed({"type": "integer"}, minItems=1)),
        answer=SENT,
    ),
    Operation(
        line="POST /cancel",
        body=closed("reason", envelopeId=TEXT, reason=TEXT),
        answer=open_(success={"const": True}),
    ),
    Operation(
        line="GET ",
        query={
            "query": TEXT,
            "type": one_of("DOCUMENT", "TEMPLATE"),
            "status": STATUS,
            "page": COUNT,
            "perPage": PER_PAGE,
        },
        answer=open_(data=listed(ENVELOPE), **PAGES),
    ),
    Operation(line="GET /envelope_[0-9a-z]+", answer=WHOLE),
    Operation(
        line="GET /envelope_[0-9a-z]+/audit-log",
        query={
            "page": COUNT,
            "perPage": PER_PAGE,
            "orderByColumn": one_of("createdAt"),
            "orderByDirection": DIRECTION,
        },
        answer=open_(data=listed(LOGGED), **PAGES),
    ),
    Operation(line="GET /envelope_[0-9a-z]+/audit-log/download"),
    Operation(line="GET /envelope_[0-9a-z]+/certificate/download"),
    Operation(
        line="GET /item/envelope_item_[0-9a-z]+/download",
        query={"version": one_of("signed", "original", "pending")},
    ),
)


def operation_of(exchange: Exchange) -> Operation:
    """Find the one documented operation that was asked."""
    asked = exchange.asked
    line = f"{asked.method} {asked.path.removeprefix('/api/v2/envelope')}"
    assert asked.path.startswith("/api/v2/envelope")
    [found] = [item for item in OPERATIONS if re.fullmatch(item.line, line)]
    return found


def check(exchange: Exchange) -> None:
    """Hold one exchange to the tables."""
    asked, known = exchange.asked, operation_of(exchange)
    assert asked.headers["authorization"].startswith("api_")
    Draft202012Validator(closed(*known.query, **known.query)).validate(dict(asked.query))
    if known.body is not None:
        assert asked.headers["content-type"] == "application/json"
        Draft202012Validator(known.body).validate(asked.json())
    elif known.form is not None:
        fields, files = asked.form()
        assert set(fields) == {"payload"}
        assert {name for name, _, _ in files} == {"files"}
        assert all(data.startswith(b"%PDF-") for _, _, data in files)
        Draft202012Validator(known.form).validate(json.loads(fields["payload"]))
    else:
        assert asked.body == b""
    assert exchange.answered.status == 200
    if known.answer is None:
        assert exchange.answered.data().startswith(b"%PDF-")
    else:
        Draft202012Validator(known.answer).validate(json.loads(exchange.answered.data()))


def whole_run(documenso: Running) -> list[Exchange]:
    """Do everything the adapter can do."""
    service, simulator = documenso.service(), documenso.simulator
    asked = two_of_each()
    service.find(asked.idempotency_key)
    envelope_id = service.send(asked)
    documenso.clock.advance(timedelta(minutes=1))
    simulator.view(envelope_id, "practice_1@example.org")
    service.remind(envelope_id, "practice_1")
    ours = service.send(invited(replace(asked, idempotency_key="9" * 64)))
    service.signing_link(ours, "practice_1", HOME)
    documenso.clock.advance(timedelta(minutes=1))
    simulator.sign_all(envelope_id)
    service.find(asked.idempotency_key)
    service.fetch(envelope_id)
    service.download(envelope_id)
    service.records(envelope_id)
    together = tuple(replace(it, routing_order=1) for it in asked.recipients)
    for number, people in enumerate((asked.recipients, together)):
        other = replace(asked, idempotency_key=f"{number}" * 64, recipients=people)
        one = service.send(replace(other, remind_every=None))
        if number:
            service.void(one, "sent too early")
        else:
            simulator.decline(one, "practice_1@example.org", "No")
        service.fetch(one)
    return simulator.exchanges


def test_every_exchange_of_a_whole_run_is_documented(documenso: Running) -> None:
    """And every operation of the table was asked, so the table holds nothing idle."""
    exchanges = whole_run(documenso)
    for exchange in exchanges:
        check(exchange)
    assert {operation_of(item).line for item in exchanges} == {item.line for item in OPERATIONS}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("recipients", 0, "fields", 0, "positionX"), 100.5),
        (("recipients", 0, "fields", 0, "page"), 0),
        (("recipients", 0, "fields", 0, "type"), "TITLE"),
        (("recipients", 0, "signingOrder"), "1"),
        (("recipients", 0, "role"), "Signer"),
        (("meta", "subject"), "A" * 255),
        (("meta", "envelopeExpirationPeriod"), {"unit": "day", "amount": 0.5}),
        (("meta", "reminderSettings"), {"sendAfter": {"disabled": True}}),
        (("externalId",), "A" * 256),
        (("callbackUrl",), "https://enrollment.example.org"),
    ],
)
def test_the_tables_find_what_is_not_documented(
    documenso: Running, place: tuple[Any, ...], value: object
) -> None:
    """The control: one thing out of place and the exchange does not fit; as it was, it fits."""
    documenso.service().send(request())
    [created] = [it for it in documenso.simulator.exchanges if it.asked.path.endswith("/create")]
    payload = json.loads(created.asked.form()[0]["payload"])
    Draft202012Validator(PAYLOAD).validate(payload)
    *way, last = place
    part = payload
    for name in way:
        part = part[name]
    part[last] = value
    with pytest.raises(ValidationError):
        Draft202012Validator(PAYLOAD).validate(payload)


REPORT = closed(
    event=TEXT,
    payload=open_(
        id={"type": "integer"},
        envelopeId=TEXT,
        externalId=maybe(TEXT),
        status=STATUS,
        title=TEXT,
        recipients=listed(RECIPIENT),
        Recipient=listed(RECIPIENT),
    ),
    createdAt=TIME,
    webhookEndpoint=TEXT,
)


def test_every_report_is_as_documented(documenso: Running) -> None:
    """The callbacks of a whole run, each delivered twice."""
    whole_run(documenso)
    letters = documenso.simulator.letters(Delivery.DOUBLED)
    assert len(letters) >= 12
    for letter in letters:
        Draft202012Validator(REPORT).validate(json.loads(letter.body))
