"""The request that Dropbox Sign takes in, converts and sends."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from integrations.simulators.envelope import Envelope, Mark, Person
from integrations.simulators.shapes.dropbox_sign import (
    FORM_FIELD,
    IN_JSON,
    KINDS,
    LONGEST,
    LONGEST_KEY,
    LONGEST_MESSAGE,
    LONGEST_RUN,
    LONGEST_VALUE,
    MOST_KEYS,
    NOT_NEEDED,
    REQUEST,
    SHORTEST_RUN,
    SIGNER,
    WAYS,
)
from integrations.simulators.sheets import sheet_sizes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from integrations.simulators.kit import Simulator
    from integrations.simulators.wire import Asked


class Creation:
    """Reads one request for its simulator."""

    def __init__(self, kit: Simulator) -> None:
        self._kit = kit

    def envelope(self, asked: Asked) -> Envelope:
        """Make an envelope of the request, or refuse."""
        fields, parts = asked.form()
        if set(fields) - REQUEST:
            self._kit.fault("a signature request has fields that are not documented")
        try:
            read = {name: json.loads(fields[name]) for name in IN_JSON}
        except (KeyError, ValueError) as error:
            raise self._kit.malformed() from error
        files = self._files(parts)
        self._texts(fields)
        self._ways(read["signing_options"])
        self._metadata(read["metadata"])
        people = self._people(read["signers"])
        laid = read["form_fields_per_document"]
        self._kit.documented(
            "two form fields have one api_id",
            holds=len({one.get("api_id") for one in laid}) == len(laid),
        )
        return Envelope(
            id=self._kit.fresh(octets=20),
            title=fields.get("title", ""),
            message=fields.get("message", ""),
            packet_id=read["metadata"].get("packet_id", ""),
            key=read["metadata"].get("docgen_key", ""),
            people=people,
            files=files,
            marks=[self._mark(one, people, [data for _, data in files]) for one in laid],
            sent_at=self._kit.now(),
            expires_at=self._expires(fields),
            notes={"metadata": read["metadata"], "ordered": "order" in read["signers"][0]},
        )

    def _files(self, parts: Sequence[tuple[str, str, bytes]]) -> list[tuple[str, bytes]]:
        names = [name for name, _, _ in parts]
        self._kit.documented(
            "files are not numbered as documented",
            holds=bool(names) and names == [f"files[{number}]" for number in range(len(names))],
        )
        return [(name, data) for _, name, data in parts]

    def _texts(self, fields: Mapping[str, str]) -> None:
        long = any(len(fields.get(name, "")) > LONGEST for name in ("title", "subject"))
        long = long or len(fields.get("message", "")) > LONGEST_MESSAGE
        flags = [fields.get(name, "0") for name in ("test_mode", "allow_decline", "allow_reassign")]
        if long or not set(flags) <= {"0", "1"}:
            raise self._kit.malformed()

    def _ways(self, told: Mapping[str, Any]) -> None:
        known = set(told) <= {*WAYS, "default_type"}
        self._kit.documented(
            "the ways to sign are not as documented",
            holds=known and told.get(told.get("default_type", "")) is True,
        )

    def _metadata(self, told: Mapping[str, Any]) -> None:
        small = all(
            len(key) <= LONGEST_KEY and isinstance(value, str) and len(value) <= LONGEST_VALUE
            for key, value in told.items()
        )
        if len(told) > MOST_KEYS or not small:
            raise self._kit.malformed()

    def _people(self, signers: Sequence[Mapping[str, Any]]) -> list[Person]:
        with_order = ["order" in one for one in signers]
        if any(with_order) != all(with_order):
            raise self._kit.malformed()
        orders = sorted({one.get("order", 0) for one in signers})
        if orders != list(range(len(orders))):
            self._kit.fault("orders do not count from 0")
        return [self._person(number, one) for number, one in enumerate(signers)]

    def _person(self, number: int, one: Mapping[str, Any]) -> Person:
        if set(one) - SIGNER:
            self._kit.fault("a signer has fields that are not documented")
        return Person(
            id=self._kit.fresh(octets=16),
            key=str(number),
            name=one["name"],
            email=one["email_address"],
            order=one.get("order", 0),
        )

    def _mark(self, one: Mapping[str, Any], people: list[Person], files: list[bytes]) -> Mark:
        needed = set(FORM_FIELD) - NOT_NEEDED
        self._kit.documented(
            "a form field is not as documented",
            holds=needed <= set(one) <= set(FORM_FIELD)
            and all(isinstance(one[name], FORM_FIELD[name]) for name in one),
        )
        number, signer = one["document_index"], one["signer"]
        there = 0 <= number < len(files) and signer.isdecimal() and int(signer) < len(people)
        if not there:
            raise self._kit.malformed()
        width, height = one["width"] * 72 / 80, one["height"] * 72 / 80
        self._kit.documented(
            "a form field lies beside its page",
            holds=_on_page(files[number], one["page"], one["x"] + width, one["y"] + height),
        )
        kind = KINDS.get(one["type"], "")
        self._kit.documented("a form field has a type that is not documented", holds=bool(kind))
        if kind == "text":
            kind = "title" if one["name"] == "Title" else "name"
        return Mark(
            kind=kind,
            person=people[int(signer)].id,
            file=number,
            page=one["page"],
            x=one["x"],
            y=one["y"],
            width=width,
            height=height,
        )

    def _expires(self, fields: Mapping[str, str]) -> datetime | None:
        if "expires_at" not in fields:
            return None
        at = datetime.fromtimestamp(int(fields["expires_at"]), UTC).replace(minute=0, second=0)
        if not self._kit.now() + SHORTEST_RUN <= at <= self._kit.now() + LONGEST_RUN:
            raise self._kit.malformed()
        return at


def _on_page(pdf: bytes, number: int, right: float, below: float) -> bool:
    """Say whether a corner lies on a page of a file."""
    sizes = sheet_sizes(pdf)
    if not 1 <= number <= len(sizes):
        return False
    wide, tall = sizes[number - 1]
    return 0 <= right <= wide + 1 and 0 <= below <= tall + 1
