"""Texts of the agreements for tests of the desk: a second version, and practices that signed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.packet import ExecutedDocument, PacketState
from docgen.domain.plan import Source
from docgen.resources import contract_templates
from tests.ledger.lives import execute, packet, record, store, version

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from tests.app.desk.staff import Desk


def copied(found: Traversable, to: Path) -> None:
    """Copy a folder of texts."""
    to.mkdir()
    for item in found.iterdir():
        if item.is_dir():
            copied(item, to / item.name)
        else:
            (to / item.name).write_bytes(item.read_bytes())


def changed(path: Path, *pairs: tuple[str, str]) -> None:
    """Replace words in a file; each must stand there."""
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def with_second_version(desk: Desk, root: Path) -> None:
    """Give the desk a folder of its own, with a second version of the PSA.

    Version 1.1.0 changes the clause about law, and has the one about interpretation under another
    id and heading.
    """
    copied(contract_templates(), root)
    one, two = root / "psa" / "1.0.0", root / "psa" / "1.1.0"
    copied(one, two)
    changed(two / "manifest.toml", ('version = "1.0.0"', 'version = "1.1.0"'))
    changed(
        two / "clauses.yaml",
        ("prevails; every other duty", "prevails always; every duty"),
        (
            "psa.definitions.interpretation\n        heading: Interpretation",
            "psa.definitions.reading\n        heading: Rules of reading",
        ),
    )
    desk.office = replace(desk.office, templates=root)


def signed(desk: Desk, number: int, name: str, release: str = "1.0.0") -> None:
    """Let a practice of this name sign this version."""
    one = packet(f"pkt_{number}", f"enr_{number}", practice=name, release=release)
    store(desk.office, version(f"enr_{number}", record(name)), one)
    execute(desk.office, f"pkt_{number}")


def own_paper(desk: Desk, number: int, name: str) -> None:
    """Let a practice of this name sign an agreement on its own paper."""
    one = packet(f"pkt_{number}", f"enr_{number}", practice=name)
    first, *rest = one.plan.documents
    paper = replace(
        first, source=Source.COUNTERPARTY_PAPER, template_version="", template_digest=""
    )
    one = replace(one, plan=replace(one.plan, documents=(paper, *rest)))
    store(desk.office, version(f"enr_{number}", record(name)), one)
    with desk.office.ledger.transaction():
        done = tuple(
            ExecutedDocument(slug=item.slug, sent_sha256="a" * 64, signed_sha256="b" * 64)
            for item in one.plan.to_sign
        )
        desk.office.ledger.packets.save(
            replace(
                one, state=PacketState.ARCHIVED, executed=done, executed_at=desk.clock.now(),
                service="embedded", bundle_sha256="c" * 64,
            )
        )  # fmt: skip
        desk.office.note(one.id, "packet.archived", "system")
