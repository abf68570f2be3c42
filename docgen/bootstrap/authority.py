"""The signing authority that the settings name, over the place where its keys lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from docgen.bootstrap.adapter import adapter
from docgen.bootstrap.keys import one_at_a_time
from docgen.errors import ConfigurationError
from docgen.settings_keys import FILE

if TYPE_CHECKING:
    from datetime import datetime

    from docgen.ports.key_store import KeyStore
    from docgen.settings import Settings
    from docgen.settings_keys import KeySettings

LOCAL, COMPANY = "authority", "company"  # their folders in the home


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What making keys came to: requests that somebody else must certify before they sign."""

    requests: tuple[Path, ...] = ()


def open_authority(settings: Settings, *, at: datetime) -> Any:
    """Open the authority; one with keys in files is made the first time.

    Raises:
        ConfigurationError: its keys or certificates are not there, or unsound.
    """
    keys = settings.signing_keys
    places = _places(keys)
    if keys.chain:
        return adapter("docgen.authority", "company").open(
            settings.home / COMPANY,
            chain=_chain(settings, "chain", keys.chain),
            seal_chain=_chain(settings, "seal_chain", keys.seal_chain),
            **places,
        )
    local = adapter("docgen.authority", "local")
    if places["store"] is None and places["seal"] is None:
        return local.open_or_create(settings.home / LOCAL, at=at)
    return local.open(settings.home / LOCAL, **places)


def missing_authority(settings: Settings) -> tuple[Path, ...]:
    """Give the folder of our own authority, where the settings have its keys lie and it is gone."""
    places, folder = _places(settings.signing_keys), settings.home / LOCAL
    elsewhere = settings.signing_keys.chain or any(places.values())
    return () if elsewhere or folder.exists() else (folder,)


def stamping_authority(settings: Settings, authority: Any, *, at: datetime) -> Any:
    """Give the authority that time stamps of our own come from: never a company's."""
    if not settings.signing_keys.chain:
        return authority
    return adapter("docgen.authority", "local").open_or_create(settings.home / LOCAL, at=at)


def make_keys(settings: Settings, *, at: datetime, company: bool) -> Made:
    """Make the keys that are missing, where the settings say that they lie.

    `company` says that a company's authority will certify them, whose chain need not be there yet.

    Raises:
        ConfigurationError: keys in files cannot be certified by a company, or the place is wrong.
        ServiceUnavailable, ServiceRejected: the keys cannot be made there.
    """
    keys = settings.signing_keys
    places = _places(keys)
    with one_at_a_time(settings.home):
        if not company and not keys.chain:
            adapter("docgen.authority", "local").open_or_create(
                settings.home / LOCAL, at=at, **places
            )
            return Made()
        if places["store"] is None:
            raise ConfigurationError(
                "A company's authority does not certify a key that lies in a file; name a token or "
                "AWS KMS as [signing] keys first."
            )
        chain = _chain(settings, "chain", keys.chain) if keys.chain else None
        requests = adapter("docgen.authority", "company").prepare(
            settings.home / COMPANY,
            at=at,
            chain=chain,
            seal_chain=_chain(settings, "seal_chain", keys.seal_chain),
            **places,
        )
        return Made(requests=requests)


def _places(keys: KeySettings) -> dict[str, KeyStore | None]:
    """Open each place once; None stands for files."""
    stores: dict[str, KeyStore | None] = {FILE: None}
    for reference in (keys.issuing, keys.seal):
        if reference not in stores:
            kind = reference.partition(":")[0]
            store = adapter("docgen.keys", kind).at(reference, pin=keys.pin)
            stores[reference] = cast("KeyStore", store)
    return {"store": stores[keys.issuing], "seal": stores[keys.seal]}


def _chain(settings: Settings, key: str, name: str) -> bytes | None:
    if not name:
        return None
    try:
        return (settings.home / name).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"[signing] {key} must name a PEM file, in the home folder, with the certificates of "
            "the authority that certified the site's key. Run `docgen keys init --company` first "
            "if nobody has yet."
        ) from error
