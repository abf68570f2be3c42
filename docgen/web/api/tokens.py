"""The door of the API: `Authorization: Bearer` and nothing else; no cookie, no address opens it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from docgen.errors import DocgenError, MalformedRequest, NotAllowed, TokenRefused
from docgen.services.token import bearer_of
from docgen.web.api.problems import problem, problem_of
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from docgen.domain.api_token import ApiToken
    from docgen.domain.person import Person
    from docgen.web.access import Rule

READING = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_BYTES = 1_000_000
_BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def refusal(request: HttpRequest, rule: Rule) -> HttpResponse | None:
    """Let the request of a valid token with one of the route's roles pass, or say why not."""
    request.docgen_person = None  # type: ignore[attr-defined]  # a session counts for nothing here
    try:
        person, token = _let_in(request)
    except DocgenError as error:  # nothing else turns what is raised here into an answer
        return problem_of(request, error)
    request.docgen_person, request.docgen_token = person, token  # type: ignore[attr-defined]  # read by our middleware
    sending = request.method not in READING
    if not rule.admits(person) or (sending and rule.sends and not rule.sends & person.roles):
        sentence = "This is for another role than this token has."
        return problem_of(request, NotAllowed(sentence))
    return _unusable(request, sending=sending)


def _let_in(request: HttpRequest) -> tuple[Person, ApiToken]:
    """Find whose token asks, and count the request, whatever becomes of it."""
    office = office_of(request)
    person, token = bearer_of(office, _given(request))
    most = office.rules.requests_per_minute
    if most:
        office.floodgate.count_request(token.id, most, office.clock.now())
    return person, token


def token_of(request: HttpRequest) -> ApiToken:
    """Give the token of a request that was let in."""
    return cast("ApiToken", request.docgen_token)  # type: ignore[attr-defined]  # set above


def require_own_token(request: HttpRequest, act: str) -> ApiToken:
    """Give the request's token, for an act that two people must carry out.

    Whoever issues tokens for others could else be both people.

    Raises:
        NotAllowed: somebody else issued the token.
    """
    token = token_of(request)
    if not token.is_own:
        raise NotAllowed(
            "This token was issued by somebody else, who could have kept it, so it cannot be used "
            f"to {act}; use the desk, or a token that you issued for yourself."
        )
    return token


def _given(request: HttpRequest) -> str:
    found = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    if found is None:
        raise TokenRefused("Send a token of the API in the header `Authorization: Bearer`.")
    return found[1]


def _unusable(request: HttpRequest, *, sending: bool) -> HttpResponse | None:
    """Refuse what no honest program sends, before anything reads it."""
    if _CONTROL.search(request.path) or any(
        _CONTROL.search(name + "".join(values)) for name, values in request.GET.lists()
    ):
        said = MalformedRequest("The address holds a character that cannot be printed.")
        return problem_of(request, said)
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not sending or length == "0":
        return None
    if not length.isdecimal() or int(length[:12]) > MOST_BYTES:
        return problem(request, status=413)
    return None if request.content_type == "application/json" else problem(request, status=415)
