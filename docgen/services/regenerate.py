"""Make an archived packet's documents once more from its archived inputs, and compare.

The inputs are those in the evidence bundle: the enrollment record, the PSO's settings, the plan and
the templates' source files. Nothing of what the site says today is used.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.domain.canonical import canonical_json, digest_of, sha256_hex
from docgen.domain.evidence import template_digest
from docgen.domain.packet import PacketKind
from docgen.domain.pso import parse_pso
from docgen.errors import EvidenceError, NotFound
from docgen.render.pdf_reading import read_pdf
from docgen.services.archived import open_archived
from docgen.services.bundle import ISSUER
from docgen.services.disposed import refuse_disposed
from docgen.services.enroll import read_version
from docgen.services.generate import STAGES, render_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.packet import Packet, RenderedDocument
    from docgen.domain.plan import Plan
    from docgen.domain.pso import PsoSettings
    from docgen.ports.press import Forms
    from docgen.services.office import Office

_RECORD = "enrollment/record.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remade:
    """One document made again. `differences` is empty when every byte is the same.

    `words_alike` says whether at least words, pages and the places of signatures are.
    `begins` names the archived files that begin with the remade bytes.
    """

    slug: str
    recorded_sha256: str
    remade_sha256: str
    pages: int
    begins: tuple[str, ...]
    differences: tuple[str, ...]
    words_alike: bool

    @property
    def identical(self) -> bool:
        """True when every byte is the same."""
        return self.remade_sha256 == self.recorded_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Regeneration:
    """What came of it, and with which engine then and now."""

    packet_id: str
    engine_then: str
    engine_now: str
    documents: tuple[Remade, ...]

    @property
    def identical(self) -> bool:
        """True when every byte of every document is the same."""
        return all(item.identical for item in self.documents)

    @property
    def words_alike(self) -> bool:
        """True when at least words, pages and the places of signatures are the same."""
        return all(item.words_alike for item in self.documents)


def regenerate(office: Office, packet_id: str) -> Regeneration:
    """Make every generated document of an archived packet again, and compare with what was sent.

    Raises:
        NotFound: the packet is not archived, or its inputs were not kept.
        Gone: it was disposed of.
        EvidenceError: an archived input is not the one that the plan names.
        RenderRefused: the inputs cannot be made into documents by today's program.
    """
    packet = office.ledger.packets.get(packet_id)
    refuse_disposed(office, office.ledger.history.of(packet_id))
    if not packet.bundle_sha256:
        raise NotFound(f"This packet is not archived: it is {packet.state.words}.")
    files = _files(open_archived(office, packet.id, packet.bundle_sha256))
    plan = packet.plan
    if files["plan.json"] != canonical_json(plan.to_json()):
        raise _other_input("plan")
    settings = _settings(office, files, plan)
    with tempfile.TemporaryDirectory(prefix="docgen-regenerate-") as folder:
        _lay_out_templates(files, plan, Path(folder))
        then = replace(office, templates=Path(folder), pso=settings)
        forms = _render(then, files, packet)
    rendered = {item.slug: item for item in packet.rendered}
    return Regeneration(
        packet_id=packet.id,
        engine_then=plan.engine,
        engine_now=office.typesetter.engine,
        documents=tuple(_compared(files, rendered[item.document.slug], item) for item in forms),
    )


def _files(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _other_input(what: str) -> EvidenceError:
    return EvidenceError(
        f"The archived {what} is not the one this packet was made from, so nothing was made again; "
        "verify the evidence bundle."
    )


def _settings(office: Office, files: Mapping[str, bytes], plan: Plan) -> PsoSettings:
    """Read what the documents printed of the PSO; today's settings only where they are the same."""
    if ISSUER in files:
        if sha256_hex(files[ISSUER]) != plan.pso_sha256:
            raise _other_input("PSO's settings")
        return parse_pso(json.loads(files[ISSUER]))
    if digest_of(office.pso_settings.to_json()) != plan.pso_sha256:
        raise NotFound(
            "This packet was made before the PSO’s settings were kept, and they changed since; "
            "it cannot be made again."
        )
    return office.pso_settings


