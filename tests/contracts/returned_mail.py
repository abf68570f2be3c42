"""What every mailbox of returned mail promises; inherited by each adapter's tests and the fake's."""

from __future__ import annotations

import abc
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from docgen.ports.returned_mail import ReturnedMail

KEY = "invite.env_1.practice_1.0"


def report(
    key: str = KEY, *, action: str = "failed", status: str = "5.1.1", whole: bool = False
) -> bytes:
    """Write a delivery report (RFC 3464) about a letter of ours."""
    outer = MIMEMultipart("report", report_type="delivery-status")
    outer["From"] = "MAILER-DAEMON@mail.example.org"
    outer["To"] = "enrollment@example.org"
    outer["Subject"] = "Undelivered Mail Returned to Sender"
    outer.attach(MIMEText("This is the mail system. Your message could not be delivered."))
    status_part = MIMEBase("message", "delivery-status")
    reporter, recipient = EmailMessage(), EmailMessage()
    reporter["Reporting-MTA"] = "dns; mail.example.org"
    recipient["Final-Recipient"] = "rfc822; dana@example.org"
    recipient["Action"] = action
    recipient["Status"] = status
    status_part.set_payload([reporter, recipient])
    outer.attach(status_part)
    headers = f"Message-ID: <{key}@example.org>\nTo: dana@example.org\nSubject: Please sign\n\n"
    if whole:
        letter = MIMEBase("message", "rfc822")
        inner = EmailMessage()
        inner["Message-ID"] = f"<{key}@example.org>"
        inner.set_content("Dear Dana Example")
        letter.set_payload([inner])
        outer.attach(letter)
    else:
        outer.attach(MIMEText(headers, "rfc822-headers"))
    return outer.as_bytes()


def plain(text: str = "I am on leave until Monday.") -> bytes:
    """Write an ordinary answer."""
    message = EmailMessage()
    message["From"] = "dana@example.org"
    message["Message-ID"] = f"<{KEY}@example.org>"
    message.set_content(text)
    return message.as_bytes()


NO_REPORTS = {
    "an answer": plain(),
    "a delay": report(action="delayed", status="4.4.7"),
    "a delivery": report(action="delivered", status="2.0.0"),
    "a passing failure": report(status="4.2.2"),
    "nobody's letter": report(key="../../etc/passwd"),
    "no status": report().replace(b"Status: 5.1.1", b"X: 5.1.1"),
    "no letter": report().replace(b"Message-ID", b"X-Other"),
    "another kind of report": report().replace(b"delivery-status", b"feedback-report"),
    "cut off": report()[:200],
    "nothing": b"",
    "noise": bytes(range(256)) * 20,
    "huge": report() + b"x" * 2_100_000,
    "nested": b"Content-Type: multipart/report; boundary=a\n\n"
    + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 5_000,
}


class ReturnedMailContract(abc.ABC):
    """One suite for all; subclasses give `box` and `arrive`."""

    @pytest.fixture
    @abc.abstractmethod
    def box(self) -> ReturnedMail:
        """Give an empty mailbox."""

    @abc.abstractmethod
    def arrive(self, box: ReturnedMail, raw: bytes) -> None:
        """Let a message come in."""

    def test_an_empty_mailbox_has_nothing(self, box: ReturnedMail) -> None:
        """Nothing came back yet."""
        assert list(box.collect(10)) == []

    @pytest.mark.parametrize("whole", [False, True])
    def test_a_report_names_its_letter(self, box: ReturnedMail, whole: bool) -> None:  # noqa: FBT001  # parametrized
        """The key of our letter and why it failed, from its headers or from the letter whole."""
        self.arrive(box, report(whole=whole))
        (found,) = box.collect(10)
        assert (found.mail_key, found.status) == (KEY, "5.1.1")

    def test_a_report_stays_until_it_is_settled(self, box: ReturnedMail) -> None:
        """Who dies between reading and settling reads it again; settled twice is settled."""
        self.arrive(box, report())
        (found,) = box.collect(10)
        assert list(box.collect(10)) == [found]
        box.settle(found.report_id)
        box.settle(found.report_id)
        box.settle("unknown")
        assert list(box.collect(10)) == []

    @pytest.mark.parametrize("name", sorted(NO_REPORTS))
    def test_other_mail_is_passed_over(self, box: ReturnedMail, name: str) -> None:
        """Answers, delays, forgeries and noise are no failures; the report after them is found."""
        self.arrive(box, NO_REPORTS[name])
        self.arrive(box, report())
        assert [item.mail_key for item in box.collect(10)] == [KEY]

    def test_no_more_than_asked_for(self, box: ReturnedMail) -> None:
        """Many reports come in portions, and none is lost."""
        keys = {f"invite.env_{number}.practice_1.0" for number in range(5)}
        for key in keys:
            self.arrive(box, report(key))
        found = set()
        while items := box.collect(2):
            assert len(items) <= 2
            for item in items:
                found.add(item.mail_key)
                box.settle(item.report_id)
        assert found == keys
