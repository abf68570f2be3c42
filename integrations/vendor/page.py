"""The address of a page at which somebody signs, looked at before they are led to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docgen.errors import ServiceRejected

if TYPE_CHECKING:
    from collections.abc import Iterable

# Printable ASCII alone, without a backslash and without a user, so that nobody reads the host
# differently.
_ADDRESS = re.compile(r"https://([A-Za-z0-9.-]{1,253})(?::443)?/[!-\[\]-~]*")


def own_page(url: str, hosts: Iterable[str], service: str, *, simulated: str = "") -> str:
    """Give a page's address back if it leads to one of the service's hosts.

    `hosts` are ends of host names, each with its dot; `simulated` is the address of a simulator
    on this machine, whose pages will do as well.

    Raises:
        ServiceRejected: it leads elsewhere, or could be read in two ways.
    """
    found = _ADDRESS.fullmatch(url)
    host = found[1].lower() if found else ""
    if host.endswith(tuple(hosts)) or (simulated and url.startswith(f"{simulated}/")):
        return url
    raise ServiceRejected(
        f"The signing service {service} names an address that is not its own for signing, and it "
        "is not used.",
        service=service,
    )
