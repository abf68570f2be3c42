"""A program that asks the API: a token of some role, and requests as programs send them."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docgen.domain.person import Role
from docgen.services.token import Wanted, issue

if TYPE_CHECKING:
    from django.http import HttpResponse

    from docgen.domain.api_token import ApiToken
    from tests.app.desk.staff import Desk

AT = "/api/v1"
_numbers = itertools.count(1)


def issued(desk: Desk, key: str, *, by: str = "", days: int = 30) -> tuple[str, ApiToken]:
    """Issue a token with all roles of this person."""
    people = desk.office.ledger.people
    person = people.get(key)
    wanted = Wanted(person=key, name="a program", roles=person.roles, days=days)
    return issue(desk.office, wanted, people.get(by or key))


@dataclass(kw_only=True)
class Caller:
    """Sends requests with one token; "" sends none."""

    desk: Desk
    token: str

    @classmethod
    def of(cls, desk: Desk, key: str, *, by: str = "") -> Caller:
        """Give a caller with a token of this person."""
        return cls(desk=desk, token=issued(desk, key, by=by)[0])

    def headers(self) -> dict[str, str]:
        """Give what proves who asks."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def get(self, address: str, **asked: object) -> HttpResponse:
        """Read something."""
        return self.desk.client().get(f"{AT}{address}", asked, headers=self.headers())

    def post(self, address: str, body: object = None, *, key: str | None = None) -> HttpResponse:
        """Have something done, with a key of its own unless one is given; "" sends none."""
        named = f"key-{next(_numbers)}" if key is None else key
        headers = self.headers() | ({"Idempotency-Key": named} if named else {})
        data = b"" if body is None else json.dumps(body).encode()
        kind = "application/json" if data else "application/octet-stream"
        return self.desk.client().post(f"{AT}{address}", data, content_type=kind, headers=headers)


def told(answer: HttpResponse) -> Any:
    """Read the JSON of an answer."""
    return json.loads(answer.content)


def is_problem(answer: HttpResponse, status: int, code: str) -> bool:
    """Say whether an answer is a problem of this status and code, in its whole form."""
    if answer.headers["Content-Type"] != "application/problem+json":
        return False
    problem = told(answer)
    whole = {"type", "title", "status", "detail", "code", "problems", "request_id"}
    assert set(problem) == whole
    assert problem["type"] == f"urn:docgen:problem:{problem['code']}"
    assert problem["status"] == answer.status_code
    return (answer.status_code, problem["code"]) == (status, code)


ALL = tuple(role.value for role in Role)
