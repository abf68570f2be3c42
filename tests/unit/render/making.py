"""Small templates made of a few lines, and documents made of them."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

from docgen.domain.document import SignaturePanel
from docgen.render.clauses import Dressing, evaluate
from docgen.render.manifest import Template, load_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.document import Document

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "templates"
SHELL = TEMPLATES / "psa" / "1.0.0" / "shell.docx"
PANEL = SignaturePanel(
    slot="one", party="Lakeside Radiation", capacity="For Practice", meaning="Agrees to be bound"
)
DRESSING = Dressing(
    control_line="packet 123 · plan 456",
    mark="Sample for review by counsel",
    author="Harborlight",
    dated="2026-11-23",
)
MANIFEST = """
slug = "tiny"
version = "1.0.0"
title = "Tiny Agreement"
running_title = "Tiny"
instrument = "agreement"
packet = "contracting"
rule_as_of = 2026-11-01
language = "en-US"
[fields]
"""


def write_template(
    root: Path, clauses: str | bytes, *, manifest: str | bytes | None = None, fields: str = ""
) -> Path:
    """Write a template's folder; `fields` names its fields, separated by spaces."""
    folder = root / "tiny" / "1.0.0"
    folder.mkdir(parents=True, exist_ok=True)
    text = manifest if manifest is not None else MANIFEST
    if isinstance(text, str):
        text = (text + "".join(f'{name} = "a field"\n' for name in fields.split())).encode()
    source = clauses if isinstance(clauses, bytes) else dedent(clauses).encode()
    (folder / "manifest.toml").write_bytes(text)
    (folder / "clauses.yaml").write_bytes(source)
    (folder / "coverage.toml").write_bytes(b"requirement = []\n")
    (folder / "shell.docx").write_bytes(SHELL.read_bytes())
    return root


def template(
    clauses: str | bytes, *, manifest: str | bytes | None = None, fields: str = ""
) -> Template:
    """Load a template from a few lines of clauses."""
    with tempfile.TemporaryDirectory() as name:
        root = write_template(Path(name), clauses, manifest=manifest, fields=fields)
        return load_template(root, "tiny", "1.0.0")


def filled(clauses: str | bytes, fields: Mapping[str, object] | None = None) -> Document:
    """Load a template that declares exactly these fields and fill it in."""
    given = fields or {}
    return evaluate(
        template(clauses, fields=" ".join(given)), given, panels=[PANEL], dressing=DRESSING
    )


def one_text(text: str, fields: Mapping[str, object] | None = None) -> str:
    """Fill in one paragraph and give its words."""
    source = f"preamble:\n  - id: tiny.p\n    text: {quoted(text)}\n"
    return "".join(run.text for run in filled(source, fields).blocks[1].runs)


def quoted(text: str) -> str:
    """Write a text as a YAML scalar."""
    return "'" + text.replace("'", "''") + "'"


@cache
def real(slug: str) -> Template:
    """Load a released template."""
    return load_template(TEMPLATES, slug, "1.0.0")
