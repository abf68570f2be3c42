"""Signing in: a code by mail, a second factor, limits of time and tries, and nothing given away."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.bootstrap.sign_in import ABSOLUTE, IDLE
from docgen.domain.person import Person, Role
from docgen.errors import Refused
from docgen.services.people import set_active

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.app.desk.staff import Desk

HOME, CODE = "/desk/", "/account/sign-in/code"


def asked(desk: Desk, email: str) -> tuple[HttpResponse, HttpResponse]:
    """Ask for a code; give the answer and the page it leads to, which must be alike for all."""
    client = desk.client()
    answer = client.post("/account/sign-in", {"email": email})
    return answer, client.get(answer.headers["Location"])


def test_a_mailed_code_signs_in(desk: Desk) -> None:
    """Address, letter, code: then the desk opens, and the history knows who, when and how."""
    client = desk.sign_in("coordinator")
    assert client.get(HOME).status_code == 200
    assert desk.history("user:coordinator") == ["account.signed_in"]
    (signed_in,) = desk.office.ledger.history.of("user:coordinator")
    assert signed_in.details == {"ways": ["code"]}


def test_the_address_may_be_typed_in_any_case(desk: Desk) -> None:
    """Mail addresses differ by case for nobody who types them."""
    client = desk.client()
    client.post("/account/sign-in", {"email": "Coordinator@Example.ORG"})
    client.post(CODE, {"code": desk.code_of("coordinator@example.org")})
    assert client.get(HOME).status_code == 200


def test_an_unknown_address_gets_the_same_answer_and_no_letter(desk: Desk) -> None:
    """Attack: finding out who works here. Control: the known one gets a letter."""
    known, known_page = asked(desk, "auditor@example.org")
    desk.code_of("auditor@example.org")
    letters = len(desk.mailer.sent)
    unknown, unknown_page = asked(desk, "nobody@example.org")
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    shown = known_page.content.decode().replace("auditor@example.org", "?")
    assert _without_tokens(shown) == _without_tokens(
        unknown_page.content.decode().replace("nobody@example.org", "?")
    )
    desk.code_of("auditor@example.org")
    assert len(desk.mailer.sent) == letters


def _without_tokens(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_a_wrong_code_is_noted_and_three_end_it(desk: Desk) -> None:
    """Attack: guessing. The right code no longer helps afterwards."""
    client = desk.client()
    client.post("/account/sign-in", {"email": "coordinator@example.org"})
    right = desk.code_of("coordinator@example.org")
    for _ in range(3):
        client.post(CODE, {"code": "WRONG-CODE"})
    client.post(CODE, {"code": right})
    assert client.get(HOME).status_code == 302
    assert desk.history("user:coordinator") == ["account.code_refused"] * 3


def test_asking_for_codes_is_limited(desk: Desk) -> None:
    """Attack: flooding a mailbox with letters."""
    client = desk.client()
    for _ in range(8):
        client.post("/account/sign-in", {"email": "coordinator@example.org"})
    desk.code_of("coordinator@example.org")
    assert len(desk.mailer.sent) <= 3


def test_a_code_works_only_in_the_browser_that_asked(desk: Desk) -> None:
    """Attack: a code read over somebody's shoulder."""
    desk.client().post("/account/sign-in", {"email": "coordinator@example.org"})
    thief = desk.client()
    thief.post(CODE, {"code": desk.code_of("coordinator@example.org")})
    assert thief.get(HOME).status_code == 302


def test_a_foreign_next_is_not_followed(desk: Desk) -> None:
    """Attack: leading somebody elsewhere after signing in. Control: our own page is."""
    for following, expected in (("https://evil.example/", HOME), ("/account/", "/account/")):
        client = desk.client()
        client.post(f"/account/sign-in?next={following}", {"email": "auditor@example.org"})
        code = desk.code_of("auditor@example.org")
        answer = client.post(f"{CODE}?next={following}", {"code": code})
        assert answer.headers["Location"] == expected


def test_the_session_gets_a_new_name_when_signing_in(desk: Desk) -> None:
    """Attack: session fixation."""
    client = desk.client()
    client.post("/account/sign-in", {"email": "coordinator@example.org"})
    before = client.cookies["desk"].value
    client.post(CODE, {"code": desk.code_of("coordinator@example.org")})
    assert client.cookies["desk"].value != before
    assert client.cookies["desk"]["httponly"]
    assert client.cookies["desk"]["samesite"] == "Lax"


def test_signing_out_needs_a_form_and_is_noted(desk: Desk) -> None:
    """A link alone signs nobody out; the button does, for good."""
    client = desk.as_("coordinator")
    assert client.get("/account/sign-out").status_code == 200
    assert client.get(HOME).status_code == 200
    cookie = client.cookies["desk"].value
    client.post("/account/sign-out")
    client.cookies["desk"] = cookie
    assert client.get(HOME).status_code == 302
    assert desk.history("user:coordinator") == ["account.signed_out"]


def test_an_idle_session_ends(desk: Desk) -> None:
    """After an hour without a page; a page just before keeps it."""
    client = desk.as_("coordinator")
    assert client.get(HOME).status_code == 200
    for _ in range(3):
        desk.clock.advance(IDLE - timedelta(minutes=1))
        assert client.get(HOME).status_code == 200
    desk.clock.advance(IDLE + timedelta(seconds=61))
    assert client.get(HOME).status_code == 302
    assert "time was up" in client.get("/account/sign-in").content.decode()


