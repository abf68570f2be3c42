"""The archive's settings: where it is, where its copy is, and every mistake named."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docgen.errors import ConfigurationError
from docgen.settings import SETTINGS_FILE, read_settings
from integrations.archive.s3.place import parse_bucket

if TYPE_CHECKING:
    from docgen.settings_archive import ArchiveSettings

ROOT = Path(__file__).parents[2]
KEYS = "[default]\naws_access_key_id = key\naws_secret_access_key = canary\n"


def read(home: Path, text: str = "", **environment: str) -> ArchiveSettings:
    """Read the part [archive] from this text."""
    (home / SETTINGS_FILE).write_text(f"[archive]\n{text}\n", "utf-8")
    (home / "keys").write_text(KEYS, "utf-8")
    (home / "other").write_text(KEYS.replace("canary", "second"), "utf-8")
    return read_settings({"DOCGEN_HOME": str(home), **environment}).archive


def test_by_default_the_archive_is_a_folder_in_the_home(tmp_path: Path) -> None:
    """Without a copy, locked six years ahead where a store can lock, scrubbed weekly."""
    found = read(tmp_path)
    assert (found.place.kind, found.place.url) == ("filesystem", str(tmp_path / "archive"))
    assert found.copy is None
    assert (found.lock, found.scrub_every) == (timedelta(days=2192), timedelta(days=7))


def test_a_folder_is_looked_for_in_the_home(tmp_path: Path) -> None:
    """Relative or absolute."""
    assert read(tmp_path, 'url = "kept"').place.url == str(tmp_path / "kept")
    assert read(tmp_path, 'url = "/srv/kept"').place.url == "/srv/kept"
    assert read(tmp_path, 'kind = "filesystem"').place.kind == "filesystem"


def test_a_bucket_comes_with_its_keys(tmp_path: Path) -> None:
    """From the file if one is named, else from the environment; the copy's own file, or the same."""
    text = 'kind = "s3"\nurl = "s3://bucket/site"\ncopy = "s3://second/site"\n'
    found = read(tmp_path, f'{text}credentials_file = "keys"\n', AWS_ACCESS_KEY_ID="elsewhere")
    assert found.copy is not None
    assert found.place.secret_key == found.copy.secret_key == "canary"  # noqa: S105  # invented
    files = 'credentials_file = "keys"\ncopy_credentials_file = "other"\n'
    found = read(tmp_path, text + files)
    assert found.copy is not None
    assert (found.place.secret_key, found.copy.secret_key) == ("canary", "second")
    environment = {
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_SESSION_TOKEN": "t",
    }
    found = read(tmp_path, text, **environment)
    assert (found.place.access_key, found.place.secret_key) == ("k", "s")
    assert found.place.session_token == "t"  # noqa: S105  # invented
    assert "canary" not in repr(read(tmp_path, f'{text}credentials_file = "keys"\n'))


def test_the_keys_for_disposal_come_from_a_file_alone(tmp_path: Path) -> None:
    """Never from the environment, and never the everyday ones; the copy's own, or the same."""
    text = 'kind = "s3"\nurl = "s3://bucket/site"\ncopy = "s3://second/site"\n'
    found = read(tmp_path, text, AWS_ACCESS_KEY_ID="k", AWS_SECRET_ACCESS_KEY="s")  # noqa: S106
    assert found.copy is not None
    assert found.place.disposal_secret_key == found.copy.disposal_secret_key == ""
    one = read(tmp_path, f'{text}credentials_file = "other"\ndisposal_credentials_file = "keys"\n')
    assert one.copy is not None
    assert one.place.disposal_secret_key == one.copy.disposal_secret_key == "canary"  # noqa: S105  # invented
    assert "canary" not in repr(one)
    files = 'disposal_credentials_file = "keys"\ncopy_disposal_credentials_file = "other"\n'
    two = read(tmp_path, f'{text}credentials_file = "keys"\n{files}')
    assert two.copy is not None
    assert two.copy.disposal_secret_key == "second"  # noqa: S105  # invented


def test_the_environment_wins(tmp_path: Path) -> None:
    """Its address decides the kind, whatever the file says."""
    found = read(
        tmp_path,
        'kind = "filesystem"\nurl = "kept"',
        DOCGEN_ARCHIVE="s3://bucket/site",
        DOCGEN_ARCHIVE_COPY="second",
    )
    assert (found.place.kind, found.place.url) == ("s3", "s3://bucket/site")
    assert found.copy is not None
    assert found.copy.url == str(tmp_path / "second")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('kind = "s3"', "kind and url do not fit"),
        ('kind = "tape"', "kind and url do not fit"),
        ('kind = "filesystem"\nurl = "s3://bucket"', "kind and url do not fit"),
        ('url = "https://bucket.example.org"', "must be a folder, or begin with s3://"),
        ('url = "kept"\ncopy = "kept"', "names the archive itself"),
        ('copy = "archive"', "names the archive itself"),
        ("url = 7", "url must be text"),
        ("lock_days = 0", "lock_days must be a whole number, 1 to"),
        ("lock_days = true", "lock_days must be a whole number"),
        ("scrub_days = 31", "scrub_days must be a whole number, 1 to 30"),
        ('scrub_days = "7"', "scrub_days must be a whole number"),
        ('credentials_file = "none"', "credentials_file cannot be read"),
        ('credentials_file = "settings.toml"', "is not a credentials file"),
        ('bucket = "x"', "unknown key 'bucket'"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, told: str) -> None:
    """With the setting's name and what to put there."""
    with pytest.raises(ConfigurationError, match=told):
        read(tmp_path, text)


def test_the_operators_page_shows_settings_that_are_read(tmp_path: Path) -> None:
    """Its example of settings and of a file with keys are taken as they stand, with real names."""
    page = (ROOT / "docs" / "operators" / "archive.md").read_text("utf-8")
    (settings,) = re.findall(r"```toml\n\[archive\]\n(.*?)```", page, re.DOTALL)
    (keys,) = re.findall(r"```ini\n(.*?)```", page, re.DOTALL)
    (tmp_path / "bucket.keys").write_text(keys, "utf-8")
    found = read(tmp_path, settings.replace("BUCKET", "bucket").replace("SECOND", "second"))
    assert found.copy is not None
    assert parse_bucket(found.place.url).name == "bucket"
    assert parse_bucket(found.copy.url).name == "second-bucket"
    assert all((found.place.access_key, found.place.secret_key, found.place.session_token))
