"""What every page knows: the program's name, whom to call, and whether this is a demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from docgen.domain.merge.words import spoken_phone
from docgen.web.access import menu_of, rule_of
from docgen.web.asset import asset_url
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.domain.person import Person


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


def desk(request: HttpRequest) -> dict[str, object]:
    """Give what the staff pages show around their content; looked up only by those that show it."""

    def person() -> Person | None:
        from docgen.web.account.visitor import person_of

        return person_of(request)

    def menu() -> list[dict[str, object]]:
        here = request.resolver_match.view_name if request.resolver_match else ""
        return [
            {"url": reverse(name), "words": words, "here": _lights(name, here)}
            for name, words in menu_of(person())
        ]

    return {
        "person": SimpleLazyObject(person),
        "menu": SimpleLazyObject(menu),
        "desk_style_url": asset_url("desk.css"),
        "desk_script_url": asset_url("desk.js"),
        "mail_folder": SimpleLazyObject(lambda: office_of(request).mailer.key == "outbox"),
        "passkey_url": asset_url("passkey.js"),
        "htmx_url": asset_url("htmx.min.js"),
    }


def _lights(entry: str, here: str) -> bool:
    """Say whether a page belongs to a menu entry."""
    rule = rule_of(here)
    return here == entry or (rule is not None and rule.under == entry)
