"""The verifier as a stranger runs it: alone, isolated, beside a poisoned package, offline."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.verifier.handling import load_verifier, pack, relist, unpack
from tests.verifier.making import VERIFIER, Made

if TYPE_CHECKING:
    from pathlib import Path

AT = ("--at", "2026-11-24")
POISON = "raise SystemExit('poisoned')\n"


def _run(*arguments: str, flags: tuple[str, ...] = ("-I", "-S"), where: Path | None = None) -> Any:
    script = str(where / "docgen_verify.py") if where else str(VERIFIER)
    return subprocess.run(
        [sys.executable, *flags, script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=where,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )


@pytest.fixture
def place(tmp_path: Path, plain: Made, paper: Made) -> Path:
    """Give a folder with the verifier, bundles and the anchor, as a stranger has them."""
    shutil.copy(VERIFIER, tmp_path)
    (tmp_path / "plain.bundle.zip").write_bytes(plain.data)
    (tmp_path / "paper.bundle.zip").write_bytes(paper.data)
    (tmp_path / "anchor.json").write_bytes(plain.anchor)
    return tmp_path


def test_a_bare_machine_says_what_it_could_not_check(place: Path) -> None:
    """With the standard library alone everything but the PDF signatures is checked: code 5."""
    done = _run("plain.bundle.zip", "--anchor", "anchor.json", *AT, where=place)
    assert done.returncode == 5
    assert done.stdout.splitlines()[-1].startswith("HOLDS AS FAR AS COULD BE CHECKED")
    assert "pdf.valid" in done.stdout.splitlines()[-1]
    assert done.stderr == ""


def test_paper_execution_has_its_own_code(place: Path) -> None:
    """A bare machine can check a paper execution whole: code 4."""
    done = _run("paper.bundle.zip", "--anchor", "anchor.json", *AT, where=place)
    assert done.returncode == 4
    assert done.stdout.splitlines()[-1].startswith("PAPER EXECUTION ATTESTED")


@pytest.mark.parametrize("name", ["plain", "paper"])
def test_without_an_anchor_the_issuer_is_not_established(place: Path, name: str) -> None:
    """However consistent, a bundle cannot vouch for its own issuer: code 3."""
    done = _run(f"{name}.bundle.zip", *AT, where=place)
    assert done.returncode == 3
    assert done.stdout.splitlines()[-1].startswith("CONSISTENT, ISSUER NOT ESTABLISHED")


def test_a_failed_check_is_named_in_the_last_line(place: Path, plain: Made) -> None:
    """A changed plan fails with code 1, and the last line says which checks."""
    files = unpack(plain.data)
    files["plan.json"] = files["plan.json"].replace(b'"generation":1', b'"generation":2')
    (place / "bad.bundle.zip").write_bytes(pack(relist(files)))
    done = _run("bad.bundle.zip", "--anchor", "anchor.json", *AT, where=place)
    assert done.returncode == 1
    last = done.stdout.splitlines()[-1]
    assert last.startswith("DOES NOT HOLD")
    assert "plan.approved" in last
    assert "history.binds" in last


def test_the_machine_form_says_the_same(place: Path) -> None:
    """`--json` gives every check with id, sentence, result and detail, and the exit code."""
    done = _run("plain.bundle.zip", "--anchor", "anchor.json", "--json", *AT, where=place)
    report = json.loads(done.stdout)
    assert report["format"] == "docgen-verification/1"
    assert report["exit_code"] == done.returncode == 5
    assert report["packet_id"] == "pkt_01example"
    assert {item["result"] for item in report["checks"]} == {"ok", "not checked"}
    assert all(item["id"] and item["sentence"] and item["detail"] for item in report["checks"])


@pytest.mark.parametrize("flags", [("-I",), ("-I", "-S"), ()])
def test_a_poisoned_package_beside_it_is_never_imported(
    place: Path, flags: tuple[str, ...]
) -> None:
    """Neither our own package nor a fake standard module beside the verifier is imported."""
    for name in ("docgen", "integrations"):
        (place / name).mkdir()
        (place / name / "__init__.py").write_text(POISON)
    for name in ("json", "zlib", "pyhanko", "cryptography", "argparse", "hashlib"):
        (place / f"{name}.py").write_text(POISON)
    done = _run("paper.bundle.zip", "--anchor", "anchor.json", *AT, where=place, flags=flags)
    assert done.returncode == 4
    assert "poisoned" not in done.stdout + done.stderr


def test_the_copy_in_the_bundle_checks_the_bundle(place: Path, plain: Made) -> None:
    """The verifier that the bundle brings along is the same program."""
    (place / "docgen_verify.py").write_bytes(unpack(plain.data)["verify.py"])
    done = _run("plain.bundle.zip", "--anchor", "anchor.json", *AT, where=place)
    assert done.returncode == 5


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("missing.zip",),
        (".",),
        ("docgen_verify.py",),
        ("plain.bundle.zip", "--at", "yesterday"),
        ("plain.bundle.zip", "--anchor", "missing.json"),
        ("plain.bundle.zip", "--anchor", "plain.bundle.zip"),
        ("plain.bundle.zip", "--unknown"),
        ("nul\udc80",),
    ],
)
def test_what_cannot_be_read_is_code_2(place: Path, arguments: tuple[str, ...]) -> None:
    """A wrong command or unreadable file gives one sentence and code 2, never a trace back."""
    done = _run(*arguments, where=place)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("ades", "words"),
    [("", "pyHanko 0.37.1 is too old"), ("import nothing_there", "not installed")],
)
def test_an_old_or_broken_pyhanko_is_said_not_used(place: Path, ades: str, words: str) -> None:
    """A pyHanko that is too old or cannot be loaded leaves its checks open, not failed."""
    package = place / "libraries" / "pyhanko"
    (package / "sign" / "validation").mkdir(parents=True)
    for folder in (package, package / "sign", package / "sign" / "validation"):
        (folder / "__init__.py").write_text("")
    (package / "version.py").write_text('__version__ = "0.37.1"\n')
    (package / "sign" / "validation" / "ades.py").write_text(ades)
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "docgen_verify.py",
            "plain.bundle.zip",
            "--anchor",
            "anchor.json",
            *AT,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=place,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(place / "libraries")},
    )
    assert done.returncode == 5
    assert words in done.stdout


def _key(raw: bytes) -> str:
    """Write a verifier key over any bytes, with the hash it should have."""
    named = hashlib.sha256(b"name\n" + raw).hexdigest()[:8]
    return f"name+{named}+{base64.b64encode(raw).decode()}"


@pytest.mark.parametrize(
    "spoil",
    [
        {"format": "docgen-anchor/2"},
        {"log_keys": []},
        {"log_keys": ["name+00000000+AAAA"]},
        {"log_keys": [_key(b"\x02" + bytes(32))]},
        {"log_keys": [_key(b"\x01" + bytes(31))]},
        {"log_keys": [_key(b"\x01" + bytes(32)).replace("name", "game")]},
        {"signing_roots": []},
        {"timestamp_roots": 7},
        {"name": ""},
    ],
)
def test_a_damaged_anchor_is_code_2(place: Path, plain: Made, spoil: dict[str, object]) -> None:
    """An anchor that anchors nothing is refused instead of being taken for none."""
    (place / "anchor.json").write_text(json.dumps(json.loads(plain.anchor) | spoil))
    done = _run("plain.bundle.zip", "--anchor", "anchor.json", *AT, where=place)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_no_network_is_ever_used(place: Path) -> None:
    """A library that tried to connect would be stopped before it did."""
    script = (
        "import runpy, socket, sys\n"
        "verifier = runpy.run_path(sys.argv[1])\n"
        "verifier['stay_offline']()\n"
        "refused = 0\n"
        "for attempt in (lambda: socket.create_connection(('127.0.0.1', 9)),\n"
        "                lambda: socket.getaddrinfo('example.org', 80)):\n"
        "    try:\n"
        "        attempt()\n"
        "    except OSError as error:\n"
        "        refused += 'no network' in str(error)\n"
        "sys.exit(refused)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(place / "docgen_verify.py")],
        check=False,
        timeout=60,
    )
    assert done.returncode == 2


def test_words_in_a_bundle_cannot_steer_a_terminal(place: Path, plain: Made) -> None:
    """Control characters from a bundle are not printed."""
    files = unpack(plain.data)
    files = relist(files, format="\x1b[2Jdocgen")
    (place / "bad.bundle.zip").write_bytes(pack(files))
    done = _run("bad.bundle.zip", *AT, where=place)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout


def test_every_check_has_an_id_of_its_own() -> None:
    """Ids are unique, and documented in the format's description."""
    from tests.verifier.handling import load_verifier

    verifier = load_verifier()
    checks = (*verifier.READING, verifier.RENEWALS, *verifier.CONTENT)
    ids = [verifier.ZIP_ID, *(item.id for item in checks)]
    assert len(set(ids)) == len(ids)
    text = (VERIFIER.parents[1] / "docs" / "evidence-bundle.md").read_text("utf-8")
    for check in ids:
        assert f"`{check}`" in text, check


def test_a_day_means_its_end() -> None:
    """A bundle is judged on the day it was signed as of that day's end; a time is taken as given."""
    read = load_verifier().read_time
    assert read("2026-11-23").isoformat() == "2026-11-23T23:59:59+00:00"
    assert read("20261123") == read("2026-11-23")
    assert read("2026-11-23T00:00").isoformat() == "2026-11-23T00:00:00+00:00"
