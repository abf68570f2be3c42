"""The settings of outside signing services: accounts, their secrets in files, and who invites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from docgen.errors import ConfigurationError
from docgen.ports.service_account import ServiceAccount
from docgen.settings_part import Part

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ROOTS, _INVITES = "seal_roots_file", "invites"
_WHO_INVITES = {"": False, "service": False, "site": True}
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


def read_services(
    table: Mapping[str, object], home: Path, environment: Mapping[str, str]
) -> tuple[ServiceAccount, ...]:
    """Read the accounts at outside signing services, by name.

    Raises:
        ConfigurationError: a key is wrong or its file cannot be read; the message names it.
    """
    for name, part in table.items():
        if not isinstance(part, dict) or not _NAME.fullmatch(name):
            raise ConfigurationError(
                "[services] holds one part for each signing service, such as [services.docusign]."
            )
    return tuple(
        _service(name, cast("Mapping[str, object]", table[name]), home, environment)
        for name in sorted(table)
    )


def _service(
    name: str, values: Mapping[str, object], home: Path, environment: Mapping[str, str]
) -> ServiceAccount:
    part = Part(f"services.{name}", values)
    options, secrets = {}, {}
    for key, value in values.items():
        if key in {_ROOTS, _INVITES}:
            continue
        stem = key.removesuffix("_files").removesuffix("_file")
        if stem == key:
            options[key] = part.text(key)
            continue
        names = value if isinstance(value, list) else [value]
        secrets[stem] = tuple(_secret(home, name, key, item) for item in names)
    opening = f"DOCGEN_{name.upper()}_"
    for variable, value in environment.items():
        if variable.startswith(opening) and value:
            secrets[variable.removeprefix(opening).lower()] = (value.strip(),)
    roots = _pem(_secret(home, name, _ROOTS, values[_ROOTS]), name) if _ROOTS in values else ()
    return ServiceAccount(
        service=name,
        options=options,
        secrets=secrets,
        seal_roots=roots,
        site_invites=_site_invites(name, part.text(_INVITES)),
    )


def _site_invites(service: str, who: str) -> bool:
    """Read whose letters invite the signers of a service's envelopes."""
    if who not in _WHO_INVITES:
        raise ConfigurationError(
            f'[services.{service}] {_INVITES} must be "service", whose own letters then invite '
            'signers, or "site", for letters of this site.'
        )
    return _WHO_INVITES[who]


def _pem(text: str, service: str) -> tuple[str, ...]:
    """Split a PEM file into its certificates."""
    found = tuple(f"{match}\n" for match in _CERTIFICATE.findall(text))
    if not found:
        raise ConfigurationError(
            f"[services.{service}] {_ROOTS} must name a PEM file with the root certificates under "
            "which the signing service seals."
        )
    return found


def _secret(home: Path, service: str, key: str, name: object) -> str:
    try:
        secret = (home / str(name)).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ConfigurationError(
            f"A file named by [services.{service}] {key} cannot be read; check its name and "
            "permissions. A relative name is looked for in the home folder."
        ) from error
    if not secret:
        raise ConfigurationError(
            f"A file named by [services.{service}] {key} is empty; it must hold the secret alone."
        )
    return secret
