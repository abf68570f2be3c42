"""A letter as an RFC 5322 message; header injection is impossible."""

from __future__ import annotations

import hashlib
import re
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from docgen.errors import InputError
from integrations.mail.header import recipient, subject

if TYPE_CHECKING:
    from docgen.ports.mailer import Mail

_POLICY = SMTP.clone(cte_type="7bit")  # for servers without 8BITMIME
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
        to = recipient(mail.to_name, mail.to_address)
    except (ValueError, IndexError, MessageError) as error:
        raise InputError("The recipient's e-mail address is not one valid address.") from error
    domain = sender.rpartition("@")[2]
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject(mail.subject)
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


def _fix_boundaries(message: EmailMessage, words: str) -> None:
    """Replace the library's random boundaries, so that the same letter is the same bytes."""
    digest = hashlib.sha256(words.encode()).hexdigest()[:32]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"={digest}.{number}=")
