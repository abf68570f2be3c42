"""Requests and answers as a simulated service sees them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from email.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came. Header names are lower-case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: datetime

    def json(self) -> Any:
        """Read the body as JSON, or refuse."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Refusal(400, {"message": "invalid JSON"}) from error

    def form(self) -> tuple[dict[str, str], list[tuple[str, str, bytes]]]:
        """Read the body as a form: its fields, and its files as (field, file name, bytes)."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(self.body.decode())), []
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + self.body)
        if not message.is_multipart():
            raise Refusal(400, {"message": "no form"})
        return _parts(message)


def _parts(message: Message) -> tuple[dict[str, str], list[tuple[str, str, bytes]]]:
    fields, files = {}, []
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if part.is_multipart() or not isinstance(name, str):
            continue
        data = part.get_payload(decode=True)
        content = data if isinstance(data, bytes) else b""
        file_name = part.get_filename()
        if file_name is None:
            fields[name] = content.decode()
        else:
            files.append((name, file_name, content))
    return fields, files


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer. A body that is not bytes is sent as JSON."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> bytes:
        """Give the body's bytes."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Refusal(Exception):  # it is an answer
    """An answer that is an error, in the vendor's form."""

    def __init__(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        self.answer = Answered(status=status, body=body, headers=headers or {})
        super().__init__(f"{status}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One documented operation; the pattern's groups are handed to `act` in order."""

    method: str
    pattern: str
    act: Callable[..., Answered]
    open: bool = False  # needs no credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One callback as it goes over the wire."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request with its answer, for checks against the vendor's specification."""

    asked: Asked
    answered: Answered
