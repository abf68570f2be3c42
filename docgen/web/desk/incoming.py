"""Files that somebody outside made and one of us brings in: bounded, and looked into apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse

from docgen.services.redline import read_redline
from docgen.services.scan import count_pages
from docgen.web.desk.enrollments.uploads import MOST_BYTES, turn

if TYPE_CHECKING:
    from typing import Any

    from django.core.files.uploadedfile import UploadedFile

    from docgen.domain.person import Person

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SEALED = "default-src 'none'; sandbox"


class IncomingFile(forms.FileField):
    """A file field with the one bound on size of the staff pages."""

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
        """Refuse a file that is larger than anything we take."""
        file: UploadedFile | None = super().clean(data, initial)
        if file is not None and (file.size is None or file.size > MOST_BYTES):
            raise ValidationError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
        return file


def incoming(label: str, kinds: str, hint: str) -> IncomingFile:
    """Give the field for one file of these kinds."""
    return IncomingFile(
        label=label,
        help_text=f"{hint} Up to {MOST_BYTES // 1024 // 1024} MB.",
        widget=forms.FileInput(attrs={"accept": kinds}),
        error_messages={
            "required": "Choose the file.",
            "empty": "The file is empty; choose another.",
        },
    )


def bytes_of(file: UploadedFile) -> bytes:
    """Read a file that the field above let through."""
    return bytes(file.read(MOST_BYTES + 1))


def look_into(data: bytes, what: str, person: Person) -> int:
    """Count a PDF's pages apart, before any transaction is held: a hostile one may take a minute.

    Raises:
        InputError: it cannot be used, or other files are being looked into just now.
    """
    with turn(person.key):
        return count_pages(data, what)


def look_into_word(data: bytes, person: Person) -> None:
    """Unpack a Word file apart, before any transaction is held.

    Raises:
        InputError: it cannot be used, or other files are being looked into just now.
    """
    with turn(person.key):
        read_redline(data)


def handed_over(data: bytes, kind: str, name: str) -> HttpResponse:
    """Hand over a file from outside as a download, never as a page of ours."""
    response = HttpResponse(data, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = _SEALED
    return response
