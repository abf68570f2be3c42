"""Tags of the staff pages, known to every template without `{% load %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import template
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from docgen.domain.person import Role
from docgen.web.commands import for_pages
from docgen.web.once import FIELD
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from django.utils.safestring import SafeString

    from docgen.web.desk.parts import Column

register = template.Library()


@register.simple_tag(takes_context=True)
def once(context: dict[str, Any]) -> SafeString:
    """Write the hidden field that lets a form be carried out only once."""
    token = office_of(context["request"]).ids.token()
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, token)


@register.filter
def next_sort(column: Column, current: str) -> str:
    """Give the sort that a click on this column's heading asks for."""
    return f"-{column.key}" if current == column.key else column.key


@register.filter
def aria_sort(column: Column, current: str) -> str:
    """Give how the table is sorted by this column."""
    if current.removeprefix("-") != column.key:
        return "none"
    return "descending" if current.startswith("-") else "ascending"


@register.filter
def drawn(svg: str) -> SafeString:
    """Put a drawing of our own making into the page, without its file's first line."""
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308  # drawn by qrcode from our own address


@register.filter
def nth(items: Sequence[object], number: int) -> object:
    """Give an item by its number from 0."""
    return items[number]


@register.filter
def moment(at: datetime) -> SafeString:
    """Give a moment in the PSO's time zone, with the zone's name; nothing follows it."""
    here = timezone.localtime(at)
    said = (dateformat.format(here, form) for form in ("c", "M j, Y, g:i A T"))
    return format_html('<time datetime="{}">{}</time>', *said)


@register.filter
def pages(message: object) -> str:
    """Give a message with pages named instead of commands."""
    return for_pages(str(message))


@register.filter
def role_words(role: object) -> str:
    """Give a role as people read it."""
    words = cast("str", getattr(role, "value", str(role))).replace("_", " ")
    return words.replace("pso ", "PSO ")


@register.filter
def roles_words(roles: Collection[Role]) -> str:
    """Give several roles in the order of the house."""
    return ", ".join(role_words(role) for role in Role if role in roles)
