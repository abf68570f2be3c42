"""What pages write into settings.toml: whole, read back as given, and never over what stands there."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from docgen.bootstrap.demonstration import COMPLETE, UNFINISHED, practice
from docgen.bootstrap.keys import one_at_a_time
from docgen.bootstrap.settings_file import (
    SettingsFile,
    example_settings,
    usual_pso,
    with_days,
    written,
)
from docgen.domain.pso import check_pso, parse_pso
from docgen.errors import ConfigurationError, Refused, StorageError
from docgen.settings import SETTINGS_FILE, read_settings

SAMPLES = Path(__file__).parents[2] / "samples"


def invented() -> dict[str, object]:
    """Give the demonstration's PSO as a browser would send it: days as text."""
    raw = parse_pso(tomllib.loads(example_settings(demo=True))["pso"]).to_json()
    return {**raw, "legal_name": 'Example "Ñandú" Group, Inc.'}


@dataclass
class Opened:
    """Counts how often the site was opened anew."""

    times: list[str] = field(default_factory=list)

    def __call__(self) -> None:
        """Note it."""
        self.times.append("opened")


def first(tmp_path: Path, *, text: str | None = None) -> tuple[SettingsFile, Opened]:
    """Make a home with a settings file."""
    path, opened = tmp_path / SETTINGS_FILE, Opened()
    path.write_text(example_settings(demo=False) if text is None else text, "utf-8")
    return SettingsFile(path=path, reopen=opened), opened


def test_a_named_pso_is_read_back_as_it_was_given(tmp_path: Path) -> None:
    """The part is added, the example's comments stay, and the site goes on with it."""
    settings, opened = first(tmp_path)
    settings.name_pso(invented())
    found = read_settings({"DOCGEN_HOME": str(tmp_path)})
    assert parse_pso(found.pso).to_json() == invented()
    assert settings.path.read_text("utf-8").startswith(example_settings(demo=False).rstrip())
    assert settings.path.stat().st_mode & 0o777 == 0o600
    assert opened.times == ["opened"]
    assert not settings.is_untouched()


def test_what_stands_there_stays(tmp_path: Path) -> None:
    """A PSO that is named, an edited file, an incomplete PSO: nothing is written, nothing reopened."""
    settings, opened = first(tmp_path, text=example_settings(demo=True))
    with pytest.raises(Refused, match="names a PSO already"):
        settings.name_pso(invented())
    with pytest.raises(Refused, match="was edited"):
        settings.become_demonstration()
    assert settings.path.read_text("utf-8") == example_settings(demo=True)
    settings, opened = first(tmp_path)
    with pytest.raises(ConfigurationError, match="legal_name"):
        settings.name_pso({**invented(), "legal_name": ""})
    assert settings.is_untouched()
    assert opened.times == []


def test_an_untouched_example_becomes_a_demonstration(tmp_path: Path) -> None:
    """With an invented PSO; a second time it is an edited file."""
    settings, opened = first(tmp_path)
    settings.become_demonstration()
    found = read_settings({"DOCGEN_HOME": str(tmp_path)})
    assert found.demo
    assert parse_pso(found.pso).short_name == "Example PSO"
    assert opened.times == ["opened"]


def test_a_file_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """Unreadable bytes, and a place where nothing can be written."""
    settings, _ = first(tmp_path)
    settings.path.write_bytes(b"\xff")
    with pytest.raises(StorageError, match="cannot be read"):
        settings.name_pso(invented())
    settings, _ = first(tmp_path)
    (tmp_path / f".{SETTINGS_FILE}.new").mkdir()
    with pytest.raises(StorageError, match="could not be written"):
        settings.become_demonstration()
    assert settings.is_untouched()


DAYS = {"expires_after_days": 45, "remind_after_days": 0}
KEPT = "[ signing ] # ours\n  expires_after_days = 30  # a month\nremind_after_days=7\n"


@pytest.mark.parametrize(
    "text",
    [
        example_settings(demo=False),
        example_settings(demo=True),
        "",
        KEPT,
        KEPT + '[mail]\nsender = "a@example.org"\n',
        '[mail]\nhost = "expires_after_days = 3"\n[signing]\nkeys = "file"\n',
    ],
    ids=["example", "demo", "empty", "comments", "followed", "a like value"],
)
def test_days_are_changed_and_nothing_else(text: str) -> None:
    """Read back, the settings differ in the days alone; every other line and comment stays."""
    made = with_days(text, DAYS)
    before = tomllib.loads(text)
    assert tomllib.loads(made) == {**before, "signing": {**before.get("signing", {}), **DAYS}}
    lost = [item for item in text.splitlines() if item not in made.splitlines()]
    assert all("_after_days" in item for item in lost)
    assert made.count("# a month") == text.count("# a month")


@pytest.mark.parametrize(
    "text",
    [
        "signing.expires_after_days = 30\n",
        "signing = {}\n",
        'note = """\n[signing]\n"""\n',
        '[signing]\n"expires_after_days" = 30\n',
        "[signing\n",
    ],
)
def test_days_that_stand_otherwise_are_left_to_a_person(text: str) -> None:
    """Attack on ourselves: valid TOML that a change by lines would spoil, or no TOML."""
    with pytest.raises(Refused, match="change the days there"):
        with_days(text, DAYS)


def test_the_site_goes_on_with_the_new_days(tmp_path: Path) -> None:
    """Written and opened anew, by a site that takes the lock for that; the file stays private."""
    settings, opened = first(tmp_path)

    def reopen() -> None:
        with one_at_a_time(tmp_path):
            opened()

    SettingsFile(path=settings.path, reopen=reopen).set_days(DAYS)
    found = read_settings({"DOCGEN_HOME": str(tmp_path)})
    assert (found.signing_period.days, found.reminder_period) == (45, None)
    assert opened.times == ["opened"]
    assert settings.path.stat().st_mode & 0o777 == 0o600


def test_days_are_not_kept_where_the_site_could_not_go_on(tmp_path: Path) -> None:
    """Something else in the file is wrong, or others read it too: it is left as it was."""
    settings, _ = first(tmp_path)
    before = settings.path.read_text("utf-8")

    def fail() -> None:
        raise ConfigurationError("Something else is wrong.")

    with pytest.raises(ConfigurationError, match="Something else"):
        SettingsFile(path=settings.path, reopen=fail).set_days(DAYS)
    with pytest.raises(Refused, match="Several programs"):
        SettingsFile(path=settings.path, reopen=fail, is_alone=False).set_days(DAYS)
    assert settings.path.read_text("utf-8") == before


def test_tables_are_written_so_that_they_read_back() -> None:
    """Quotation marks, backslashes, other scripts, numbers, flags, lists, tables in tables."""
    table = {
        "text": 'a "b" \\ c\tñ 北',
        "count": 36,
        "flag": True,
        "list": ["a", "b"],
        "inside": {"line": "x", "deeper": {"y": 1}},
    }
    assert tomllib.loads(written("pso", table))["pso"] == table


def test_the_usual_values_are_sound() -> None:
    """What the page is filled in with leaves only the PSO's own identity to give."""
    _, wrong = check_pso(usual_pso())
    assert "legal_name" in wrong
    assert not any(path.startswith(("program", "standard_terms", "electronic")) for path in wrong)


@pytest.mark.parametrize("name", [*UNFINISHED, *COMPLETE])
def test_the_sample_practices_are_those_of_the_samples(name: str) -> None:
    """The wheel carries copies; they do not drift away from samples/."""
    place = SAMPLES / "drafts" / name if name in UNFINISHED else SAMPLES / name
    assert practice(name) == json.loads((place / "enrollment.json").read_bytes())
