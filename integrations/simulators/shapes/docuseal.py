"""What may stand in a request to DocuSeal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SUBMISSION_KEYS = {
    "name",
    "send_email",
    "send_sms",
    "order",
    "completed_redirect_url",
    "bcc_completed",
    "reply_to",
    "expire_at",
    "documents",
    "submitters",
    "message",
    "flatten",
    "merge_documents",
    "remove_tags",
}
DOCUMENT_KEYS = {"name", "file", "fields", "position"}
FIELD_KEYS = {"name", "type", "role", "required", "title", "description", "areas", "options"}
AREA_KEYS = {"x", "y", "w", "h", "page"}
SUBMITTER_KEYS = {
    "name",
    "role",
    "email",
    "external_id",
    "metadata",
    "values",
    "order",
    "send_email",
    "completed_redirect_url",
}
MESSAGE_KEYS = {"subject", "body"}
CHANGE_KEYS = {
    "name",
    "email",
    "send_email",
    "external_id",
    "metadata",
    "values",
    "completed_redirect_url",
    "message",
}
LIST_KEYS = {"submission_id", "q", "slug", "external_id", "limit", "after", "before"}
TYPES: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "email": str,
    "role": str,
    "title": str,
    "type": str,
    "file": str,
    "external_id": str,
    "expire_at": str,
    "completed_redirect_url": str,
    "send_email": bool,
    "merge_documents": bool,
    "remove_tags": bool,
    "required": bool,
    "order": (str, int),
    "metadata": dict,
    "values": dict,
    "message": dict,
    "fields": list,
    "areas": list,
    "documents": list,
    "submitters": list,
}


def kind_of(field: Mapping[str, Any]) -> str:
    """Say what a person would write into a field, by its type and label; "" for nothing."""
    label = str(field.get("title") or field.get("name")).rpartition(" ")[2].lower()
    kinds = {"signature": "signature", "date": "date", "text": label}
    kind = kinds.get(field.get("type", ""), "")
    return kind if kind in {"signature", "date", "name", "title"} else ""


def area_is_sound(area: Mapping[str, Any], pages: int) -> bool:
    """Say whether an area is given in shares of one of so many pages, and lies within it."""
    shares: list[Any] = [area.get(name) for name in ("x", "y", "w", "h")]
    return (
        all(type(part) in {int, float} for part in shares)
        and all(0 <= part <= 1 for part in (*shares, area["x"] + area["w"]))
        and area["y"] + area["h"] <= 1
        and type(area.get("page")) is int
        and 1 <= area["page"] <= pages
    )
