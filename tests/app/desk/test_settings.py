"""The settings page: what holds, what is amiss, and buttons that try the neighbours out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from docgen.bootstrap.settings_file import WRITABLE, SettingsFile, example_settings
from docgen.errors import ServiceRejected, ServiceUnavailable
from docgen.settings import SETTINGS_FILE, read_settings
from integrations.mail.fake import FakeMailer

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from docgen.ports.mailer import Mail
    from tests.app.desk.staff import Desk

PAGE = "/desk/settings"
MOST_QUERIES = 12


class FullArchive:
    """An archive that takes nothing."""

    key: ClassVar[str] = "filesystem"

    def faults(self) -> list[str]:
        """Name what is wrong."""
        return ["its folder cannot be written"]


class DeafService:
    """A signing service that refuses our key."""

    def find(self, key: str) -> None:
        """Find nothing."""
        raise ServiceRejected("DocuSign refused the key.", service="docusign")


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


@pytest.mark.parametrize("neighbor", ["mail", "time", "signing", "archive"])
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


def test_each_signing_service_is_tried_by_itself(desk: Desk) -> None:
    """All that are configured stand there, the chosen one first; what refuses says so by name."""
    both = {**desk.office.services, "docusign": DeafService()}
    desk.office = replace(desk.office, services=both)  # type: ignore[arg-type]  # it is only looked in
    client = desk.as_("administrator")
    page = client.get(PAGE).content.decode()
    ours, theirs = page.index("our own signing pages"), page.index("DocuSign")
    assert ours < theirs
    assert page.count("used where nothing else is chosen") == 1
    assert "can be chosen for a packet; it invites its signers itself" in page
    assert page.count("invites its signers") == 1
    desk.send(client, f"{PAGE}/try/signing", page=PAGE, service="docusign")
    assert "DocuSign: DocuSign refused the key." in client.get(PAGE).content.decode()
    desk.send(client, f"{PAGE}/try/signing", page=PAGE, service="embedded")
    assert "The signing service answered." in client.get(PAGE).content.decode()
    told = [item.details for item in desk.office.ledger.history.of("user:administrator")]
    assert [(item["service"], item["works"]) for item in told] == [
        ("docusign", False),
        ("embedded", True),
    ]
    answer = desk.send(client, f"{PAGE}/try/signing", page=PAGE, service="nobody")
    assert answer.status_code == 404


def test_it_says_who_invites_the_signers(desk: Desk) -> None:
    """Where our own letters lead to a service, the page says so."""
    services = {**desk.office.services, "docusign": DeafService()}
    rules = replace(desk.office.rules, invited_by_site=frozenset({"docusign"}))
    desk.office = replace(desk.office, services=services, rules=rules)  # type: ignore[arg-type]  # the same
    page = desk.as_("administrator").get(PAGE).content.decode()
    assert "DocuSign, can be chosen for a packet; this site invites its signers" in page


def test_an_archive_that_cannot_be_used_says_so(desk: Desk) -> None:
    """With what is wrong with it."""
    desk.office = replace(desk.office, archive=FullArchive())  # type: ignore[arg-type]  # only tried
    client = desk.as_("administrator")
    desk.send(client, f"{PAGE}/try/archive", page=PAGE)
    assert "its folder cannot be written" in client.get(PAGE).content.decode()


def served_alone(desk: Desk, tmp_path: Path, *, is_alone: bool = True) -> Client:
    """Give an administrator's browser at a site whose settings a page may write."""
    path, client = tmp_path / SETTINGS_FILE, desk.as_("administrator")
    path.write_text(example_settings(demo=False), "utf-8")
    handed: dict[str, Any] = client.defaults

    def reopen() -> None:
        read = read_settings({"DOCGEN_HOME": str(tmp_path)})
        rules = replace(
            desk.office.rules,
            signing_period=read.signing_period,
            reminder_period=read.reminder_period,
        )
        desk.office = replace(desk.office, rules=rules)
        handed["docgen.office"] = desk.office

    handed[WRITABLE] = SettingsFile(path=path, reopen=reopen, is_alone=is_alone)
    return client


def test_days_of_reminders_and_expiry_are_changed(desk: Desk, tmp_path: Path) -> None:
    """On the page, into the file; they hold at once, and the history says who changed what."""
    client = served_alone(desk, tmp_path)
    assert (
        "everything else in the file settings.toml" in client.get("/desk/settings").content.decode()
    )
    assert 'value="30"' in client.get(PAGE).content.decode()
    days = {"expires_after_days": "45", "remind_after_days": "0"}
    for _ in range(2):
        assert client.post(f"{PAGE}/days", days)["Location"] == PAGE
    page = client.get(PAGE).content.decode()
    assert "45 days after it is sent" in page
    assert "none by themselves" in page
    assert "nothing was changed" in page
    assert read_settings({"DOCGEN_HOME": str(tmp_path)}).signing_period.days == 45
    (told,) = desk.office.ledger.history.of("user:administrator")
    assert told.kind == "settings.days_changed"
    assert (told.details["before"], told.details["now"]) == (
        {"expires_after_days": 30, "remind_after_days": 7},
        {"expires_after_days": 45, "remind_after_days": 0},
    )


@pytest.mark.parametrize("expires", ["0", "366", "x", ""])
def test_days_that_cannot_be_are_refused(desk: Desk, tmp_path: Path, expires: str) -> None:
    """Beside their field, with what was typed; nothing is written."""
    client = served_alone(desk, tmp_path)
    answer = client.post(f"{PAGE}/days", {"expires_after_days": expires, "remind_after_days": "7"})
    assert answer.status_code == 422
    assert "nothing was stored" in answer.content.decode()
    assert (tmp_path / SETTINGS_FILE).read_text("utf-8") == example_settings(demo=False)


def test_days_are_a_files_matter_where_others_read_it(desk: Desk, tmp_path: Path) -> None:
    """No form, and the names to look for; a form sent all the same writes nothing."""
    days = {"expires_after_days": "45", "remind_after_days": "7"}
    for client in (served_alone(desk, tmp_path, is_alone=False), desk.as_("administrator")):
        page = client.get(PAGE).content.decode()
        assert "Store the days" not in page
        assert "expires_after_days" in page
        assert client.post(f"{PAGE}/days", days).status_code == 409
    assert (tmp_path / SETTINGS_FILE).read_text("utf-8") == example_settings(demo=False)


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
