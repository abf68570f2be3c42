"""What every mailer promises; inherited by each adapter's tests and by the fake's."""

from __future__ import annotations

import abc
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.errors import InputError
from docgen.ports.mailer import Mail, MailAttachment

if TYPE_CHECKING:
    from email.message import EmailMessage

    from docgen.ports.mailer import Mailer

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MAIL = Mail(
    key="invite.env_1.practice_1.0",
    to_name="Dana Example",
    to_address="dana@example.org",
    subject="Please sign: Example Agreement",
    text="Dear Dana Example,\n\nOpen the documents: http://testserver/sign/x\n",
    html="<!doctype html>\n<p>Dear Dana Example,</p>\n",
    at=AT,
)
HEADERS = {
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "auto-submitted",
    "mime-version",
    "content-type",
}
HOSTILE = (
    "a\r\nBcc: evil@example.org",
    "a\nBcc: evil@example.org",
    "a\rBcc: evil@example.org",
    "a\x00b",
    "a\u2028Bcc: evil@example.org",
    "a\u0085Bcc: evil@example.org",
    "a\x0bb",
    "a\x7fb",
)


def parsed(raw: bytes) -> EmailMessage:
    """Read a message as a mail program does."""
    message: EmailMessage = BytesParser(policy=policy.default).parsebytes(raw)
    return message


class MailerContract(abc.ABC):
    """One suite for all; subclasses give `mailer` and `delivered`."""

    @pytest.fixture
    @abc.abstractmethod
    def mailer(self) -> Mailer:
        """Give a mailer that has sent nothing yet."""

    @abc.abstractmethod
    def delivered(self, mailer: Mailer) -> list[tuple[list[str], bytes]]:
        """Give each delivered message: its envelope recipients and its bytes."""

    def test_a_letter_arrives_whole(self, mailer: Mailer) -> None:
        """One recipient, the intended headers and no other, both forms of the words."""
        mailer.send(MAIL)
        [(recipients, raw)] = self.delivered(mailer)
        message = parsed(raw)
        assert recipients == ["dana@example.org"]
        assert {name.lower() for name in message} == HEADERS
        assert str(message["To"]) == "Dana Example <dana@example.org>"
        assert str(message["Subject"]) == MAIL.subject
        assert str(message["Message-ID"]) == "<invite.env_1.practice_1.0@example.org>"
        assert message["Date"].datetime == AT
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert plain.get_content().splitlines() == MAIL.text.splitlines()
        assert html.get_content().splitlines() == MAIL.html.splitlines()

    def test_names_of_any_script_arrive(self, mailer: Mailer) -> None:
        """Names, subjects and words outside ASCII come back as they were."""
        name, subject, text = "Ægir Þórsson 示例", "Bitte „unterschreiben“ – مثال", "Größe 示例\n"
        mailer.send(replace(MAIL, to_name=name, subject=subject, text=text))
        message = parsed(self.delivered(mailer)[0][1])
        plain = message.get_body(("plain",))
        assert plain is not None
        assert message["To"].addresses[0].display_name == name
        assert (str(message["Subject"]), plain.get_content().strip()) == (subject, text.strip())
        assert self.delivered(mailer)[0][1].isascii()

    @pytest.mark.parametrize("field", ["to_name", "to_address", "subject", "key"])
    @pytest.mark.parametrize("text", HOSTILE)
    def test_no_header_can_be_injected(self, mailer: Mailer, field: str, text: str) -> None:
        """A control character in what becomes a header: refused, nothing is sent."""
        with pytest.raises(InputError):
            mailer.send(replace(MAIL, **{field: text}))  # type: ignore[arg-type]  # texts only
        assert self.delivered(mailer) == []

    @pytest.mark.parametrize(
        "address", ["", "nobody", "a@b@c", "a@example.org, evil@example.org", "<a@example.org>"]
    )
    def test_only_one_address_is_taken(self, mailer: Mailer, address: str) -> None:
        """What is not exactly one address is refused."""
        with pytest.raises(InputError):
            mailer.send(replace(MAIL, to_address=address))
        assert self.delivered(mailer) == []

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(name=st.text(max_size=60), subject=st.text(max_size=80))
    def test_any_text_is_one_header_or_refused(
        self, mailer: Mailer, name: str, subject: str
    ) -> None:
        """Whatever a name or subject holds, no header is added and nobody else gets the letter."""
        before = len(self.delivered(mailer))
        try:
            mailer.send(replace(MAIL, key=f"k{before}", to_name=name, subject=subject))
        except InputError:
            assert len(self.delivered(mailer)) == before
            return
        for recipients, raw in self.delivered(mailer)[before:]:
            message = parsed(raw)
            assert recipients == ["dana@example.org"]
            assert {item.lower() for item in message} <= HEADERS
            assert [item.addr_spec for item in message["To"].addresses] == ["dana@example.org"]

    def test_attachments_arrive_as_they_are(self, mailer: Mailer) -> None:
        """Files come back byte for byte under their names; a name cannot inject a header."""
        data = b"%PDF-1.7\r\n.\r\n\x00\xff"
        item = MailAttachment(name="Größe.pdf", media_type="application/pdf", data=data)
        mail = replace(MAIL, attachments=(item,))
        mailer.send(mail)
        mailer.send(mail)
        assert len({raw for _, raw in self.delivered(mailer)}) == 1
        [found] = parsed(self.delivered(mailer)[0][1]).iter_attachments()
        assert (found.get_filename(), found.get_content()) == ("Größe.pdf", data)
        hostile = replace(item, name="a\r\nBcc: evil@example.org")
        with pytest.raises(InputError):
            mailer.send(replace(MAIL, attachments=(hostile,)))

    def test_sending_again_sends_the_same_bytes(self, mailer: Mailer) -> None:
        """A letter sent twice is the same to the byte, its Message-ID included; another is not."""
        mailer.send(MAIL)
        mailer.send(MAIL)
        assert len({raw for _, raw in self.delivered(mailer)}) == 1
        mailer.send(replace(MAIL, key="invite.env_1.practice_1.1"))
        assert len({parsed(raw)["Message-ID"] for _, raw in self.delivered(mailer)}) == 2
