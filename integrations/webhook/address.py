"""Which addresses a callback may go to: public ones, by https; in a demonstration, loopback too."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from docgen.errors import InputError, ServiceRejected, ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

Ip: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_URL = 500
_PORTS = {"https": 443, "http": 80}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOWEST_IPV4 = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One address, taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """Give the host as the request names it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


def parsed(url: str) -> Target:
    """Take an address apart.

    Raises:
        InputError: it is no plain http or https address.
    """
    if len(url) > LONGEST_URL or not (url.isascii() and url.isprintable()) or " " in url:
        raise InputError(
            f"Give the address in plain letters, without spaces, at most {LONGEST_URL} long."
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise InputError(
            "This is not a web address; give one such as https://host/path."
        ) from error
    if parts.scheme not in _PORTS or not host or port == 0 or "\\" in url or "%" in host:
        raise InputError("This is not a web address; give one such as https://host/path.")
    if "@" in parts.netloc or parts.fragment:
        raise InputError("Leave out any name, password or part after # in the address.")
    path = parts.path or "/"
    return Target(
        scheme=parts.scheme,
        host=host,
        port=port or _PORTS[parts.scheme],
        path=f"{path}?{parts.query}" if parts.query else path,
    )


def literal(host: str) -> Ip | None:
    """Read a host that is an address itself, in every spelling the system would take for one."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_public(address: Ip) -> bool:
    """Say whether an address is one of the open internet, looking through what wraps another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & _LOWEST_IPV4)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
    )


def reachable(target: Target, *, loopback: bool, resolve: Callable[[str, int], list[str]]) -> str:
    """Resolve a host once and give the one address to connect to.

    Raises:
        ServiceRejected: it is http, or any of its addresses is not public.
        ServiceUnavailable: nothing is known under this name at the moment.
    """
    own = literal(target.host)
    try:
        found = [str(own)] if own else resolve(target.host, target.port)
        addresses = [ipaddress.ip_address(item.partition("%")[0]) for item in found]
    except (OSError, UnicodeError, ValueError) as error:
        raise ServiceUnavailable(
            "The receiver’s name is not known at the moment.", service="callback"
        ) from error
    if not addresses:
        raise ServiceUnavailable("The receiver’s name has no address.", service="callback")
    if loopback and all(item.is_loopback for item in addresses):
        return str(addresses[0])
    if target.scheme != "https":
        raise ServiceRejected("The address does not begin with https.", service="callback")
    if not all(is_public(item) for item in addresses):
        raise ServiceRejected(
            "The receiver’s name leads to an address that is not public; nothing was sent.",
            service="callback",
        )
    return str(addresses[0])


def resolved(host: str, port: int) -> list[str]:
    """Ask the system for every address of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(item[4][0]) for item in found]
