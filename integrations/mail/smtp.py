"""Letters over SMTP submission with TLS."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from docgen.errors import InputError, ServiceUnavailable
from integrations.mail.message import compose

if TYPE_CHECKING:
    from docgen.ports.mailer import Mail

TIMEOUT_S = 30
_NEVER = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpAccount:
    """Where letters are submitted; `starttls` is False only for a server on this machine."""

    host: str
    port: int
    starttls: bool
    user: str = ""
    password: str = ""


class SmtpSettings(Protocol):
    """A site's mail settings, as far as SMTP needs them."""

    @property
    def host(self) -> str:
        """Name or address of the server."""
        ...

    @property
    def port(self) -> int:
        """Its submission port."""
        ...

    @property
    def starttls(self) -> bool:
        """False only for a server on this machine."""
        ...

    @property
    def user(self) -> str:
        """Account, or empty."""
        ...

    @property
    def password(self) -> str:
        """The account's password, or empty."""
        ...

    @property
    def sender(self) -> str:
        """The address letters come from."""
        ...


class SmtpMailer:
    """Submits letters to a mail server."""

    key: ClassVar[str] = "smtp"

    def __init__(self, account: SmtpAccount, sender: str) -> None:
        self._account = account
        self._sender = sender

    @classmethod
    def at(cls, settings: SmtpSettings) -> SmtpMailer:
        """Open the mailer a site's settings describe."""
        account = SmtpAccount(
            host=settings.host,
            port=settings.port,
            starttls=settings.starttls,
            user=settings.user,
            password=settings.password,
        )
        return cls(account, settings.sender)

    def send(self, mail: Mail) -> None:
        """Submit one letter to one recipient."""
        message = compose(mail, self._sender)
        account = self._account
        try:
            with smtplib.SMTP(account.host, account.port, timeout=TIMEOUT_S) as server:
                if account.starttls:
                    server.starttls(context=ssl.create_default_context())
                if account.user:
                    server.login(account.user, account.password)
                server.send_message(message, self._sender, [mail.to_address])
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise _not_now(_reason(error)) from error


def _refusal(error: smtplib.SMTPRecipientsRefused) -> InputError | ServiceUnavailable:
    """Tell "never" (5xx) from "not now" (4xx, as greylisting answers)."""
    if all(code >= _NEVER for code, _ in error.recipients.values()):
        return InputError("The mail server refused the recipient's address.")
    return _not_now("it does not take this address now")


def _not_now(reason: str) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"The mail server did not take the message ({reason}); it is tried again later.",
        service="mail",
    )


def _reason(error: OSError | smtplib.SMTPException) -> str:
    """Say what went wrong so that whoever keeps the settings knows which to look at."""
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answered with code {error.smtp_code}"
    return "the connection was lost"


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "it refused the user name or the password"),
    (smtplib.SMTPSenderRefused, "it refused the sender's address"),
    (smtplib.SMTPNotSupportedError, "it offers no encryption or no sign-in on this port"),
    (socket.gaierror, "its host name is not known"),
    (ConnectionRefusedError, "nothing answers at its host and port"),
    (TimeoutError, "it did not answer in time"),
    (ssl.SSLCertVerificationError, "its certificate is not to be trusted for this host name"),
    (ssl.SSLError, "encryption could not be agreed on"),
)
