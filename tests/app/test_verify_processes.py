"""`docgen verify` and `docgen archive verify` end as the stand-alone verifier does, in real life."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integrations.sign.authority import LocalAuthority
from tests.app.command import FORM, ROOT, Ran, Terminal
from tests.verifier.elsewhere import kept_on_file, their_paper
from tests.verifier.handling import pack, relist, unpack
from tests.verifier.making import START, VERIFIER, make
from tests.verifier.plain import PDFS, plain_kit
from tests.verifier.renewing import Renewing
from tests.verifier.signing import real_kit, small_pdf

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.sqlite_only("each site here is a home folder with its own database file")

GOLDEN = ROOT / "tests" / "verifier" / "golden"
AT = ("--at", "2026-11-24")
PSA = {"psa": PDFS["psa"]}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of bundles and their anchors, and no site."""
    folder = tmp_path_factory.mktemp("bundles")
    golden = (GOLDEN / "docgen-evidence-2.bundle.zip").read_bytes()
    files = unpack(golden)
    paper = make(plain_kit(), PDFS, on_paper=frozenset(PDFS))
    (folder / "golden.json").write_bytes((GOLDEN / "docgen-evidence-2.anchor.json").read_bytes())
    (folder / "older.json").write_bytes((GOLDEN / "docgen-evidence-1.anchor.json").read_bytes())
    (folder / "made.json").write_bytes(paper.anchor)
    bundles = {
        "golden": golden,
        "older": (GOLDEN / "docgen-evidence-1.bundle.zip").read_bytes(),
        "paper": paper.data,
        "theirs": make(plain_kit(), PSA, on_paper=frozenset(PSA), elsewhere=their_paper()).data,
        "on_file": make(plain_kit(), PSA, elsewhere=kept_on_file(copy=True)).data,
        "altered": golden.replace(b"%%EOF", b"%%EOE", 1),
        "relisted": pack(relist({**files, "plan.json": files["approvals.json"]})),
        "cut": golden[:-40],
        "empty_zip": pack({}),
        "nothing": b"",
        "text": b"Dear all,",
    }
    for name, data in bundles.items():
        (folder / f"{name}.bundle.zip").write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def terminal(place: Path) -> Terminal:
    """Give a terminal where no site is set up."""
    return Terminal(folder=place, home=place / "no-site")


def _alone(place: Path, *words: str, python: str = sys.executable) -> Ran:
    ran = subprocess.run(
        [python, "-I", str(VERIFIER), *words],
        cwd=place,
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    return Ran(code=ran.returncode, out=ran.stdout.decode(), err=ran.stderr.decode())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("golden.bundle.zip", "--anchor", "golden.json"), 0),
        (("altered.bundle.zip", "--anchor", "golden.json"), 1),
        (("text.bundle.zip", "--anchor", "golden.json"), 2),
        (("golden.bundle.zip",), 3),
        (("paper.bundle.zip", "--anchor", "made.json"), 4),
    ],
)
def test_docgen_verify_ends_with_the_verifiers_code(
    terminal: Terminal, words: tuple[str, ...], code: int
) -> None:
    """In an interpreter started for it, as a stranger runs it."""
    ran = terminal.run_anew("verify", *words, *AT)
    assert ran.code == code, ran.out + ran.err
    assert "Traceback" not in ran.err


@pytest.fixture(scope="module")
def without_pyhanko(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an interpreter whose isolated processes, as the verifier's is, find no pyHanko."""
    folder = tmp_path_factory.mktemp("interpreter")
    base = Path(sys._base_executable)  # type: ignore[attr-defined]  # the one outside any environment
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / "lib" / version / "site-packages"
    packages.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\n")
    (folder / "bin" / "python").symlink_to(base)
    (packages / "ours.pth").write_text(
        f"{sysconfig.get_paths()['purelib']}\n"
        "import sys; sys.flags.isolated and sys.modules.update(pyhanko=None)\n"
    )
    return folder / "bin" / "python"


def test_docgen_verify_ends_with_5_where_not_all_could_be_checked(
    place: Path, terminal: Terminal, without_pyhanko: Path
) -> None:
    """Without pyHanko the signatures are not looked into, and both ways of asking say so alike."""
    words = ("golden.bundle.zip", "--anchor", "golden.json", *AT)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [str(without_pyhanko), "-m", "docgen.cli", "verify", *words],
        cwd=place,
        capture_output=True,
        check=False,
        env=environment | {"DOCGEN_HOME": str(terminal.home)},
    )
    alone = _alone(place, *words, python=str(without_pyhanko))
    assert (ran.returncode, alone.code) == (5, 5), ran.stderr.decode()
    assert ran.stdout.decode() == alone.out
    assert "Not checked: pdf.list" in alone.out


ANCHORS = {
    "golden": "golden",
    "older": "older",
    "paper": "made",
    "theirs": "made",
    "on_file": "made",
    "altered": "golden",
    "relisted": "golden",
    "cut": "golden",
    "empty_zip": "golden",
    "nothing": "golden",
    "text": "golden",
}


@pytest.mark.parametrize("name", ANCHORS)
def test_both_ways_of_asking_agree(place: Path, terminal: Terminal, name: str) -> None:
    """The same code and the same findings for whatever bundle, from program and single file."""
    words = (f"{name}.bundle.zip", "--anchor", f"{ANCHORS[name]}.json", "--json", *AT)
    ours, alone = terminal.run("verify", *words), _alone(place, *words)
    assert ours.code == alone.code
    if alone.code != 2:
        assert ours.out == alone.out
        assert json.loads(alone.out)["exit_code"] == alone.code
    assert "Traceback" not in ours.err + alone.err


