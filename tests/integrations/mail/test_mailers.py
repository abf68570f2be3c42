"""The mailers: a folder, a real SMTP server on loopback, and the fake."""

from __future__ import annotations

import socketserver
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from docgen.errors import InputError, ServiceUnavailable
from docgen.settings import MailSettings
from integrations.mail.fake import FakeMailer
from integrations.mail.message import compose
from integrations.mail.outbox import OutboxMailer
from integrations.mail.smtp import SmtpAccount, SmtpMailer
from tests.contracts.mailer import MAIL, MailerContract, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docgen.ports.mailer import Mailer

SENDER = "enrollment@example.org"


@dataclass(kw_only=True)
class Taken:
    """What a mail server received, and how it answers."""

    replies: dict[str, str] = field(default_factory=dict)
    letters: list[tuple[list[str], bytes]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    port: int = 0


class Handler(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs."""

    def handle(self) -> None:
        taken: Taken = self.server.taken  # type: ignore[attr-defined]  # set by `server` below
        recipients: list[str] = []
        self._say("220 mail.example.org")
        while line := self.rfile.readline():
            command = line.decode().rstrip("\r\n")
            verb = command.split(" ")[0].upper()
            taken.said.append(command)
            if verb == "RCPT":
                recipients.append(command.partition("<")[2].partition(">")[0])
            if verb == "EHLO":
                self._say("250-mail.example.org\r\n250 8BITMIME")
            elif verb in taken.replies:
                self._say(taken.replies[verb])
            elif verb == "DATA":
                self._say("354 go on")
                taken.letters.append((recipients, self._data()))
                self._say("250 taken")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _data(self) -> bytes:
        body = b""
        while (line := self.rfile.readline()) != b".\r\n":
            body += line.removeprefix(b".") if line.startswith(b"..") else line
        return body


@pytest.fixture
def server() -> Iterator[Taken]:
    """Run a mail server on loopback."""
    taken = Taken()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        running.taken = taken  # type: ignore[attr-defined]  # read by the handler
        taken.port = running.server_address[1]
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield taken
        running.shutdown()
        thread.join()


class TestSmtpMailer(MailerContract):
    @pytest.fixture
    def mailer(self, server: Taken) -> SmtpMailer:
        """Give a mailer for the server on loopback, as a site's settings describe it."""
        self.server = server
        settings = MailSettings(
            kind="smtp", sender=SENDER, host="127.0.0.1", port=server.port, starttls=False
        )
        return SmtpMailer.at(settings)

    def delivered(self, mailer: Mailer) -> list[tuple[list[str], bytes]]:
        return self.server.letters


class TestOutboxMailer(MailerContract):
    @pytest.fixture
    def mailer(self, tmp_path: Path) -> OutboxMailer:
        """Give a mailer for an empty folder."""
        self.folder = tmp_path / "mail"
        return OutboxMailer(self.folder, SENDER)

    def delivered(self, mailer: Mailer) -> list[tuple[list[str], bytes]]:
        letters = [file.read_bytes() for file in self.folder.glob("*.eml")]
        assert not list(self.folder.glob(".*")), "no half-written letter is left"
        return [([parsed(raw)["To"].addresses[0].addr_spec], raw) for raw in letters]


class TestFakeMailer(MailerContract):
    @pytest.fixture
    def mailer(self) -> FakeMailer:
        """Give a fake."""
        return FakeMailer()

    def delivered(self, mailer: Mailer) -> list[tuple[list[str], bytes]]:
        sent = cast("FakeMailer", mailer).sent
        return [([item.to_address], compose(item, SENDER).as_bytes()) for item in sent]


def test_the_sender_is_the_sites(server: Taken) -> None:
    """The envelope's sender is the site's address, so that bounces come back to it."""
    account = SmtpAccount(host="127.0.0.1", port=server.port, starttls=False)
    SmtpMailer(account, SENDER).send(MAIL)
    assert any(item.upper().startswith(f"MAIL FROM:<{SENDER}>".upper()) for item in server.said)


@pytest.mark.parametrize(
    ("verb", "reply", "error"),
    [
        ("RCPT", "550 no such user", InputError),
        ("RCPT", "450 greylisted, come again", ServiceUnavailable),
        ("MAIL", "451 not now", ServiceUnavailable),
        ("DATA", "554 no", ServiceUnavailable),
        ("RSET", "250 ok", None),
    ],
)
def test_the_servers_answer_decides_between_never_and_later(
    server: Taken, verb: str, reply: str, error: type[Exception] | None
) -> None:
    """A refused address is the caller's to correct; anything else is tried again later."""
    server.replies[verb] = reply
    account = SmtpAccount(host="127.0.0.1", port=server.port, starttls=False)
    if error is None:
        SmtpMailer(account, SENDER).send(MAIL)
        return
    with pytest.raises(error) as told:
        SmtpMailer(account, SENDER).send(MAIL)
    assert "dana" not in str(told.value)


def test_a_server_without_tls_gets_no_letter(server: Taken) -> None:
    """Where TLS is asked for and not offered, neither password nor letter leaves."""
    account = SmtpAccount(
        host="127.0.0.1",
        port=server.port,
        starttls=True,
        user="u",
        password="canary",  # noqa: S106  # invented
    )
    with pytest.raises(ServiceUnavailable, match="offers no encryption"):
        SmtpMailer(account, SENDER).send(MAIL)
    assert server.letters == []
    assert not any("AUTH" in item or "MAIL" in item for item in server.said)


def test_no_server_is_tried_again_later() -> None:
    """A refused connection may pass by itself, and its message names nobody."""
    account = SmtpAccount(host="127.0.0.1", port=1, starttls=False)
    with pytest.raises(ServiceUnavailable, match="nothing answers at its host and port") as told:
        SmtpMailer(account, SENDER).send(MAIL)
    assert "dana" not in str(told.value)


def test_an_unwritable_outbox_is_tried_again_later(tmp_path: Path) -> None:
    """Where the folder cannot be made, the letter waits."""
    (tmp_path / "mail").write_text("a file stands in the way")
    with pytest.raises(ServiceUnavailable):
        OutboxMailer(tmp_path / "mail", SENDER).send(MAIL)


def test_a_letter_sent_again_replaces_itself(tmp_path: Path) -> None:
    """The outbox holds each letter once, whatever its key is made of."""
    mailer = OutboxMailer(tmp_path, SENDER)
    mailer.send(MAIL)
    mailer.send(MAIL)
    assert [file.name for file in tmp_path.iterdir()] == [f"{MAIL.key}.eml"]
