"""A template version: its manifest, its digest and its compiled source."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from docgen.domain.evidence import template_digest
from docgen.errors import NotFound, TemplateInvalid
from docgen.render.nodes import Source
from docgen.render.source import parse_source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

MANIFEST, CLAUSES, COVERAGE = "manifest.toml", "clauses.yaml", "coverage.toml"
SHELL = "shell.docx"
LARGEST_FILE = 8_000_000

_LINE = re.compile(r"[^\x00-\x1f*{}]+")
_PATTERNS = {
    "slug": re.compile(r"[a-z][a-z0-9_]*"),
    "version": re.compile(r"\d+\.\d+\.\d+"),
    "title": _LINE,
    "running_title": _LINE,
    "instrument": re.compile(r"agreement|policy"),
    "packet": re.compile(r"contracting|onboarding"),
    "language": re.compile(r"[a-z]{2}(?:-[A-Z]{2})?"),
}
_FIELD = re.compile(r"[a-z][a-z0-9_]*")


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
        raise NotFound(
            f"There is no template called {slug!r}; `docgen templates check` lists them."
        )
    return max(versions, key=version_order)


def version_order(version: str) -> tuple[int, ...]:
    """Give what versions are sorted by, the oldest first."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def template_files(root: Traversable, slug: str, version: str) -> dict[str, bytes]:
    """Read every file of a version's folder.

    Raises:
        NotFound: there is no such version.
    """
    folder = root.joinpath(slug, version)
    if not _is_name(slug) or not _is_name(version) or not folder.joinpath(MANIFEST).is_file():
        raise NotFound(
            f"There is no template {slug} {version}; `docgen templates check` lists them."
        )
    files = {}
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_file():
            files[item.name] = item.read_bytes()
            if len(files[item.name]) > LARGEST_FILE:
                raise TemplateInvalid(f"{slug}/{version}/{item.name} is too large for a template.")
    return files


def _is_name(part: str) -> bool:
    """Tell whether a part of a path is a plain name that leads nowhere else."""
    return re.fullmatch(r"[a-z0-9][a-z0-9_.]*", part) is not None and ".." not in part


def load_template(root: Traversable, slug: str, version: str) -> Template:
    """Load one version and compile its source; the same files are compiled once.

    Raises:
        NotFound: there is no such version.
        TemplateInvalid: the message names the file or clause and what to change.
    """
    files = template_files(root, slug, version)
    template = _compiled(template_digest(files), tuple(sorted(files.items())))
    if (template.slug, template.version) != (slug, version):
        raise TemplateInvalid(
            f"{slug}/{version}/{MANIFEST} says {template.slug} {template.version}; the folder's "
            "name and the manifest must agree."
        )
    return template


@lru_cache(maxsize=64)
def _compiled(digest: str, files: tuple[tuple[str, bytes], ...]) -> Template:
    by_name = dict(files)
    for name in (MANIFEST, CLAUSES, COVERAGE, SHELL):
        if name not in by_name:
            raise TemplateInvalid(f"The template lacks the file {name}.")
    manifest = _manifest(by_name[MANIFEST])
    source = parse_source(by_name[CLAUSES], manifest.slug)
    _check_fields(manifest, source)
    return Template(
        slug=manifest.slug,
        version=manifest.version,
        title=manifest.title,
        running_title=manifest.running_title,
        instrument=manifest.instrument,
        packet=manifest.packet,
        language=manifest.language,
        rule_as_of=manifest.rule_as_of,
        fields=manifest.fields,
        digest=digest,
        source=source,
        coverage=by_name[COVERAGE],
        shell=by_name[SHELL],
    )


def _check_fields(manifest: _Manifest, source: Source) -> None:
    slug, declared = manifest.slug, set(manifest.fields)
    undeclared = sorted(source.fields - declared)
    unused = sorted(declared - source.fields)
    if undeclared:
        raise TemplateInvalid(
            f"{slug}/{CLAUSES} uses the field {undeclared[0]!r}, which {MANIFEST} does not declare."
        )
    if unused:
        raise TemplateInvalid(
            f"{slug}/{MANIFEST} declares the field {unused[0]!r}, which no clause uses."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manifest:
    """The manifest's own keys, checked."""

    slug: str
    version: str
    title: str
    running_title: str
    instrument: str
    packet: str
    language: str
    rule_as_of: date
    fields: Mapping[str, str]


def _manifest(data: bytes) -> _Manifest:
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateInvalid(f"{MANIFEST} is not valid TOML: {error}.") from error
    known = {*_PATTERNS, "rule_as_of", "fields"}
    wrong = sorted(known ^ set(raw))
    if wrong:
        said = "is missing" if wrong[0] in known else "is unknown"
        raise TemplateInvalid(f"{MANIFEST}: the key {wrong[0]!r} {said}.")
    words = {key: _word(raw[key], key) for key in _PATTERNS}
    if type(raw["rule_as_of"]) is not date:
        raise TemplateInvalid(f"{MANIFEST}: 'rule_as_of' must be a date like 2026-11-01.")
    return _Manifest(**words, rule_as_of=raw["rule_as_of"], fields=_declared(raw["fields"]))


def _word(value: object, key: str) -> str:
    if not isinstance(value, str) or not _PATTERNS[key].fullmatch(value):
        raise TemplateInvalid(f"{MANIFEST}: {key!r} is not as the format asks.")
    return value


def _declared(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TemplateInvalid(f"{MANIFEST}: [fields] must be a table of names and meanings.")
    for name, meaning in value.items():
        if not _FIELD.fullmatch(name) or not isinstance(meaning, str) or not meaning.strip():
            raise TemplateInvalid(f"{MANIFEST}: the field {name!r} needs one line of meaning.")
    return dict(value)