@pytest.mark.parametrize(
    ("lost", "at", "code"),
    [("", "2075-01-01", 0), ("r.renewal-1.tsr", "2075-01-01", 1), ("", "2030-01-01", 0)],
)
def test_both_ways_of_asking_find_the_renewals(
    tmp_path: Path, lost: str, at: str, code: int
) -> None:
    """They lie beside the bundle that is named, whichever program is asked."""
    made = make(real_kit(tmp_path), {"psa": small_pdf("Provider Services Agreement")})
    authority = LocalAuthority.open_or_create(tmp_path / "authority", at=START)
    first = Renewing(made.data).renew(authority.stamping, datetime(2040, 1, 1, tzinfo=UTC))
    ((record, stamp),) = first.pairs
    files = {
        "r.bundle.zip": made.data,
        "r.json": made.anchor,
        "r.renewal-1.json": record,
        "r.renewal-1.tsr": stamp,
    }
    for name in files.keys() - {lost}:
        (tmp_path / name).write_bytes(files[name])
    words = ("r.bundle.zip", "--anchor", "r.json", "--json", "--at", at)
    ours = Terminal(folder=tmp_path, home=tmp_path / "no-site").run("verify", *words)
    alone = _alone(tmp_path, *words)
    assert (ours.code, alone.code) == (code, code)
    assert ours.out == alone.out
    listed = "renewals" in {item["id"] for item in json.loads(alone.out)["checks"]}
    assert listed == (at > "2040")


def test_what_is_told_of_each_document_is_in_the_report(place: Path) -> None:
    """Each by its title; the last line of the table form says the same."""
    words = ("theirs.bundle.zip", "--anchor", "made.json", *AT)
    report = json.loads(_alone(place, *words, "--json").out)
    attested = (
        "paper execution attested by Cleo Coordinator (user:coordinator), "
        "not cryptographically signed"
    )
    assert report["documents"] == [
        {"title": "Provider Services Agreement", "executed": attested},
        {"title": "Business Associate Agreement", "executed": attested},
    ]
    shown = _alone(place, *words).out.splitlines()
    assert shown[-1].startswith("PAPER EXECUTION ATTESTED")
    for told in report["documents"]:
        assert f"{told['title']}: {told['executed']}" in shown


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Terminal, Mapping[str, str]]:
    """Set up a site and archive a packet for each code."""
    folder = tmp_path_factory.mktemp("archived")
    terminal = Terminal(folder=folder, home=folder / "home")
    terminal.does("init", "--demo")
    terminal.does("enroll", str(FORM))
    terminal.does("enroll", str(ROOT / "samples" / "sole-proprietor" / "enrollment.yaml"))
    known: dict[str, Any] = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "app" / "archived_site.py"), str(terminal.home)],
        capture_output=True,
        check=False,
        env=known,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return terminal, json.loads(ran.stdout)


@pytest.mark.parametrize("code", [0, 1, 2, 4])
def test_docgen_archive_verify_ends_with_the_verifiers_code(
    archived: tuple[Terminal, Mapping[str, str]], code: int
) -> None:
    """Under the site's own anchor; 3 cannot be, because the site is its own anchor."""
    terminal, packets = archived
    ran = terminal.run_anew("archive", "verify", packets[str(code)])
    assert ran.code == code, ran.out + ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("code", "begins"), [(0, "rendered.pdf, sent.pdf, signed.pdf"), (4, "rendered.pdf")]
)
def test_docgen_archive_regenerate_makes_the_same_bytes(
    archived: tuple[Terminal, Mapping[str, str]], code: int, begins: str
) -> None:
    """Signed online or on paper, in a process of its own."""
    terminal, packets = archived
    told = terminal.does("archive", "regenerate", packets[str(code)]).out
    assert "psa: identical, " in told
    assert f"{begins} begin" in told
    rows = terminal.does("archive", "regenerate", packets[str(code)], "--json").json
    assert rows["identical"]
    assert {item["recorded_sha256"] == item["remade_sha256"] for item in rows["documents"]} == {
        True
    }


def test_docgen_archive_verify_ends_with_5_where_not_all_could_be_checked(
    archived: tuple[Terminal, Mapping[str, str]], without_pyhanko: Path
) -> None:
    """The same archive, from an interpreter whose isolated processes find no pyHanko."""
    terminal, packets = archived
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [str(without_pyhanko), "-m", "docgen.cli", "archive", "verify", packets["0"]],
        cwd=terminal.folder,
        capture_output=True,
        check=False,
        env=known | {"DOCGEN_HOME": str(terminal.home)},
    )
    assert ran.returncode == 5, ran.stderr.decode()


@pytest.mark.parametrize("bundle", ["golden", "altered"])
def test_a_report_is_written_beside_the_result(
    terminal: Terminal, tmp_path: Path, bundle: str
) -> None:
    """The code and every check stay as they are; the report is a PDF file."""
    file = tmp_path / "new" / "report.pdf"
    words = (f"{bundle}.bundle.zip", "--anchor", "golden.json", *AT)
    ran = terminal.run("verify", *words, "--report", str(file))
    plain = terminal.run("verify", *words)
    assert ran.code == plain.code, ran.err
    assert ran.out.splitlines()[-1] == plain.out.splitlines()[-1]
    assert "zip.safe" in ran.out
    assert file.read_bytes().startswith(b"%PDF-")
    told = terminal.run("verify", *words, "--report", str(file), "--json")
    assert told.json["exit_code"] == plain.code


def test_no_report_is_written_on_what_is_no_bundle(terminal: Terminal, tmp_path: Path) -> None:
    """There is nothing to report on, and the code says so."""
    file = tmp_path / "report.pdf"
    ran = terminal.run("verify", "text.bundle.zip", "--report", str(file))
    assert ran.code == 2
    assert "No report was written" in ran.err
    assert not file.exists()
