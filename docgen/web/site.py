"""Which office answers a request: the one the server was started with, or this process's own.

A WSGI server hands its office over in the environment, or a press for this process's own, under
names no request header can take.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from docgen.bootstrap.application import application
from docgen.bootstrap.press_apart import PRESS
from docgen.bootstrap.settings_file import WRITABLE

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.bootstrap.settings_file import SettingsFile
    from docgen.ports.press import Press
    from docgen.services.office import Office

OFFICE = "docgen.office"


def office_of(request: HttpRequest) -> Office:
    """Give the office that answers this request."""
    handed = request.META.get(OFFICE)
    if handed is not None:
        return cast("Office", handed)
    press = request.META.get(PRESS)
    office = application().office
    return office if press is None else replace(office, press=cast("Press", press))


def settings_file_of(request: HttpRequest) -> SettingsFile | None:
    """Give the settings file that pages may write; None where another program serves them."""
    return cast("SettingsFile | None", request.META.get(WRITABLE))
