"""A person's printed name as an X.509 subject: literal, whatever the script, never parsed.

Whoever builds a certificate path compares names by RFC 4518, which has no form for a text that
mixes directions (“مركز LLC”) or holds letters younger than Unicode 3.2. Such a text is spelled in
punycode (RFC 3492); the signature itself and the page show it as it is written.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.x509.oid import NameOID

from docgen.errors import SignatureInvalid

if TYPE_CHECKING:
    from integrations.sign.pades.authority import Holder

DEVELOPMENT = "development, not for production"
SERVICE_NAME = "docgen signing service"
_LIMIT = 64  # RFC 5280 appendix A: ub-common-name, ub-organization-name, ub-title
_NAME_LIMIT = 1024
SPELLED = "xn--"
_ACT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FULL_NAME = x509.ObjectIdentifier("2.5.4.41")  # X.520 name, which may be long
_SMTP_UTF8_MAILBOX = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9")  # RFC 9598
_DER_UTF8_STRING = 0x0C
_DER_SHORT = 128
_DER_ONE_BYTE = 256
_EMAIL_LIMIT = 254


def subject_of(holder: Holder, *, unit: str | None = DEVELOPMENT) -> x509.Name:
    """Name the holder; a name that is cut or spelled in `CN` stands whole in `name`.

    A development authority says what it is in `unit`.

    Raises:
        SignatureInvalid: a part is empty, overlong, or holds control characters.
    """
    name, organization = _clean(holder.name, "name"), _clean(holder.organization, "organization")
    if not _ACT_ID.fullmatch(holder.act_id):
        raise SignatureInvalid(
            "The act's id cannot stand in a certificate; use up to 64 letters, digits, - and _."
        )
    units = [] if unit is None else [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit)]
    attributes = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, _carried(organization)),
        *units,
        x509.NameAttribute(NameOID.COMMON_NAME, _carried(name)),
        # PrintableString has no underscore.
        x509.NameAttribute(NameOID.SERIAL_NUMBER, holder.act_id.replace("_", "-")),
    ]
    if holder.title:
        title = _carried(_clean(holder.title, "title"))
        attributes.append(x509.NameAttribute(NameOID.TITLE, title))
    if _carried(name) != name:
        whole = name if _is_comparable(name) else _spelled(name)
        attributes.append(x509.NameAttribute(_FULL_NAME, whole))
    return x509.Name(attributes)


def mailbox_of(email: str) -> x509.GeneralName:
    """Give the e-mail address as a subject alternative name.

    Raises:
        SignatureInvalid: it is no address that a certificate can carry.
    """
    local, at, domain = email.rpartition("@")
    plain = email.isprintable() and not any(character.isspace() for character in email)
    if not (local and at and domain and plain) or len(email) > _EMAIL_LIMIT:
        raise SignatureInvalid(
            "The signer's e-mail address cannot stand in a certificate; correct it and sign again."
        )
    if email.isascii():
        return x509.RFC822Name(email)
    return x509.OtherName(_SMTP_UTF8_MAILBOX, _utf8_string(email))


def service_subject(*, unit: str | None, serial: str) -> x509.Name:
    """Name the service itself, whose one certificate is for every seal."""
    units = [] if unit is None else [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit)]
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, SERVICE_NAME),
            *units,
            x509.NameAttribute(NameOID.COMMON_NAME, SERVICE_NAME),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, serial),
        ]
    )


def _clean(text: str, what: str) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    hidden = any(unicodedata.category(mark) in {"Cc", "Cs", "Zl", "Zp"} for mark in text)
    if not text or hidden or len(text) > _NAME_LIMIT:
        raise SignatureInvalid(
            f"The signer's {what} is empty, too long or holds control characters; "
            "correct it and sign again."
        )
    return text


def _carried(text: str) -> str:
    """Give a text as a certificate carries it: cut to the limit, and spelled where it must be.

    The beginning of a text is spelled as the whole of it is.
    """
    literal = _is_comparable(text) and _is_comparable(_cut(text))
    return _cut(text) if literal else _cut(_spelled(text))


def _is_comparable(text: str) -> bool:
    """Tell whether those who check the certificate can compare names that hold this text."""
    try:
        _ = asn1.Name.build({"common_name": text}).hashable
    except ValueError:
        return False
    return True


def _spelled(text: str) -> str:
    return SPELLED + text.encode("punycode").decode("ascii")


def _cut(text: str) -> str:
    """Cut to the limit, counted in bytes, not between characters that belong together."""
    if not _is_long(text):
        return text
    data = text.encode()[: _LIMIT - len("…".encode())]
    head = data.decode(errors="ignore")
    while len(head) > 1 and unicodedata.combining(text[len(head)]):
        head = head[:-1]
    return head.rstrip() + "…"


def _is_long(text: str) -> bool:
    return len(text.encode()) > _LIMIT


def _utf8_string(text: str) -> bytes:
    data = text.encode()
    if len(data) < _DER_SHORT:
        return bytes([_DER_UTF8_STRING, len(data)]) + data
    if len(data) < _DER_ONE_BYTE:
        return bytes([_DER_UTF8_STRING, 0x81, len(data)]) + data
    return bytes([_DER_UTF8_STRING, 0x82, *len(data).to_bytes(2, "big")]) + data
