"""Tokens of the API: issue one, end one, and find whose request this is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.domain.api_token import LONGEST_LIFE, PREFIX, SHOWN, ApiToken
from docgen.domain.canonical import sha256_hex
from docgen.domain.person import Person, Role
from docgen.errors import InputError, NotAllowed, NotFound, TokenRefused
from docgen.services.given import line_of

if TYPE_CHECKING:
    from docgen.services.office import Office

LONGEST_NAME = 80
MOST_TOKENS = 50  # valid ones of one person at a time
_LONGEST = 200
_INVALID = (
    "This token is not valid: it expired, was revoked, or never was one. Issue another on the "
    "desk, in your account."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a new token is asked for."""

    person: str
    name: str
    roles: frozenset[Role]
    days: int


def issue(office: Office, wanted: Wanted, actor: Person) -> tuple[str, ApiToken]:
    """Issue a token; the first value is the token itself, which nobody can read again.

    Raises:
        InputError: the name, the roles or the days cannot be used.
        NotAllowed: it is for somebody else, and the actor is no administrator.
        NotFound: there is no such person.
    """
    if not 1 <= wanted.days <= LONGEST_LIFE.days:
        raise InputError(f"Give a token between 1 and {LONGEST_LIFE.days} days.")
    name = _named(wanted.name)
    _refuse_others(wanted.person, actor)
    token, now = PREFIX + office.ids.token(), office.clock.now()
    with office.ledger.transaction():
        person = office.ledger.people.get(wanted.person)
        _refuse_roles(wanted.roles, person)
        mine = [one for one in office.ledger.api_tokens.list(person.key) if one.is_valid(now)]
        if len(mine) >= MOST_TOKENS:
            raise InputError(f"There are {MOST_TOKENS} valid tokens already; revoke some first.")
        kept = ApiToken(
            id=office.ids.new("tok"),
            person=person.key,
            name=name,
            roles=wanted.roles,
            begins=token[:SHOWN],
            sha256=digest(token),
            issued_by=actor.key,
            issued_at=now,
            expires_at=now + timedelta(days=wanted.days),
        )
        office.ledger.api_tokens.add(kept)
        office.note(
            f"user:{person.key}",
            "token.issued",
            f"user:{actor.key}",
            token=kept.id,
            name=kept.name,
            roles=sorted(kept.roles),
            expires_at=kept.expires_at.isoformat(),
        )
    return token, kept


def revoke(office: Office, token_id: str, actor: Person) -> None:
    """End a token at once; one that ended before stays as it is.

    Raises:
        NotAllowed: it is somebody else's, and the actor is no administrator.
        NotFound: there is no such token.
    """
    with office.ledger.transaction():
        token = office.ledger.api_tokens.get(token_id)
        _refuse_others(token.person, actor)
        if office.ledger.api_tokens.revoke(token_id, office.clock.now()):
            office.note(
                f"user:{token.person}",
                "token.revoked",
                f"user:{actor.key}",
                token=token.id,
                name=token.name,
            )


def tokens_shown_to(office: Office, actor: Person) -> tuple[ApiToken, ...]:
    """List the tokens a person may see and end: their own, or everybody's to an administrator."""
    everybody = Role.ADMINISTRATOR in actor.roles
    return tuple(office.ledger.api_tokens.list("" if everybody else actor.key))


def bearer_of(office: Office, given: str) -> tuple[Person, ApiToken]:
    """Find whose token this is; the person has the roles they still hold and lent to it.

    Raises:
        TokenRefused: it is no token of ours, it ended, or its person was deactivated.
    """
    if not given.startswith(PREFIX) or len(given) > _LONGEST:
        raise TokenRefused(_INVALID)
    token, now = office.ledger.api_tokens.by_digest(digest(given)), office.clock.now()
    if token is None or not token.is_valid(now):
        raise TokenRefused(_INVALID)
    try:
        person = office.ledger.people.get(token.person)
    except NotFound as error:
        raise TokenRefused(_INVALID) from error
    if not person.is_active:
        raise TokenRefused(_INVALID)
    if token.last_used_on != now.date():
        with office.ledger.transaction():
            office.ledger.api_tokens.used(token.id, now.date())
    return token.bearer(person), token


def digest(token: str) -> str:
    """Give what is kept of a token: with 256 random bits in it, nobody finds the way back."""
    return sha256_hex(token.encode("utf-8", "surrogateescape"))


def _named(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise InputError(f"Give the token a name of at most {LONGEST_NAME} characters.")
    return line_of(text, "the token’s name", name=True)


def _refuse_others(person: str, actor: Person) -> None:
    if person != actor.key:
        actor.require(Role.ADMINISTRATOR)


def _refuse_roles(roles: frozenset[Role], person: Person) -> None:
    if not roles:
        raise InputError("Choose at least one role for the token.")
    if not roles <= person.roles:
        raise NotAllowed("A token can have no role that its person does not hold.")
    if not person.is_active:
        raise NotAllowed("This person was deactivated, so no token can be issued for them.")
