"""A template version: its manifest, its digest and its compiled source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from docgen.domain.canonical import digest_of, sha256_hex
from docgen.errors import NotFound, TemplateInvalid
from docgen.render.source import Source, parse_source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

MANIFEST, CLAUSES, COVERAGE = "manifest.toml", "clauses.yaml", "coverage.toml"
SHELL = "shell.docx"
_TEXT_KEYS = ("slug", "version", "title", "running_title", "instrument", "packet", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One released version of one agreement's text; `digest` covers every file of its folder."""

    slug: str
    version: str
    title: str
    running_title: str
    instrument: str
    packet: str
    language: str
    rule_as_of: date
    fields: Mapping[str, str]
    digest: str
    source: Source = field(repr=False)
    coverage: bytes = field(repr=False)
    shell: bytes = field(repr=False)


def list_templates(root: Traversable) -> Sequence[tuple[str, str]]:
    """List every (slug, version) that lies under `root`, in order."""
    return sorted(
        (slug.name, version.name)
        for slug in root.iterdir()
        if slug.is_dir()
        for version in slug.iterdir()
        if version.joinpath(MANIFEST).is_file()
    )


def latest_version(root: Traversable, slug: str) -> str:
    """Give the newest version of an agreement.

    Raises:
        NotFound: there is no template of this slug.
    """
    versions = [version for name, version in list_templates(root) if name == slug]
    if not versions:
        raise NotFound(f"There is no template called {slug!r}; `docgen templates check` lists them.")
    return max(versions, key=_order)


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def template_files(root: Traversable, slug: str, version: str) -> dict[str, bytes]:
    """Read every file of a version's folder.

    Raises:
        NotFound: there is no such version.
    """
    folder = root.joinpath(slug, version)
    if "/" in slug + version or not folder.joinpath(MANIFEST).is_file():
        raise NotFound(
            f"There is no template {slug} {version}; `docgen templates check` lists them."
        )
    return {
        item.name: item.read_bytes()
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.is_file()
    }


def files_digest(files: Mapping[str, bytes]) -> str:
    """Digest a version's files through the digest of each, by name; a stranger can recompute it."""
    return digest_of({name: sha256_hex(data) for name, data in files.items()})


def load_template(root: Traversable, slug: str, version: str) -> Template:
    """Load one version and compile its source; the same files are compiled once.

    Raises:
        NotFound: there is no such version.
        TemplateInvalid: the message names the file or clause and what to change.
    """
    files = template_files(root, slug, version)
    return _compiled(files_digest(files), tuple(sorted(files.items())))


@lru_cache(maxsize=64)
def _compiled(digest: str, files: tuple[tuple[str, bytes], ...]) -> Template:
    by_name = dict(files)
    for name in (MANIFEST, CLAUSES, COVERAGE, SHELL):
        if name not in by_name:
            raise TemplateInvalid(f"The template lacks {name}.")
    raw = _manifest(by_name[MANIFEST])
    slug = str(raw["slug"])
    declared = {str(name): str(text) for name, text in dict(raw["fields"]).items()}  # type: ignore[call-overload]  # checked by _manifest
    source = parse_source(by_name[CLAUSES], slug)
    undeclared = sorted(source.fields - set(declared))
    unused = sorted(set(declared) - source.fields)
    if undeclared:
        raise TemplateInvalid(f"{slug}: the clauses use {undeclared[0]!r}, which is not declared.")
    if unused:
        raise TemplateInvalid(f"{slug}: the field {unused[0]!r} is declared and never used.")
    return Template(
        slug=slug,
        version=str(raw["version"]),
        title=str(raw["title"]),
        running_title=str(raw["running_title"]),
        instrument=str(raw["instrument"]),
        packet=str(raw["packet"]),
        language=str(raw["language"]),
        rule_as_of=date.fromisoformat(str(raw["rule_as_of"])),
        fields=declared,
        digest=digest,
        source=source,
        coverage=by_name[COVERAGE],
        shell=by_name[SHELL],
    )


def _manifest(data: bytes) -> dict[str, object]:
    try:
        raw = tomllib.loads(data.decode("utf-8"))
        date.fromisoformat(str(raw["rule_as_of"]))
        missing = [key for key in (*_TEXT_KEYS, "fields") if key not in raw]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, ValueError) as error:
        raise TemplateInvalid(f"{MANIFEST} is not valid: {error}.") from error
    if missing or not isinstance(raw["fields"], dict):
        raise TemplateInvalid(f"{MANIFEST} lacks {missing[0] if missing else '[fields]'}.")
    return raw
