"""The house's own sign-in says who somebody is; only an administrator says that they may come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.services.people import set_active
from tests.app.desk.identity_house import House, identity_house

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.app.desk.staff import Desk

HOME = "/desk/"


@pytest.fixture
def house(desk: Desk) -> Iterator[House]:
    """Run a house that knows the coordinator."""
    del desk  # the site comes first
    with identity_house() as house:
        house.claims = claims("coordinator@example.org")
        yield house


def claims(email: str, *, verified: bool = True, sub: str = "s-1") -> dict[str, object]:
    """Say who it is."""
    return {"sub": sub, "email": email, "email_verified": verified, "name": "Whoever"}


def test_a_known_person_comes_in(desk: Desk, house: House) -> None:
    """By their verified address, with PKCE, and the history says how."""
    client = desk.client()
    assert "Sign in with Example Group" in client.get("/account/sign-in").content.decode()
    assert house.sign_in(client).headers["Location"] == HOME
    assert client.get(HOME).status_code == 200
    (signed_in,) = desk.office.ledger.history.of("user:coordinator")
    assert signed_in.details == {"ways": ["house"]}
    assert "code_verifier" in house.asked[0]
    again = desk.client()
    house.sign_in(again)
    assert again.get(HOME).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        claims("stranger@example.org"),
        claims("coordinator@example.org", verified=False),
        {"sub": "s-1"},
    ],
    ids=["stranger", "unverified", "no-address"],
)
def test_nobody_else_comes_in_and_no_account_is_made(
    desk: Desk, house: House, given: dict[str, object]
) -> None:
    """Attack: an identity the house knows and we do not, or an address it did not check."""
    from docgen.db.models import Account

    count = Account.objects.count()
    house.claims = given
    client = desk.client()
    assert house.sign_in(client).headers["Location"] == "/account/sign-in"
    assert client.get(HOME).status_code == 302
    assert Account.objects.count() == count


def test_a_deactivated_person_stays_out(desk: Desk, house: House) -> None:
    """Even with an identity that came in before."""
    house.sign_in(desk.client())
    set_active(desk.office, "coordinator", "user:administrator", active=False)
    client = desk.client()
    house.sign_in(client)
    assert client.get(HOME).status_code == 302


def test_an_identity_does_not_move_to_another_account(desk: Desk, house: House) -> None:
    """Attack: the same identity comes back with somebody else's address."""
    house.sign_in(desk.client())
    house.claims = claims("administrator@example.org")
    client = desk.client()
    house.sign_in(client)
    assert client.get(HOME).status_code == 302


def test_an_answer_nobody_asked_for_is_refused(desk: Desk, house: House) -> None:
    """Attack: a forged way back, into somebody's browser."""
    client = desk.client()
    answer = client.get(f"{'/account/sign-in/house/back'}?code=c&state=forged")
    assert answer.status_code < 500
    assert client.get(HOME).status_code == 302
    assert house.asked == []


def test_a_site_without_it_offers_nothing(desk: Desk) -> None:
    """The control: no button, no way."""
    client = desk.client()
    assert "Sign in with" not in client.get("/account/sign-in").content.decode()
    assert client.post("/account/sign-in/house").status_code == 404
