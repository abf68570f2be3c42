"""What may stand in a request to Documenso."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrations.simulators.answers.documenso import KINDS
from integrations.simulators.sheets import sheet_sizes

if TYPE_CHECKING:
    from collections.abc import Mapping

# What may stand in a request: names to types; a mark of exclamation where it must.
_NUMBER = (int, float)
SHAPES: dict[str, dict[str, Any]] = {
    "payload": {
        "type!": str,
        "title!": str,
        "externalId": str,
        "recipients": list,
        "meta": dict,
    },
    "recipient": {
        "email!": str,
        "name!": str,
        "role!": str,
        "signingOrder": _NUMBER,
        "fields": list,
    },
    "field": {
        "identifier": (str, int),
        "type!": str,
        "page!": _NUMBER,
        "positionX!": _NUMBER,
        "positionY!": _NUMBER,
        "width!": _NUMBER,
        "height!": _NUMBER,
        "fieldMeta": dict,
    },
    "fieldMeta": {
        "type!": str,
        "label": str,
        "placeholder": str,
        "required": bool,
        "readOnly": bool,
        "fontSize": _NUMBER,
        "text": str,
        "textAlign": str,
    },
    "meta": {
        "subject": str,
        "message": str,
        "signingOrder": str,
        "allowDictateNextSigner": bool,
        "distributionMethod": str,
        "timezone": str,
        "dateFormat": str,
        "language": str,
        "redirectUrl": str,
        "envelopeExpirationPeriod": dict,
        "reminderSettings": dict,
    },
    "period": {"unit!": str, "amount!": int},
    "reminderSettings": {"sendAfter!": dict, "repeatEvery!": dict},
    "distribute": {"envelopeId!": str, "meta": dict},
    "redistribute": {"envelopeId!": str, "recipients!": list},
    "cancel": {"envelopeId!": str, "reason": str},
}
LIST_QUERY = {
    "query",
    "page",
    "perPage",
    "type",
    "status",
    "hasExpiredRecipients",
    "folderId",
    "orderByColumn",
    "orderByDirection",
}
LOG_QUERY = {"page", "perPage", "orderByColumn", "orderByDirection"}
MOST_FILES, LARGEST_FILE, LONGEST_TITLE = 5, 50_000_000, 255
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_LONGEST_SUBJECT, _LONGEST_MESSAGE, _WHOLE = 254, 5000, 100.0001


def meta_is_sound(told: Mapping[str, Any]) -> bool:
    """Say whether an envelope's settings, of the right shape, are within what is documented."""
    return (
        len(told.get("subject", "")) <= _LONGEST_SUBJECT
        and len(told.get("message", "")) <= _LONGEST_MESSAGE
        and told.get("signingOrder", "PARALLEL") in {"PARALLEL", "SEQUENTIAL"}
        and told.get("distributionMethod", "EMAIL") in {"EMAIL", "NONE"}
        and told.get("dateFormat", "yyyy-MM-dd") == "yyyy-MM-dd"
    )


def field_is_sound(told: Mapping[str, Any], meta: Mapping[str, Any], files: int) -> bool:
    """Say whether a field, of the right shape, is of a known kind and lies on one of the files."""
    number = told.get("identifier", 0)
    return (
        told["type"] in KINDS
        and meta["type"] == told["type"].lower()
        and isinstance(number, int)
        and 0 <= number < files
        and told["width"] > 0
        and told["height"] > 0
        and 0 <= told["positionX"] <= told["positionX"] + told["width"] <= _WHOLE
        and 0 <= told["positionY"] <= told["positionY"] + told["height"] <= _WHOLE
    )


def hundredths(pdf: bytes) -> list[tuple[float, float]]:
    """Give a hundredth of each page's width and height: places are given in these."""
    return [(wide / 100, tall / 100) for wide, tall in sheet_sizes(pdf)]


def fits(told: object, shape: str) -> bool:
    """Say whether something has the names and types that are documented for this shape."""
    names = {name.rstrip("!"): kind for name, kind in SHAPES[shape].items()}
    needed = {name.rstrip("!") for name in SHAPES[shape] if name.endswith("!")}
    return (
        isinstance(told, dict)
        and needed <= set(told) <= set(names)
        and all(_is(value, names[name]) for name, value in told.items())
    )


def _is(value: object, kind: Any) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind)
