"""What a site to look around in holds: an invented person for each role, and sample practices."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from docgen.domain.packet import PacketKind
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from docgen.services.people import add_invented_people

if TYPE_CHECKING:
    from docgen.services.office import Office

# The practices of samples/ that show most; the wheel does not hold that folder.
UNFINISHED = ("first-form",)
COMPLETE = ("policy-on-file", "hospital-department")


def practice(name: str) -> dict[str, object]:
    """Give the form of a sample practice."""
    text = files("docgen.bootstrap").joinpath("sample_practices", f"{name}.json").read_text("utf-8")
    form: dict[str, object] = json.loads(text)
    return form


def furnish(office: Office, actor: str) -> None:
    """Add the people and the practices; one of these has its first packet ready to be looked at."""
    add_invented_people(office, actor)
    for name in UNFINISHED:
        enroll(office, practice(name), draft=True, actor=actor)
    enrolled = [enroll(office, practice(name), draft=False, actor=actor) for name in COMPLETE]
    generate(office, enrolled[-1].version.enrollment_id, PacketKind.CONTRACTING, actor)
