"""What pages write into settings.toml, and how the served site takes it up.

Settings are made in that file. The first-run pages only add what a new file lacks: who the PSO is,
or a demonstration in place of an example that nobody edited. The settings page changes the days of
reminders and expiry, and nothing else of what stands there, comments neither.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, cast

from docgen.bootstrap.keys import one_at_a_time
from docgen.domain.pso import parse_pso
from docgen.errors import ConfigurationError, Refused, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WRITABLE = "docgen.settings_file"  # in a request's environment; no header can take the name
_SIGNING = re.compile(r"\s*\[\s*signing\s*\]\s*(#.*)?$")
_PART = re.compile(r"\s*\[")
_HEADING = "\n# Who the PSO is, as an administrator gave it on the first-run page.\n"


def example_settings(*, demo: bool) -> str:
    """Give the commented settings of a new site, or those of a demonstration."""
    name = "demo.toml" if demo else "example.toml"
    return files("docgen.bootstrap").joinpath(name).read_text("utf-8")


def usual_pso() -> dict[str, object]:
    """Give what is the same for most sites: the program's names and standard terms."""
    pso = tomllib.loads(example_settings(demo=True))["pso"]
    return {name: pso[name] for name in ("program", "standard_terms", "electronic_records")}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """The settings file of the one process that serves, and how that process reads it anew.

    Only where it `is_alone` does no other process go on with the settings as they were.
    """

    path: Path
    reopen: Callable[[], None]
    is_alone: bool = True

    def is_untouched(self) -> bool:
        """Say whether nobody edited the example yet."""
        return self._read() == example_settings(demo=False)

    def name_pso(self, raw: Mapping[str, object]) -> None:
        """Add the part [pso], and go on with it.

        Raises:
            Refused: the file names a PSO already.
            ConfigurationError: a value is missing or wrong.
            StorageError: the file cannot be written.
        """
        parse_pso(dict(raw))
        with one_at_a_time(self.path.parent):
            text = self._read()
            if "pso" in tomllib.loads(text):
                raise Refused("settings.toml names a PSO already; correct it there.")
            self._replace(text.rstrip("\n") + "\n" + _HEADING + written("pso", raw))
        self.reopen()

    def set_days(self, days: Mapping[str, int]) -> None:
        """Change these days under [signing], and go on with them.

        Raises:
            Refused: others read the file too, or it is written so that a page cannot change it.
            ConfigurationError: something else in the file is wrong; it stays as it was.
            StorageError: the file cannot be read or written.
        """
        if not self.is_alone:
            raise Refused("Several programs read these settings: change the days in settings.toml.")
        with one_at_a_time(self.path.parent):
            before = self._read()
            self._replace(with_days(before, days))
        try:
            self.reopen()  # it takes the same lock
        except ConfigurationError:
            self._replace(before)
            raise

    def become_demonstration(self) -> None:
        """Put a demonstration's settings in the place of the untouched example; go on with them.

        Raises:
            Refused: somebody edited the file.
            StorageError: the file cannot be written.
        """
        with one_at_a_time(self.path.parent):
            if not self.is_untouched():
                raise Refused("settings.toml was edited meanwhile, so it stays as it is.")
            self._replace(example_settings(demo=True))
        self.reopen()

    def _read(self) -> str:
        try:
            return self.path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise StorageError("settings.toml cannot be read; check its permissions.") from error

    def _replace(self, text: str) -> None:
        """Write the file whole or not at all."""
        draft = self.path.with_name(f".{self.path.name}.new")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise StorageError(
                "settings.toml could not be written; check space and permissions of its folder."
            ) from error


def with_days(text: str, days: Mapping[str, int]) -> str:
    """Give the settings with these days under [signing]; every other line stays as it is.

    Raises:
        Refused: the text is written so that nothing but reading it whole would find the days.
    """
    lines = text.splitlines()
    start = next((at for at, line in enumerate(lines) if _SIGNING.match(line)), None)
    if start is None:
        lines += ["", "[signing]"]
        start = len(lines) - 1
    end = next((at for at in range(start + 1, len(lines)) if _PART.match(lines[at])), len(lines))
    for name, count in days.items():
        own = re.compile(rf"(\s*{name}\s*=\s*)[0-9_]+(\s*(?:#.*)?)")
        found = [at for at in range(start + 1, end) if own.fullmatch(lines[at])]
        if found:
            lines[found[0]] = own.sub(rf"\g<1>{count}\g<2>", lines[found[0]])
        else:
            lines.insert(start + 1, f"{name} = {count}")
            end += 1
    made = "\n".join(lines) + "\n"
    if _loaded(made) != _with(_loaded(text), days):
        raise Refused(
            "settings.toml is written so that this page cannot change it; change the days there, "
            "under [signing]."
        )
    return made


def _loaded(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _with(raw: dict[str, object] | None, days: Mapping[str, int]) -> dict[str, object]:
    whole = raw or {}
    signing = cast("Mapping[str, object]", whole.get("signing", {}))
    return {**whole, "signing": {**signing, **days}}


def written(name: str, table: Mapping[str, object]) -> str:
    """Write a table and those inside it as TOML; reading it back gives equal values."""
    return "\n".join(_lines(name, table)) + "\n"


def _lines(name: str, table: Mapping[str, object]) -> Iterator[str]:
    yield f"[{name}]"
    inside = {key: held for key, held in table.items() if isinstance(held, dict)}
    for key, held in table.items():
        if key not in inside:
            # TOML's basic strings, numbers, flags and lists are written as JSON writes them.
            yield f"{key} = {json.dumps(held, ensure_ascii=False)}"
    for key, held in inside.items():
        yield ""
        yield from _lines(f"{name}.{key}", held)