def test_every_session_ends_after_a_day_at_work(desk: Desk) -> None:
    """However busy: twelve hours after signing in a new code is needed."""
    client = desk.as_("coordinator")
    for _ in range(int(ABSOLUTE / timedelta(minutes=30))):
        assert client.get(HOME).status_code == 200
        desk.clock.advance(timedelta(minutes=30))
    desk.clock.advance(timedelta(minutes=1))
    assert client.get(HOME).status_code == 302


def test_a_deactivated_person_is_out_at_once(desk: Desk) -> None:
    """Their running session ends and no code is sent; active again, they come in."""
    client = desk.as_("auditor")
    assert client.get(HOME).status_code == 200
    set_active(desk.office, "auditor", "user:administrator", active=False)
    assert client.get(HOME).status_code == 302
    asked(desk, "auditor@example.org")
    asked(desk, "coordinator@example.org")
    desk.code_of("coordinator@example.org")
    assert [item.to_address for item in desk.mailer.sent] == ["coordinator@example.org"]
    set_active(desk.office, "auditor", "user:administrator", active=True)
    assert desk.sign_in("auditor").get(HOME).status_code == 200


def test_a_changed_address_takes_the_old_one_away(desk: Desk) -> None:
    """Sessions end and codes go to the new mailbox only."""
    client = desk.as_("auditor")
    person = desk.office.ledger.people.get("auditor")
    changed = Person(key="auditor", name=person.name, email="New@example.org", roles=person.roles)
    desk.office.ledger.people.put(changed)
    assert client.get(HOME).status_code == 302
    asked(desk, "auditor@example.org")
    asked(desk, "new@example.org")
    desk.code_of("New@example.org")
    assert [item.to_address for item in desk.mailer.sent] == ["New@example.org"]


def test_two_people_cannot_share_an_address(desk: Desk) -> None:
    """In any case of letters; nothing of the second is stored."""
    twin = Person(
        key="twin", name="T", email="AUDITOR@example.org", roles=frozenset({Role.AUDITOR})
    )
    with pytest.raises(Refused, match="e-mail address"):
        desk.office.ledger.people.put(twin)
    from docgen.db.models import Account

    assert not Account.objects.filter(key="twin").exists()
    assert "twin" not in [item.key for item in desk.office.ledger.people.list()]


def test_what_allauth_could_also_do_is_not_there(desk: Desk) -> None:
    """No sign-up, no passwords, no change of address."""
    for place in ("signup", "password/reset", "email", "password/change", "3rdparty", "login"):
        for prefix in ("/account/", "/accounts/"):
            assert desk.as_("administrator").get(f"{prefix}{place}/").status_code == 404
            assert desk.as_("administrator").get(f"{prefix}{place}").status_code == 404


def test_every_form_needs_its_token(desk: Desk) -> None:
    """Attack: a form sent from another site."""
    client = desk.as_("administrator", csrf=True)
    assert client.post("/account/sign-out").status_code == 403
    assert client.get(HOME).status_code == 200


def totp(secret: str) -> str:
    """Give the six digits an authenticator app shows now."""
    from allauth.mfa.totp.internal import auth

    _, now, _ = auth.yield_hotp_counters_from_time()
    return str(auth.format_hotp_value(auth.hotp_value(secret, now)))


def test_an_authenticator_app_becomes_the_second_step(desk: Desk) -> None:
    """Added with its code, asked for at the next sign-in, sealed in the database, told by letter."""
    from allauth.mfa.models import Authenticator

    client = desk.sign_in("coordinator")
    page = client.get("/account/app/add").content.decode()
    secret = re.findall(r'<span class="code">(\w+)</span>', page)[0]
    client.post("/account/app/add", {"code": totp(secret)})
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    assert client.get("/account/recovery-codes").content.decode().count('class="code"') == 10
    assert client.get("/account/recovery-codes").content.decode().count('class="code"') == 0
    second = desk.sign_in("coordinator")
    assert second.get(HOME).status_code == 302
    assert second.post("/account/sign-in/second", {"code": "000000"}).status_code == 200
    second.post("/account/sign-in/second", {"code": totp(secret)})
    kinds = desk.history("user:coordinator")
    assert "account.second_factor_added" in kinds
    assert "account.second_factor_refused" in kinds
    subjects = [item.subject for item in desk.mailer.sent]
    assert "Your sign-in was changed" in subjects


def test_a_sensitive_page_asks_again(desk: Desk) -> None:
    """Ten minutes after signing in a new code is needed to change how one signs in."""
    client = desk.as_("coordinator", fresh=False)
    answer = client.get("/account/passkeys/add")
    assert answer.headers["Location"] == "/account/again?next=%2Faccount%2Fpasskeys%2Fadd"
    place = answer.headers["Location"]
    client.post(place, {"send": "yes"})
    assert client.post(place, {"code": "WRONG"}).status_code == 409
    right = desk.code_of("coordinator@example.org")
    answer = client.post(place, {"code": right.lower()})
    assert answer.headers["Location"] == "/account/passkeys/add"
    assert client.get("/account/passkeys/add").status_code == 200
    desk.clock.advance(timedelta(minutes=10))
    assert client.get("/account/passkeys/add").status_code == 302


def test_the_code_for_asking_again_can_be_tried_three_times(desk: Desk) -> None:
    """Attack: guessing it at an open desk."""
    client = desk.as_("coordinator", fresh=False)
    client.post("/account/again", {"send": "yes"})
    right = desk.code_of("coordinator@example.org")
    for _ in range(3):
        client.post("/account/again", {"code": "WRONG"})
    assert client.post("/account/again", {"code": right}).status_code == 409
    assert client.get("/account/app/add").status_code == 302
