"""What every page knows: the program's name, whom to call, and whether this is a demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.bootstrap.application import application
from docgen.web.views.assets import asset_url

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001  # Django's signature
    """Give the words every page shows."""
    office = application().office
    return {
        "demo": office.rules.demo,
        "development_signer": office.signer.development,
        "pso": office.pso,
        "style_url": asset_url("site.css"),
        "draw_url": asset_url("draw.js"),
    }
