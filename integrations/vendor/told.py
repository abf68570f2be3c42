"""What stands in an answer: taken out of it, or missed aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docgen.errors import ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping


def told(answer: Mapping[str, Any], name: str, service: str) -> Any:
    """Take one thing out of an answer that must hold it.

    What is missing is never taken for nothing: an envelope that is there would be sent again.

    Raises:
        ServiceUnavailable: it is not there; something other than the service answered.
    """
    found = answer.get(name)
    if found is None:
        raise _unreadable(service)
    return found


def listed(answer: Mapping[str, Any], name: str, service: str) -> list[dict[str, Any]]:
    """Take a list of objects out of an answer that must hold it, though it may be empty.

    Raises:
        ServiceUnavailable: it is not there, or is none; something other than the service answered.
    """
    found = told(answer, name, service)
    if not (isinstance(found, list) and all(isinstance(item, dict) for item in found)):
        raise _unreadable(service)
    return found


def _unreadable(service: str) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"The signing service {service} answered something we cannot read; what was asked of it is "
        "looked up and tried again later.",
        service=service,
    )
