"""Which office answers a request: the one the server was started with, or this process's own.

A WSGI server hands its office over in the environment, under a name no request header can take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docgen.bootstrap.application import application
from docgen.bootstrap.settings_file import WRITABLE

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.bootstrap.settings_file import SettingsFile
    from docgen.services.office import Office

OFFICE = "docgen.office"


def office_of(request: HttpRequest) -> Office:
    """Give the office that answers this request."""
    handed = request.META.get(OFFICE)
    return application().office if handed is None else cast("Office", handed)


def settings_file_of(request: HttpRequest) -> SettingsFile | None:
    """Give the settings file that pages may write; None where another program serves them."""
    return cast("SettingsFile | None", request.META.get(WRITABLE))
