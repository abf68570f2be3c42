"""The request that creates and sends a submission of finished PDFs at DocuSeal."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from integrations.simulators.answers.docuseal import refusal
from integrations.simulators.envelope import Envelope, Mark, Person
from integrations.simulators.shapes.docuseal import (
    AREA_KEYS,
    DOCUMENT_KEYS,
    FIELD_KEYS,
    MESSAGE_KEYS,
    SUBMISSION_KEYS,
    SUBMITTER_KEYS,
    area_is_sound,
    kind_of,
)
from integrations.simulators.sheets import sheet_sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from integrations.simulators.kit import Simulator
    from integrations.simulators.wire import Asked


class Creation:
    """Reads one request for its simulator."""

    def __init__(self, kit: Simulator) -> None:
        self._kit = kit

    def envelope(self, asked: Asked) -> Envelope:
        """Make an envelope of the request, or refuse."""
        told = asked.json()
        self._kit.only(told, SUBMISSION_KEYS, "a submission")
        if not told.get("documents") or not told.get("submitters"):
            raise refusal(422, "documents and submitters are required")
        if told.get("merge_documents") is not False:
            self._kit.fault("documents are merged")
        files = [self._file(one) for one in told["documents"]]
        submitters = told["submitters"]
        people = [
            self._person(place, one, told.get("order", "preserved"))
            for place, one in enumerate(submitters)
        ]
        roles = {one["role"]: it.id for one, it in zip(submitters, people, strict=True)}
        if len(roles) != len(people):
            raise refusal(422, "role must be unique in submitters")
        fields = [
            (number, field)
            for number, one in enumerate(told["documents"])
            for field in one.get("fields", [])
        ]
        envelope = Envelope(
            id=str(self._kit.number()),
            title=told.get("name") or files[0][0],
            message=self._message(told),
            packet_id=(submitters[0].get("metadata") or {}).get("packet_id", ""),
            key=submitters[0].get("external_id", ""),
            people=people,
            files=files,
            marks=[
                mark
                for number, field in fields
                for mark in self._marks(field, number, files[number][1], roles)
            ],
            sent_at=self._kit.now(),
            expires_at=self._expires(told.get("expire_at")),
            quiet=told.get("send_email") is False,
            return_url=told.get("completed_redirect_url", ""),
            notes={
                "order": told.get("order", "preserved"),
                "submitters": {
                    it.id: {"slug": secrets.token_urlsafe(10), **one}
                    for one, it in zip(submitters, people, strict=True)
                },
                "slug": secrets.token_urlsafe(10),
                "events": [],
                "archived_at": None,
                "fields": {
                    (roles[field["role"]], field["name"]): kind_of(field) for _, field in fields
                },
            },
        )
        for one, person in zip(submitters, people, strict=True):
            fill(envelope, person, one.get("values", {}))
        return envelope

    def _file(self, one: Mapping[str, Any]) -> tuple[str, bytes]:
        self._kit.only(one, DOCUMENT_KEYS, "a document")
        if not one.get("name") or not one.get("file"):
            raise refusal(422, "name and file are required in documents")
        try:
            data = base64.b64decode(one["file"], validate=True)
        except ValueError as error:
            raise refusal(422, "file is no base64") from error
        if not data.startswith(b"%PDF-"):
            raise refusal(422, "file is no PDF")
        return one["name"], data

    def _person(self, place: int, one: Mapping[str, Any], order: str) -> Person:
        self._kit.only(one, SUBMITTER_KEYS, "a submitter")
        if not one.get("email") and not one.get("name"):
            raise refusal(422, "email or name is required in submitters")
        if not one.get("role"):
            raise refusal(422, "role is required in submitters")
        if order not in {"preserved", "random"} or type(one.get("order", place)) is not int:
            raise refusal(422, "order is invalid")
        return Person(
            id=str(self._kit.number()),
            key=one.get("external_id", ""),
            name=one.get("name", ""),
            email=one.get("email", ""),
            order=one.get("order", place) if order == "preserved" else 0,
        )

    def _marks(
        self, field: Mapping[str, Any], number: int, pdf: bytes, roles: Mapping[str, str]
    ) -> Iterator[Mark]:
        self._kit.only(field, FIELD_KEYS, "a field")
        if field.get("role") not in roles:
            raise refusal(422, "a field belongs to no submitter")
        kind = kind_of(field)
        if not kind:
            self._kit.fault("a field's type or label is none that a person could fill in")
            raise refusal(422, "type is invalid")
        sizes = sheet_sizes(pdf)
        for area in field["areas"]:
            self._kit.only(area, AREA_KEYS, "an area")
            if not area_is_sound(area, len(sizes)):
                self._kit.fault("an area lies outside the page, or is no share of it")
                raise refusal(422, "areas are invalid")
            wide, tall = sizes[area["page"] - 1]
            yield Mark(
                kind=kind,
                person=roles[field["role"]],
                file=number,
                page=area["page"],
                x=area["x"] * wide,
                y=area["y"] * tall,
                width=area["w"] * wide,
                height=area["h"] * tall,
            )

    def _expires(self, text: str | None) -> datetime | None:
        if text is None:
            return None
        try:
            return datetime.strptime(text, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
        except ValueError as error:
            self._kit.fault("expire_at is not written as documented")
            raise refusal(422, "expire_at is invalid") from error

    def _message(self, told: Mapping[str, Any]) -> str:
        if "message" not in told:
            return ""
        self._kit.only(told["message"], MESSAGE_KEYS, "a message")
        body: str = told["message"].get("body", "")
        if not body:
            raise refusal(422, "body is required in message")
        if "{{submitter.link}}" not in body:
            self._kit.fault("an invitation has no link")
        return body


def fill(envelope: Envelope, one: Person, values: Mapping[str, Any]) -> None:
    """Fill in fields of a submitter, who leaves them as they are."""
    kept = envelope.notes["submitters"][one.id]
    for name, value in values.items():
        kind = envelope.notes["fields"].get((one.id, name))
        if kind is None or not isinstance(value, str):
            raise refusal(422, f"Unknown field: {name}")
        one.title = value if kind == "title" else one.title
    kept["values"] = {**kept.get("values", {}), **values}
