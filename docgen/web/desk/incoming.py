"""Files that somebody outside made and one of us brings in: bounded, and looked into apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse

from docgen.services.redline import read_redline
from docgen.services.scan import count_pages
from docgen.web.desk.enrollments.uploads import turn

if TYPE_CHECKING:
    from typing import Any

    from django.core.files.uploadedfile import UploadedFile

    from docgen.domain.person import Person

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SEALED = "default-src 'none'; sandbox"


class IncomingFile(forms.FileField):
    """A file field with a bound on size; the page refuses a larger file before it is sent."""

    def __init__(self, *, most: int, kinds: str, hint: str, **rest: Any) -> None:
        self._most, in_mb = most, most // 1024 // 1024
        self._too_large = f"The file is larger than {in_mb} MB."
        at_choosing = {"accept": kinds, "data-most": most, "data-too-large": self._too_large}
        super().__init__(
            widget=forms.FileInput(attrs=at_choosing),
            help_text=f"{hint} Up to {in_mb} MB.",
            **rest,
        )

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
        """Refuse a file that is larger than anything we take here."""
        file: UploadedFile | None = super().clean(data, initial)
        if file is not None and (file.size is None or file.size > self._most):
            raise ValidationError(self._too_large)
        return file


def incoming(label: str, kinds: str, hint: str, most: int) -> IncomingFile:
    """Give the field for one file of these kinds, of at most so many bytes."""
    return IncomingFile(
        label=label,
        kinds=kinds,
        hint=hint,
        most=most,
        error_messages={
            "required": "Choose the file.",
            "empty": "The file is empty; choose another.",
        },
    )


def bytes_of(file: UploadedFile) -> bytes:
    """Read a file that the field above let through."""
    return bytes(file.read())


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
