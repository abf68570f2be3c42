"""Files that go with a letter arrive as they were, under a name that cannot harm the header."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser

import pytest

from docgen.errors import InputError
from docgen.ports.mailer import Mail, MailAttachment
from integrations.mail.message import compose
from tests.conftest import NOON


def mail(*attachments: MailAttachment) -> Mail:
    """Write a letter with these files."""
    return Mail(
        key="k",
        to_name="Ada Example",
        to_address="ada@example.org",
        subject="Drafts",
        text="Dear Ada",
        html="<p>Dear Ada</p>",
        at=NOON,
        attachments=attachments,
    )


def test_files_arrive_byte_for_byte() -> None:
    """Name, type and bytes are those given, beside both forms of the letter."""
    given = MailAttachment(name="psa.pdf", media_type="application/pdf", data=bytes(range(256)))
    raw = compose(mail(given), "enrollment@example.org").as_bytes()
    letter = BytesParser(policy=policy.default).parsebytes(raw)
    (found,) = letter.iter_attachments()
    assert (found.get_filename(), found.get_content_type()) == ("psa.pdf", "application/pdf")
    assert found.get_content() == given.data
    for kind in ("plain", "html"):
        body = letter.get_body((kind,))
        assert body is not None
        assert "Dear Ada" in body.get_content()


@pytest.mark.parametrize("name", ["a\r\nBcc: eve@example.org", "a\x00.pdf", "a\u2028b"])
def test_a_name_cannot_add_headers(name: str) -> None:
    """A control character in a file's name is refused before anything is written."""
    with pytest.raises(InputError):
        compose(
            mail(MailAttachment(name=name, media_type="application/pdf", data=b"")),
            "enrollment@example.org",
        )
