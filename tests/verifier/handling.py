"""Take bundles apart and put them together again, honestly or not; run the verifier in process."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from docgen.domain.canonical import canonical_json, sha256_hex
from tests.verifier.making import VERIFIER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import ModuleType

LATER = datetime(2026, 11, 24, tzinfo=UTC)


def load_verifier() -> ModuleType:
    """Load the single file as a module."""
    name = "docgen_verify_under_test"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, VERIFIER)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def unpack(data: bytes) -> dict[str, bytes]:
    """Read every entry."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(files: Mapping[str, bytes]) -> bytes:
    """Write a zip in the bundle's form."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            archive.writestr(plain_entry(path), files[path])
    return buffer.getvalue()


def plain_entry(path: str) -> zipfile.ZipInfo:
    """Describe an entry as the format asks for."""
    entry = zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    return entry


def relist(files: dict[str, bytes], **statement: object) -> dict[str, bytes]:
    """Recompute the manifest over changed files, as a careful forger does."""
    manifest = json.loads(files["bundle.json"]) | statement
    manifest["files"] = {
        path: {"sha256": sha256_hex(data), "size": len(data)}
        for path, data in files.items()
        if path != "bundle.json"
    }
    return {**files, "bundle.json": canonical_json(manifest)}


def anchor_of(raw: bytes, folder: Path) -> Any:
    """Read an anchor as the command does."""
    path = folder / "anchor.json"
    path.write_bytes(raw)
    return load_verifier().read_anchor(str(path))


def failed(data: bytes, anchor: Any, at: datetime = LATER, *, pdf: bool = False) -> set[str]:
    """Give the ids of the checks that fail; those of the PDF signatures only where asked for."""
    _, findings = load_verifier().examine_all(data, at, anchor)
    return {
        item.id
        for item in findings
        if item.result == "failed" and (pdf or not item.id.startswith("pdf."))
    }


def lines(data: bytes) -> list[bytes]:
    """Split a file into its lines."""
    return data.split(b"\n")[:-1]


def joined(parts: list[bytes]) -> bytes:
    """Join lines into a file."""
    return b"".join(part + b"\n" for part in parts)
