"""A request with an idempotency key is carried out once, however often it arrives.

The claim of the key is committed first; the act and its answer are one transaction after it. So a
request that comes again meanwhile is told so, one that comes later gets the answer of the first,
and a process that dies between leaves nothing done. A refusal keeps no key. What takes long and
does no harm twice is carried out before that transaction, so that nobody waits for the database.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.http import HttpResponse

from docgen.db.failure import translated
from docgen.domain.canonical import sha256_hex
from docgen.errors import MalformedRequest
from docgen.ports.api_access import Answer, Asked
from docgen.web.api.tokens import token_of
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from pydantic import BaseModel

Done = TypeVar("Done")

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[!-~]{1,128}", re.ASCII)


def carry_out(
    request: HttpRequest,
    act: Callable[[], Done],
    tell: Callable[[Done], BaseModel],
    status: int = 200,
) -> HttpResponse:
    """Carry out an act the first time and tell of it; the same request again gets that answer.

    What is told is read after the act's own transaction, when the register has followed.

    Raises:
        MalformedRequest: the request carries no key.
        KeyReused: the key came with another request before.
        StillRunning: the same request is being carried out.
    """
    office = office_of(request)

    def whole(settle: Callable[[BaseModel], HttpResponse]) -> HttpResponse:
        with translated(), transaction.atomic():
            with office.ledger.transaction():
                done = act()
            return settle(tell(done))

    return _claimed(request, whole, status)


def carry_out_apart(
    request: HttpRequest,
    act: Callable[[], Done],
    tell: Callable[[Done], BaseModel],
    status: int = 200,
) -> HttpResponse:
    """Carry out an act that takes long and keeps its own transactions short, and tell of it.

    Nothing of the database is held meanwhile, so that nobody else waits. A process that dies after
    the act leaves the key to the same request, which then does it again: only for acts that change
    nothing, or are refused, the second time, or that are mere looks.

    Raises:
        MalformedRequest, KeyReused, StillRunning: as `carry_out` does.
    """
    office = office_of(request)

    def whole(settle: Callable[[BaseModel], HttpResponse]) -> HttpResponse:
        told = tell(act())
        with office.ledger.transaction():
            return settle(told)

    return _claimed(request, whole, status)


def _claimed(
    request: HttpRequest,
    whole: Callable[[Callable[[BaseModel], HttpResponse]], HttpResponse],
    status: int,
) -> HttpResponse:
    """Claim the request's key and do the whole, or answer as before; a refusal frees the key."""
    office, asked = office_of(request), _asked(request)
    with office.ledger.transaction():
        before = office.ledger.api_answers.claim(asked)
    if before is not None:
        response = _response(before)
        response.headers[REPLAYED] = "true"
        return response

    def settle(told: BaseModel) -> HttpResponse:
        answer = Answer(status=status, body=told.model_dump_json().encode())
        office.ledger.api_answers.settle(asked, answer)
        return _response(answer)

    try:
        return whole(settle)
    except BaseException:
        with office.ledger.transaction():
            office.ledger.api_answers.release(asked)
        raise


def _asked(request: HttpRequest) -> Asked:
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        raise MalformedRequest(
            f"Send a header {HEADER}: 1 to 128 visible ASCII characters that you never used for "
            "another request, such as a UUID. Sent again, the request is not carried out twice."
        )
    whole = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return Asked(
        token_id=token_of(request).id,
        key=key,
        sha256=sha256_hex(whole),
        at=office_of(request).clock.now(),
    )


def _response(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, content_type="application/json")