def _lay_out_templates(files: Mapping[str, bytes], plan: Plan, root: Path) -> None:
    """Write the templates' source files where the loader reads them, each checked by its digest."""
    for item in plan.generated:
        folder = f"templates/{item.slug}/{item.template_version}/"
        mine = {
            path.removeprefix(folder): data
            for path, data in files.items()
            if path.startswith(folder)
        }
        if template_digest(mine) != item.template_digest:
            raise _other_input(f"template {item.slug}")
        place = root / item.slug / item.template_version
        place.mkdir(parents=True)
        for name, data in mine.items():
            (place / name).write_bytes(data)


def _render(office: Office, files: Mapping[str, bytes], packet: Packet) -> tuple[Forms, ...]:
    plan = packet.plan
    if sha256_hex(files[_RECORD]) != plan.enrollment_sha256:
        raise _other_input("enrollment")
    version = office.ledger.enrollments.get(plan.enrollment_id, plan.enrollment_version)
    record = read_version(
        replace(version, record=files[_RECORD]), STAGES[PacketKind(plan.kind)], office.pso_settings
    )
    cited = plan.follows_packet_id
    follows = office.ledger.packets.get(cited) if cited else None
    return render_plan(office, plan, record, follows)


def _compared(files: Mapping[str, bytes], before: RenderedDocument, forms: Forms) -> Remade:
    pdf = forms.typeset.pdf
    folder = f"documents/{before.slug}"
    names = ("rendered.pdf", "sent.pdf", "signed.pdf")
    there = {name: files[f"{folder}/{name}"] for name in names if f"{folder}/{name}" in files}
    differences = _differences(files[f"{folder}/rendered.pdf"], before, forms)
    made = {
        "document.docx": (sha256_hex(forms.docx), before.docx_sha256),
        "reading.html": (sha256_hex(forms.html), before.html_sha256),
    }
    other_files = tuple(
        f"{name} has other bytes" for name, (now, then) in made.items() if now != then
    )
    identical = sha256_hex(pdf) == before.pdf_sha256
    other_bytes = () if identical else ("rendered.pdf has other bytes",)
    return Remade(
        slug=before.slug,
        recorded_sha256=before.pdf_sha256,
        remade_sha256=sha256_hex(pdf),
        pages=forms.typeset.pages,
        begins=tuple(name for name, data in there.items() if data.startswith(pdf)),
        differences=(*other_bytes, *other_files, *differences),
        words_alike=not differences,
    )


def _differences(recorded: bytes, before: RenderedDocument, forms: Forms) -> tuple[str, ...]:
    """Say how pages, words and places of signatures differ."""
    if recorded == forms.typeset.pdf:
        return ()
    found = []
    then, now = (tuple(map(_plain, read_pdf(pdf))) for pdf in (recorded, forms.typeset.pdf))
    if len(then) != len(now):
        found.append(f"{len(now)} pages instead of {len(then)}")
    if " ".join(then) != " ".join(now):
        other = [at for at, (a, b) in enumerate(zip(then, now, strict=False), start=1) if a != b]
        found.append(f"other words, first on page {other[0]}" if other else "other words")
    if set(before.places) != set(forms.typeset.panels):
        found.append("signatures stand elsewhere")
    if _attached(recorded) != _attached(forms.typeset.pdf):
        found.append("other attached fields")
    return tuple(found)


def _attached(pdf: bytes) -> list[tuple[str, bytes]]:
    from pypdf import PdfReader  # a process that serves pages has no need of it

    return sorted(
        (name, data)
        for name, versions in PdfReader(io.BytesIO(pdf)).attachments.items()
        for data in versions
    )


def _plain(text: str) -> str:
    return " ".join(text.split())
