"""What a site says of its account at an outside signing service, before the adapter reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from docgen.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:
    """One `[services.NAME]` part of the settings.

    `options` are its plain texts. `secrets` are read from the files it names, the newest first, by
    the key without `_file` or `_files`; several hold while they are rotated. `seal_roots` are PEM
    certificates under which the service seals what is signed there; they go into the anchor.
    `site_invites` where our own letters invite its signers, not the service's.
    """

    service: str
    options: Mapping[str, str]
    secrets: Mapping[str, tuple[str, ...]] = field(repr=False)
    seal_roots: tuple[str, ...] = ()
    site_invites: bool = False

    def check(self, *, needs: frozenset[str], may: frozenset[str], secrets: frozenset[str]) -> None:
        """Check that every needed option and secret is given and that no other is.

        Raises:
            ConfigurationError: the message names the key.
        """
        part = f"[services.{self.service}]"
        given = {name for name, value in self.options.items() if value}
        for name in sorted(needs - given):
            raise ConfigurationError(f"{part} lacks {name}; write it as text in quotes.")
        for name in sorted(secrets - {key for key, value in self.secrets.items() if value}):
            raise ConfigurationError(
                f"{part} lacks {name}_file, the name of a file that holds the secret alone (or set "
                f"DOCGEN_{self.service.upper()}_{name.upper()})."
            )
        for name in sorted((given - needs - may) | (set(self.secrets) - secrets)):
            known = ", ".join(sorted(needs | may | {f"{key}_file" for key in secrets}))
            raise ConfigurationError(f"{part} has an unknown key {name}; known are: {known}.")
