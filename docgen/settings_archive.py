"""The settings of the archive: where it is, where its second copy is, how long it is locked."""

from __future__ import annotations

from configparser import ConfigParser
from configparser import Error as Unreadable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from docgen.errors import ConfigurationError
from docgen.ports.archive import ArchivePlace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docgen.settings_part import Part

BUCKET = "s3://"
LOCK_DAYS, MOST_LOCK_DAYS = 2192, 36_525  # six years: at least that long after its end
RENEWAL_DAYS, MOST_RENEWAL_DAYS = 1826, 3652  # time stamps prove something for some ten years
SCRUB_DAYS, MOST_SCRUB_DAYS = 7, 30  # no more than half the slack of a lock, so none runs low
KEYS = frozenset(
    {
        "kind",
        "url",
        "copy",
        "credentials_file",
        "copy_credentials_file",
        "disposal_credentials_file",
        "copy_disposal_credentials_file",
        "lock_days",
        "scrub_days",
        "renewal_days",
    }
)
_NAMES = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSettings:
    """Where the archive and its copy are; `lock` is how far ahead its locks always reach.

    A bundle is time-stamped again `renew_after` its last time stamp.
    """

    place: ArchivePlace
    copy: ArchivePlace | None = None
    lock: timedelta = timedelta(days=LOCK_DAYS)
    scrub_every: timedelta = timedelta(days=SCRUB_DAYS)
    renew_after: timedelta = timedelta(days=RENEWAL_DAYS)


def read_archive(table: Part, home: Path, environment: Mapping[str, str]) -> ArchiveSettings:
    """Read the part [archive]; `DOCGEN_ARCHIVE` and `DOCGEN_ARCHIVE_COPY` win over its addresses.

    Credentials come from files, or from the environment as AWS's own tools read it; those for
    disposal come from files alone.

    Raises:
        ConfigurationError: a value is of the wrong type, or kind and address do not fit.
    """
    given = environment.get("DOCGEN_ARCHIVE", "")
    url, copy_url = given or table.text("url"), table.text("copy")
    copy_url = environment.get("DOCGEN_ARCHIVE_COPY") or copy_url
    keys = _keys(table, "credentials_file", home) or tuple(
        environment.get(name.upper(), "").strip() for name in _NAMES
    )
    disposal = _keys(table, "disposal_credentials_file", home)
    place = (
        _place(url, home, keys, disposal)
        if url
        else ArchivePlace(kind="filesystem", url=str(home / "archive"))
    )
    kind = table.text("kind")
    if kind and not given and kind != place.kind:
        raise ConfigurationError(
            '[archive] kind and url do not fit: "s3" needs an address that begins with s3://, '
            '"filesystem" a folder. Leave kind out to let it follow the address.'
        )
    copy = None
    if copy_url:
        theirs = _keys(table, "copy_disposal_credentials_file", home) or disposal
        copy = _place(copy_url, home, _keys(table, "copy_credentials_file", home) or keys, theirs)
        if (copy.kind, copy.url) == (place.kind, place.url):
            raise ConfigurationError(
                "[archive] copy names the archive itself; a second copy lies somewhere else."
            )
    return ArchiveSettings(
        place=place,
        copy=copy,
        lock=timedelta(days=table.whole("lock_days", LOCK_DAYS, low=1, most=MOST_LOCK_DAYS)),
        scrub_every=timedelta(
            days=table.whole("scrub_days", SCRUB_DAYS, low=1, most=MOST_SCRUB_DAYS)
        ),
        renew_after=timedelta(
            days=table.whole("renewal_days", RENEWAL_DAYS, low=1, most=MOST_RENEWAL_DAYS)
        ),
    )


def _place(url: str, home: Path, keys: tuple[str, ...], disposal: tuple[str, ...]) -> ArchivePlace:
    if url.startswith(BUCKET):
        access_key, secret_key, session_token = keys
        theirs = disposal or ("", "", "")
        return ArchivePlace(
            kind="s3",
            url=url,
            access_key=access_key,
            secret_key=secret_key,
            session_token=session_token,
            disposal_access_key=theirs[0],
            disposal_secret_key=theirs[1],
            disposal_session_token=theirs[2],
        )
    if "://" in url:
        raise ConfigurationError(
            "The archive's address must be a folder, or begin with s3://; correct [archive] url or "
            "copy, or DOCGEN_ARCHIVE."
        )
    return ArchivePlace(kind="filesystem", url=str(home / url))


def _keys(table: Part, key: str, home: Path) -> tuple[str, ...]:
    """Read a credentials file as AWS's own tools write it; () when none is named."""
    name = table.text(key)
    if not name:
        return ()
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string((home / name).read_text("utf-8"))
        part = parser["default"]
        found = tuple(part.get(one, "").strip() for one in _NAMES)
    except (OSError, UnicodeDecodeError, ValueError, KeyError, Unreadable):
        # Its words are not repeated: they may be the secret itself.
        raise ConfigurationError(_HOW.format(key)) from None
    if not all(found[:2]):
        raise ConfigurationError(_HOW.format(key))
    return found


_HOW = (
    "The file named by [archive] {} cannot be read, or is not a credentials file: it must hold "
    "[default], aws_access_key_id = … and aws_secret_access_key = …. A relative name is looked for "
    "in the home folder."
)
