"""A manifest that does not fit its clauses is refused; a version's digest covers every file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.errors import DocgenError, NotFound, TemplateInvalid
from docgen.render.manifest import latest_version, list_templates, load_template
from tests.unit.render.making import MANIFEST, template, write_template

if TYPE_CHECKING:
    from pathlib import Path

_SOURCE = "preamble: [{id: tiny.a, text: 'Words by {{ party.name }}.'}]\n"
_PLAIN = "preamble: [{id: tiny.a, text: Words.}]\n"


def _with(line: str, other: str) -> str:
    assert line in MANIFEST
    return MANIFEST.replace(line, other)


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "no TOML": (b"slug = ", "manifest.toml"),
    "not UTF-8": (b"slug = '\xff'", "manifest.toml"),
    "no title": (_with('title = "Tiny Agreement"\n', ""), "title"),
    "no version": (_with('version = "1.0.0"\n', ""), "version"),
    "no fields": (_with("[fields]\n", ""), "fields"),
    "a date that is none": (_with("2026-11-01", '"yesterday"'), "rule_as_of"),
    "a date left out": (_with("rule_as_of = 2026-11-01\n", ""), "rule_as_of"),
    "an instrument nobody knows": (_with('"agreement"', '"letter"'), "instrument"),
    "a packet nobody knows": (_with('"contracting"', '"both"'), "packet"),
    "another slug than its folder": (_with('"tiny"', '"huge"'), "tiny"),
    "another version than its folder": (_with('"1.0.0"', '"1.0.1"'), "1.0.0"),
    "a title with a field": (_with("Tiny Agreement", "{{ a }}"), "title"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_faulty_manifest_is_refused(case: str) -> None:
    """Each fault is refused in a sentence that names what is wrong."""
    manifest, said = REFUSED[case]
    with pytest.raises(TemplateInvalid) as refused:
        template(_PLAIN, manifest=manifest)
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_field_used_and_not_declared_is_refused() -> None:
    """A text may read declared fields only."""
    with pytest.raises(TemplateInvalid, match=r"'party'.*does not declare"):
        template(_SOURCE)


def test_a_field_declared_and_not_used_is_refused() -> None:
    """A manifest may declare only what the clauses read."""
    with pytest.raises(TemplateInvalid, match=r"'spare'.*no clause uses"):
        template(_SOURCE, fields="party spare")


def test_a_field_used_in_a_condition_only_is_used() -> None:
    """The control: reading a field in a condition, or listing it in a table, counts as using it."""
    source = """
    preamble:
      - {id: tiny.a, text: Words., when: flag and other.name == "x"}
      - {id: tiny.b, table: {rows: places.open, columns: [{heading: A, value: "{{ row.a }}"}]}}
    """
    assert set(template(source, fields="flag other places").fields) == {"flag", "other", "places"}


@pytest.mark.parametrize("name", ["manifest.toml", "clauses.yaml", "coverage.toml", "shell.docx"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    """Every file of a version must be there."""
    write_template(tmp_path, _PLAIN)
    (tmp_path / "tiny" / "1.0.0" / name).unlink()
    with pytest.raises(DocgenError, match=r"lacks|no template") as refused:
        load_template(tmp_path, "tiny", "1.0.0")
    assert isinstance(refused.value, (TemplateInvalid, NotFound))


@pytest.mark.parametrize("name", ["manifest.toml", "clauses.yaml", "coverage.toml", "shell.docx"])
def test_one_byte_changes_the_digest(tmp_path: Path, name: str) -> None:
    """The digest that a PSO adopts covers every file of the version."""
    write_template(tmp_path, _PLAIN)
    before = load_template(tmp_path, "tiny", "1.0.0").digest
    path = tmp_path / "tiny" / "1.0.0" / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert load_template(tmp_path, "tiny", "1.0.0").digest != before


def test_versions_are_ordered_as_numbers(tmp_path: Path) -> None:
    """Version 1.10.0 is newer than 1.9.0."""
    for version in ("1.9.0", "1.10.0", "1.2.0"):
        folder = tmp_path / "tiny" / version
        folder.mkdir(parents=True)
        (folder / "manifest.toml").write_text("")
    assert latest_version(tmp_path, "tiny") == "1.10.0"
    assert len(list_templates(tmp_path)) == 3


@pytest.mark.parametrize(
    ("slug", "version"),
    [("other", "1.0.0"), ("tiny", "9.9.9"), ("../tiny", "1.0.0"), ("tiny", "../../etc"), ("", "")],
)
def test_what_is_not_there_is_not_found(tmp_path: Path, slug: str, version: str) -> None:
    """A template or version that does not exist, or a path that leaves the folder, is not found."""
    write_template(tmp_path, _PLAIN)
    with pytest.raises(NotFound):
        load_template(tmp_path, slug, version)
    with pytest.raises(NotFound):
        latest_version(tmp_path, "absent")
