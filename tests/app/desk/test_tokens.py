"""API tokens on the desk: issued once more identified, shown once, ended by whom they concern."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.app.api.caller import Caller, issued

if TYPE_CHECKING:
    from tests.app.desk.staff import Desk

LIST, ISSUE = "/desk/tokens", "/desk/tokens/issue"
QUERIES_OF_LIST = 12
TOKEN = re.compile(r"docgen_[A-Za-z0-9_-]{43}")


def asked(key: str = "coordinator", **changed: object) -> dict[str, object]:
    """Give a filled-in form."""
    return {"person": key, "name": "Nightly report", "roles": [key], "days": 90, **changed}


def test_a_token_is_issued_and_shown_once(desk: Desk) -> None:
    """It opens the API; the page shows it no second time."""
    client = desk.as_("coordinator")
    assert desk.send(client, ISSUE, **asked()).headers["Location"] == LIST
    found = TOKEN.search(client.get(LIST).content.decode())
    assert found is not None
    assert Caller(desk=desk, token=found.group()).get("/me").status_code == 200
    page = client.get(LIST).content.decode()
    assert TOKEN.search(page) is None
    assert "Nightly report" in page
    assert f"{found.group()[:13]}…" in page


def test_the_token_waits_sealed(desk: Desk) -> None:
    """Attack: whoever reads the table of sessions reads no token."""
    from django.contrib.sessions.models import Session

    client = desk.as_("coordinator")
    desk.send(client, ISSUE, **asked())
    kept = [item.get_decoded() for item in Session.objects.all()]
    assert any("api_token" in item for item in kept)
    assert TOKEN.search(str(kept)) is None


def test_issuing_asks_again_who_it_is(desk: Desk) -> None:
    """Attack: an open desk; the control issues."""
    stale = desk.as_("coordinator", fresh=False)
    assert stale.get(ISSUE).headers["Location"].startswith("/account/")
    stale.post(ISSUE, asked() | {"once": "x" * 32})
    assert desk.office.ledger.api_tokens.list() == []
    desk.send(desk.as_("coordinator"), ISSUE, **asked())
    assert len(desk.office.ledger.api_tokens.list()) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"person": "administrator"},
        {"roles": ["administrator"]},
        {"roles": []},
        {"days": 366},
        {"days": 0},
        {"name": ""},
    ],
)
def test_what_is_refused_issues_nothing(desk: Desk, changed: dict[str, object]) -> None:
    """Somebody else's, another role, too long, without a name."""
    answer = desk.send(desk.as_("coordinator"), ISSUE, **asked(**changed))
    assert answer.status_code == 422
    assert desk.office.ledger.api_tokens.list() == []


def test_an_administrator_issues_for_others(desk: Desk) -> None:
    """With roles that the other holds, and no more."""
    client = desk.as_("administrator")
    refused = desk.send(client, ISSUE, **asked("auditor", roles=["coordinator"]))
    assert refused.status_code == 422
    assert "no role that its person does not hold" in refused.content.decode()
    desk.send(client, ISSUE, **asked("auditor"))
    (token,) = desk.office.ledger.api_tokens.list()
    assert (token.person, token.issued_by) == ("auditor", "administrator")
    assert "issued by Adrian Administrator" in client.get(LIST).content.decode()


def test_each_sees_their_own(desk: Desk) -> None:
    """Attack: somebody else's token by its address; an administrator sees all."""
    _, kept = issued(desk, "auditor")
    at = f"{LIST}/token/{kept.id}"
    other = desk.as_("coordinator")
    assert kept.begins not in other.get(LIST).content.decode()
    assert other.get(at).status_code == 404
    assert other.post(at, {"once": "x" * 32}).status_code == 404
    assert desk.office.ledger.api_tokens.get(kept.id).revoked_at is None
    for key in ("auditor", "administrator"):
        assert kept.begins in desk.as_(key).get(LIST).content.decode()


@pytest.mark.parametrize("key", ["auditor", "administrator"])
def test_a_token_is_revoked(desk: Desk, key: str) -> None:
    """By its person or an administrator; it opens nothing from then on."""
    token, kept = issued(desk, "auditor")
    client, at = desk.as_(key), f"{LIST}/token/{kept.id}"
    assert desk.send(client, at).headers["Location"] == LIST
    assert Caller(desk=desk, token=token).get("/me").status_code == 401
    assert "revoked" in client.get(LIST).content.decode()
    assert "Revoke this token" not in client.get(at).content.decode()


def test_the_list_takes_few_queries(desk: Desk) -> None:
    """However many tokens there are."""
    for _ in range(8):
        issued(desk, "auditor")
    assert desk.queries(desk.as_("administrator"), LIST) <= QUERIES_OF_LIST


def test_no_name_breaks_out(desk: Desk) -> None:
    """Attack: markup as a name is text on the page."""
    client = desk.as_("coordinator")
    desk.send(client, ISSUE, **asked(name="<b onmouseover=x>R"))
    assert "<b onmouseover" not in client.get(LIST).content.decode()
