"""A letter as an RFC 5322 message; header injection is impossible."""

from __future__ import annotations

import hashlib
import re
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from textwrap import wrap
from typing import TYPE_CHECKING

from docgen.errors import InputError

if TYPE_CHECKING:
    from docgen.ports.mailer import Mail

# For servers without 8BITMIME; what we folded ourselves stays so.
_POLICY = SMTP.clone(cte_type="7bit", refold_source="none")
_LINE = 76  # letters of one header line
_LOOKS_ENCODED = "=?"
_SUBJECT_LINE = _LINE - len("Subject: ")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u0085]")


def compose(mail: Mail, sender: str) -> EmailMessage:
    """Build the message; plain text first, HTML as its alternative.

    Raises:
        InputError: a header would hold a control character, or an address is not one address.
    """
    names = [item.name for item in mail.attachments]
    for value in (mail.to_name, mail.to_address, mail.subject, mail.key, *names):
        if _UNSAFE.search(value):
            raise InputError("A message header would hold a control character; it was not sent.")
    message = EmailMessage(policy=_POLICY)
    try:
        recipient = Address(display_name=mail.to_name, addr_spec=mail.to_address)
    except (ValueError, IndexError, MessageError) as error:
        raise InputError("The recipient's e-mail address is not one valid address.") from error
    domain = sender.rpartition("@")[2]
    message["From"] = sender
    _address(message, recipient)
    _entitle(message, mail.subject)
    message["Date"] = mail.at
    message["Message-ID"] = f"<{mail.key}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for item in mail.attachments:
        kind, _, subtype = item.media_type.partition("/")
        message.add_attachment(item.data, maintype=kind, subtype=subtype, filename=item.name)
    _fix_boundaries(message, f"{mail.key}\n{mail.text}\n{mail.html}")
    return message


def _address(message: EmailMessage, recipient: Address) -> None:
    """Name the recipient, so that no reader finds other addresses in the name.

    The library drops the quotation marks of a name that it has to fold (python/cpython#121284):
    “MD” and “PhD” become recipients of their own, or a name's second half the letter's first line.
    """
    plain = f"To: {recipient}"
    if plain.isascii() and len(plain) <= _LINE and _LOOKS_ENCODED not in plain:
        message["To"] = recipient
    else:
        name = _encoded("To", recipient.display_name)
        message.set_raw("To", f"{name}\r\n <{recipient.addr_spec}>".removeprefix("\r\n "))


def _entitle(message: EmailMessage, subject: str) -> None:
    """Give the subject, folded between words.

    The library loses its way in words longer than a line, and adds a blank where it folds early.
    """
    lines = wrap(subject, _SUBJECT_LINE, break_long_words=False, break_on_hyphens=False)
    fits = " ".join(lines) == subject and all(len(line) <= _SUBJECT_LINE for line in lines)
    if fits and subject.isascii() and _LOOKS_ENCODED not in subject:
        message.set_raw("Subject", "\r\n ".join(lines))
    else:
        message.set_raw("Subject", _encoded("Subject", subject))


def _encoded(name: str, text: str) -> str:
    """Spell a header's text as RFC 2047 words, each on a line of its own."""
    return Header(text, "utf-8", _LINE, name).encode(linesep="\r\n") if text else ""


def _fix_boundaries(message: EmailMessage, words: str) -> None:
    """Replace the library's random boundaries, so that the same letter is the same bytes."""
    digest = hashlib.sha256(words.encode()).hexdigest()[:32]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"={digest}.{number}=")
