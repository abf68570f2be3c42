"""What every page knows: the program's name, whom to call, and whether this is a demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.merge.words import spoken_phone
from docgen.web.site import office_of
from docgen.web.views.assets import asset_url

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Give the words every page shows."""
    office = office_of(request)
    return {
        "demo": office.rules.demo,
        "development_signer": office.signer.development,
        "pso": office.pso,
        "phone": spoken_phone(office.pso.phone) if office.pso else "",
        "style_url": asset_url("site.css"),
        "draw_url": asset_url("draw.js"),
        "icon_url": asset_url("icon.svg"),
    }
