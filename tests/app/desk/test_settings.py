"""The settings page: what holds, what is amiss, and buttons that try the neighbours out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import pytest

from docgen.errors import ServiceUnavailable
from integrations.mail.fake import FakeMailer

if TYPE_CHECKING:
    from docgen.ports.mailer import Mail
    from tests.app.desk.staff import Desk

PAGE = "/desk/settings"
MOST_QUERIES = 12


class DeafMailer:
    """A mail server that is switched off."""

    key: ClassVar[str] = "smtp"

    def send(self, mail: Mail) -> None:
        """Take nothing."""
        raise ServiceUnavailable(
            "The mail server did not take the message (nothing answers at its host and port).",
            service="mail",
        )


def test_it_says_what_holds_and_no_secret(desk: Desk) -> None:
    """Identity, periods, services, faults with their remedy."""
    page = desk.as_("administrator").get(PAGE).content.decode()
    pso = desk.office.pso_settings
    for words in (pso.legal_name, pso.pso_number, pso.signatory.email, "30 days", "6 years"):
        assert words in page
    assert "base_url is not https" in page
    assert "Demo mode is on." in page
    assert desk.office.rules.link_secret.hex() not in page


@pytest.mark.parametrize("neighbor", ["mail", "time", "signing"])
def test_what_works_says_so(desk: Desk, neighbor: str) -> None:
    """Each button tries the real neighbour; who tried is in the history."""
    client = desk.as_("administrator")
    answer = desk.send(client, f"{PAGE}/try/{neighbor}", page=PAGE)
    assert answer.status_code == 302
    assert 'class="success"' in client.get(PAGE).content.decode()
    assert desk.history("user:administrator") == ["neighbor.tried"]


def test_the_letter_goes_to_nobody_else(desk: Desk) -> None:
    """One letter, to who pressed the button."""
    client = desk.as_("administrator")
    mailer = desk.office.mailer
    assert isinstance(mailer, FakeMailer)
    desk.send(client, f"{PAGE}/try/mail", page=PAGE)
    assert [item.to_address for item in mailer.sent] == ["administrator@example.org"]


def test_what_fails_says_what_is_wrong(desk: Desk) -> None:
    """The very sentence of the adapter."""
    desk.office = replace(desk.office, mailer=DeafMailer())
    client = desk.as_("administrator")
    assert desk.send(client, f"{PAGE}/try/mail", page=PAGE).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "nothing answers at its host and port" in page
    assert 'class="error"' in page


def test_an_unknown_neighbor_is_not_found(desk: Desk) -> None:
    """Nothing else is tried."""
    answer = desk.send(desk.as_("administrator"), f"{PAGE}/try/bank", page=PAGE)
    assert answer.status_code == 404


@pytest.mark.parametrize("role", ["coordinator", "auditor", "legal_approver", "pso_countersigner"])
def test_nobody_else_comes_in(desk: Desk, role: str) -> None:
    """It is an administrator's page."""
    assert desk.as_(role).get(PAGE).status_code == 403


def test_it_takes_few_queries(desk: Desk) -> None:
    """However many records there are."""
    desk.packet()
    assert desk.queries(desk.as_("administrator"), PAGE) <= MOST_QUERIES
