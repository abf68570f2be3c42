"""Numbers and addresses with a fixed shape: each function returns the one written form."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from docgen.domain.enrollment.findings import Rule
from docgen.domain.enrollment.npi import npi_valid
from docgen.domain.enrollment.places import TIME_ZONES, find_state
from docgen.domain.enrollment.text import TEMPLATE_MARKS, wrong

_EMAIL_MOST, _LOCAL_MOST = 254, 64
# RFC 5322 dot-atom without braces and bars, which templates and shells use.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`~-]+)*")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
# A telephone number and, behind a word or a mark, an extension.
_EXTENDED = re.compile(
    r"[0-9 +().\u2010-\u2013-]*[0-9][ ,;]*(?:x|ext|extn|extension|#)[ .:]*[0-9]+", re.IGNORECASE
)
# IRS, "How EINs are assigned and valid EIN prefixes"; the list changes, hence a warning only.
_UNUSED_EIN_PREFIXES = frozenset(
    [
        "00",
        "07",
        "08",
        "09",
        "17",
        "18",
        "19",
        "28",
        "29",
        "49",
        "69",
        "70",
        "78",
        "79",
        "89",
        "96",
        "97",
    ]
)
_SHARED_MAILBOXES = frozenset(
    [
        "info",
        "admin",
        "administration",
        "office",
        "contact",
        "mail",
        "billing",
        "reception",
        "frontdesk",
        "hello",
    ]
)


def parse_npi(text: str) -> str:
    """Return the ten digits, or refuse a number whose check digit is wrong."""
    digits = text.strip()
    if not npi_valid(digits):
        raise wrong(
            Rule.NPI,
            "check the NPI; it has ten digits, starts with 1 or 2 and ends in a check digit",
        )
    return digits


def parse_ein(text: str) -> str:
    """Return NN-NNNNNNN; a Social Security number is refused, never kept."""
    number = text.strip()
    if re.fullmatch(r"[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}", number):
        raise wrong(
            Rule.EIN,
            "take this out; it is written like a Social Security number. Give the employer "
            "identification number, or leave the field empty",
        )
    if re.fullmatch(r"[0-9]{9}", number):
        number = f"{number[:2]}-{number[2:]}"
    if not re.fullmatch(r"[0-9]{2}-[0-9]{7}", number):
        raise wrong(
            Rule.EIN, "write the EIN as two digits, a hyphen and seven digits, or leave it empty"
        )
    return number


def ein_prefix_unused(ein: str) -> bool:
    """Say whether the IRS list shows no use of the first two digits."""
    return ein[:2] in _UNUSED_EIN_PREFIXES


def parse_state(text: str) -> str:
    """Return the two-letter code of a state, the District of Columbia or a territory."""
    state = find_state(text.strip())
    if state is None:
        raise wrong(Rule.STATE, "choose a state, the District of Columbia or a territory")
    return state.code


def parse_law(text: str) -> str:
    """Return a state code, or "silent" for an agreement that names no governing law."""
    return "silent" if text.strip().casefold() == "silent" else parse_state(text)


def parse_zip(text: str) -> str:
    """Return NNNNN or NNNNN-NNNN."""
    code = text.strip()
    if re.fullmatch(r"[0-9]{9}", code):
        code = f"{code[:5]}-{code[5:]}"
    if not re.fullmatch(r"[0-9]{5}(?:-[0-9]{4})?", code):
        raise wrong(
            Rule.ZIP, "write the ZIP code as five digits, or five digits, a hyphen and four"
        )
    return code


def parse_phone(text: str) -> str:
    """Return the number in E.164; ten digits are taken as a number in the United States."""
    digits = re.sub(r"[ ().\u2010-\u2013-]", "", text)
    if re.fullmatch(r"1?[2-9][0-9]{9}", digits):
        digits = f"+{digits if digits[0] == '1' else '1' + digits}"
    usable = r"\+1[2-9][0-9]{2}[2-9][0-9]{6}" if digits[:2] == "+1" else r"\+[2-9][0-9]{6,14}"
    if not re.fullmatch(usable, digits):
        if _EXTENDED.fullmatch(text):
            raise wrong(
                Rule.PHONE,
                "write the phone number with its area code and without its extension; a person’s "
                "extension has a field of its own",
            )
        raise wrong(
            Rule.PHONE,
            "write the phone number with its area code, such as +1 followed by ten digits",
        )
    return digits


def parse_extension(text: str) -> str:
    """Return one to six digits."""
    if not re.fullmatch(r"[0-9]{1,6}", text.strip()):
        raise wrong(Rule.PHONE, "write the extension as one to six digits")
    return text.strip()


def parse_email(text: str) -> str:
    """Return one address with its domain in lower case."""
    address = text.strip(" ")
    local, _, domain = address.rpartition("@")
    good = (
        len(address) <= _EMAIL_MOST
        and len(local) <= _LOCAL_MOST
        and _LOCAL.fullmatch(local)
        and _DOMAIN.fullmatch(domain)
    )
    if not good:
        raise wrong(
            Rule.EMAIL,
            "write one e-mail address in plain letters, such as name@example.org, and nothing else",
        )
    return f"{local}@{domain.lower()}"


def is_shared_mailbox(email: str) -> bool:
    """Say whether several people are likely to read this mailbox."""
    return email.partition("@")[0].casefold() in _SHARED_MAILBOXES


def parse_url(text: str) -> str:
    """Return an https address without credentials."""
    address = text.strip(" ")
    sentence = "write a web address that starts with https:// and holds no user name or password"
    printable = re.fullmatch(r"[!-~]+", address) and "\\" not in address
    if not printable or any(mark in address for mark in TEMPLATE_MARKS):
        raise wrong(Rule.URL, sentence)
    try:
        parts = urlsplit(address)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        raise wrong(Rule.URL, sentence) from None
    if parts.scheme != "https" or "@" in parts.netloc or not port_fits:
        raise wrong(Rule.URL, sentence)
    if not _DOMAIN.fullmatch(parts.hostname or ""):
        raise wrong(Rule.URL, sentence)
    return address


def parse_pso_number(text: str) -> str:
    """Return the AHRQ listing number: P and four digits."""
    number = text.strip().upper()
    if not re.fullmatch(r"P[0-9]{4}", number):
        raise wrong(Rule.PSO_NUMBER, "write the PSO number as P and four digits")
    return number


def parse_ccn(text: str) -> str:
    """Return a CMS certification number: six letters or digits."""
    number = text.strip().upper()
    if not re.fullmatch(r"[0-9A-Z]{6}", number):
        raise wrong(Rule.LIMITS, "write the CMS certification number as six letters or digits")
    return number


def parse_slug(text: str) -> str:
    """Return an id: lower-case letters, digits and hyphens."""
    slug = text.strip()
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?", slug):
        raise wrong(
            Rule.REFS, "write the id in lower-case letters, digits and hyphens, at most 64 of them"
        )
    return slug


def parse_uuid(text: str) -> str:
    """Return a UUID in its written form."""
    value = text.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
        raise wrong(Rule.REFS, "leave the record id empty; the service assigns it")
    return value


def parse_version(text: str) -> str:
    """Return a version label: letters, digits, dots and hyphens."""
    label = text.strip()
    if not re.fullmatch(r"[0-9A-Za-z](?:[0-9A-Za-z._-]{0,38}[0-9A-Za-z])?", label):
        raise wrong(
            Rule.LIMITS,
            "write the version in letters, digits, dots and hyphens, at most 40 of them",
        )
    return label


def parse_timezone(text: str) -> str:
    """Return an IANA time zone used in the United States."""
    if text.strip() not in TIME_ZONES:
        raise wrong(
            Rule.TIMEZONE, "choose a time zone of the United States, such as America/Chicago"
        )
    return text.strip()


_PO_BOX = re.compile(
    r"\bp\s*\.?\s*o\s*\.?\s*(?:box|drawer)\b|\bpost\s+office\s+box\b"
    r"|^\s*(?:p\.?\s*)?box\s+#?[0-9]+\s*$",
    re.IGNORECASE,
)


def is_po_box(line: str) -> bool:
    """Say whether an address line names a post office box instead of a street."""
    return _PO_BOX.search(line) is not None
