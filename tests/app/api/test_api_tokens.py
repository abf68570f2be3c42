"""Tokens: what opens the API, and everything that does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.person import Role
from docgen.errors import InputError, NotAllowed
from docgen.services.token import Wanted, issue, revoke
from tests.app.api.caller import ALL, AT, Caller, is_problem, issued, told

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk


def test_a_token_opens_until_it_expires(desk: Desk) -> None:
    """Control, then attack: the same token a day before and on its last moment."""
    token, kept = issued(desk, "auditor", days=30)
    caller = Caller(desk=desk, token=token)
    desk.clock.advance(timedelta(days=29))
    assert caller.get("/packets").status_code == 200
    desk.clock.advance(kept.expires_at - desk.clock.now())
    assert is_problem(caller.get("/packets"), 401, "token-refused")


def test_a_revoked_token_opens_nothing(desk: Desk) -> None:
    """From the next request on."""
    token, kept = issued(desk, "auditor")
    caller = Caller(desk=desk, token=token)
    assert caller.get("/packets").status_code == 200
    revoke(desk.office, kept.id, desk.office.ledger.people.get("auditor"))
    assert is_problem(caller.get("/packets"), 401, "token-refused")


def test_a_deactivated_persons_token_opens_nothing(desk: Desk) -> None:
    """Nor has it a role that the person lost."""
    caller, people = Caller.of(desk, "auditor"), desk.office.ledger.people
    person = people.get("auditor")
    people.put(replace(person, roles=frozenset({Role.ADMINISTRATOR})))
    assert is_problem(caller.get("/packets"), 403, "not-allowed")
    people.put(replace(person, is_active=False))
    assert is_problem(caller.get("/packets"), 401, "token-refused")
    people.put(person)
    assert caller.get("/packets").status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic {token}",
        "{token}",
        "Bearer wrong_{token}",
        "Bearer {token}x",
        "Bearer {short}",
        "Bearer {token} {token}",
        "Bearer docgen_",
        "Bearer docgen_" + "x" * 10_000,
        "Bearer docgen_é\xff",
        "Bearer {stored}",
    ],
)
def test_what_is_no_token_opens_nothing(desk: Desk, given: str) -> None:
    """Attack: pieces of a token, its stored digest, other schemes; the control opens."""
    token, kept = issued(desk, "auditor")
    said = given.format(token=token, short=token[:-1], stored=kept.sha256)
    headers = {"HTTP_AUTHORIZATION": said} if said else {}
    answer = desk.client().get(f"{AT}/packets", **headers)
    assert is_problem(answer, 401, "token-refused")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    control = desk.client().get(f"{AT}/packets", HTTP_AUTHORIZATION=f"bearer {token}")
    assert control.status_code == 200


def test_a_token_in_the_address_is_ignored(desk: Desk) -> None:
    """Attack: addresses end up in logs and histories, so nothing is taken from them."""
    token, _ = issued(desk, "auditor")
    for name in ("token", "access_token", "authorization", "key"):
        answer = desk.client().get(f"{AT}/packets", {name: token})
        assert is_problem(answer, 401, "token-refused"), name


def test_a_session_opens_nothing_here(desk: Desk) -> None:
    """Attack: a signed-in browser is led to the API by another site; and no token opens the desk."""
    assert is_problem(desk.as_("everything").get(f"{AT}/packets"), 401, "token-refused")
    both = desk.as_("everything").get(
        f"{AT}/packets", headers={"Authorization": f"Bearer {issued(desk, 'administrator')[0]}"}
    )
    assert is_problem(both, 403, "not-allowed")
    page = desk.client().get(
        "/desk/packets", headers={"Authorization": f"Bearer {issued(desk, 'auditor')[0]}"}
    )
    assert page.status_code == 302


def test_only_a_digest_is_stored(desk: Desk) -> None:
    """A copy of the database opens nothing."""
    from docgen.db.models import ActivityRow, ApiTokenRow

    token, kept = issued(desk, "auditor")
    row = ApiTokenRow.objects.get()
    assert token not in str(vars(row))
    assert row.sha256 == kept.sha256 != token
    assert token.startswith(kept.begins)
    assert len(kept.begins) < len(token) // 2
    assert token not in str(list(ActivityRow.objects.values()))
    assert desk.history("user:auditor") == ["token.issued"]


def test_the_last_use_is_noted_by_the_day(desk: Desk) -> None:
    """Two requests of one day write once."""
    token, kept = issued(desk, "auditor")
    caller, tokens = Caller(desk=desk, token=token), desk.office.ledger.api_tokens
    assert tokens.get(kept.id).last_used_on is None
    caller.get("/me")
    assert tokens.get(kept.id).last_used_on == desk.clock.now().date()
    desk.clock.advance(timedelta(days=1))
    caller.get("/me")
    assert tokens.get(kept.id).last_used_on == desk.clock.now().date()


def wanted(**changed: object) -> Wanted:
    """Ask for a token of the auditor."""
    asked = Wanted(person="auditor", name="report", roles=frozenset({Role.AUDITOR}), days=30)
    return replace(asked, **changed)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"days": 0}, InputError),
        ({"days": 366}, InputError),
        ({"name": ""}, InputError),
        ({"name": "x" * 81}, InputError),
        ({"name": "a\x00b"}, InputError),
        ({"roles": frozenset()}, InputError),
        ({"roles": frozenset({Role.COORDINATOR})}, NotAllowed),
        ({"person": "coordinator"}, NotAllowed),
    ],
)
def test_what_cannot_be_issued(
    desk: Desk, changed: dict[str, object], error: type[Exception]
) -> None:
    """Too long, without a name, with a role the person lacks, or for somebody else."""
    auditor = desk.office.ledger.people.get("auditor")
    with pytest.raises(error):
        issue(desk.office, wanted(**changed), auditor)
    assert desk.office.ledger.api_tokens.list() == []
    issue(desk.office, wanted(), auditor)


def test_who_may_revoke(desk: Desk) -> None:
    """Oneself and an administrator; nobody else."""
    people = desk.office.ledger.people
    _, kept = issued(desk, "auditor")
    with pytest.raises(NotAllowed):
        revoke(desk.office, kept.id, people.get("coordinator"))
    revoke(desk.office, kept.id, people.get("administrator"))
    revoke(desk.office, kept.id, people.get("auditor"))
    assert desk.history("user:auditor") == ["token.issued", "token.revoked"]


def test_a_token_has_no_more_than_was_lent(desk: Desk) -> None:
    """Somebody with every role lends one of them."""
    person = desk.office.ledger.people.get("everything")
    lent = Wanted(person=person.key, name="r", roles=frozenset({Role.AUDITOR}), days=1)
    caller = Caller(desk=desk, token=issue(desk.office, lent, person)[0])
    assert told(caller.get("/me"))["roles"] == ["auditor"]
    packet = desk.packet()
    refused = caller.post(f"/packets/{packet.id}/void", {"reason": "Attack."})
    assert is_problem(refused, 403, "not-allowed")


@pytest.mark.parametrize("key", ["", *ALL, "everything"], ids=lambda key: key or "nobody")
def test_every_route_opens_to_whom_the_table_names(desk: Desk, key: str) -> None:
    """Every route of the API times every role times both methods, made from the addresses."""
    from docgen.web.access import ROUTES, Audience
    from tests.app.test_access import routes

    caller = Caller.of(desk, key) if key else Caller(desk=desk, token="")
    roles = desk.office.ledger.people.get(key).roles if key else frozenset()
    found = [(name, address) for name, address in routes() if name.startswith("api:")]
    wrong = []
    for name, address in found:
        rule = ROUTES[name]
        for method in ("get", "post"):
            answer = getattr(caller, method)(address.removeprefix(AT))
            who = rule.sends if method == "post" and rule.sends else rule.who
            if who is Audience.PUBLIC:
                right = answer.status_code in {200, 404, 405}
            elif not key:
                right = answer.status_code == 401
            else:
                assert isinstance(who, frozenset)
                right = (answer.status_code == 403) is not bool(who & roles)
            if not right or answer.status_code >= 500:
                wrong.append((method, name, answer.status_code))
    assert len(found) > 20
    assert wrong == []
