"""The command line as a coordinator walks it, each step a process of its own."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.app.command import FORM, ROOT, Terminal, refused

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.sqlite_only("each site here is a home folder with its own database file")


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Give a site as `docgen init --demo` makes it."""
    folder = tmp_path_factory.mktemp("line")
    terminal = Terminal(folder=folder, home=folder / "home")
    made = terminal.does("init", "--demo")
    assert "coordinator, counsel, countersigner" in made.out
    return terminal


@pytest.fixture(scope="module")
def enrollment(terminal: Terminal) -> str:
    """Enroll the sample practice."""
    first = terminal.does("enroll", str(FORM), "--json").json
    again = terminal.does("enroll", str(FORM), "--json").json
    assert (first["version"], first) == (1, again)
    return str(first["enrollment"])


@pytest.fixture(scope="module", autouse=True)
def packet(terminal: Terminal, enrollment: str) -> dict[str, Any]:
    """Generate its packet, with the files."""
    (packet,) = terminal.does("generate", enrollment, "--out", "drafts", "--json").json
    return dict(packet)


def test_a_second_init_leaves_everything(terminal: Terminal) -> None:
    """What is there is not written over."""
    before = (terminal.home / "settings.toml").read_bytes()
    refused(terminal.run("init"), 4, "is there already")
    assert (terminal.home / "settings.toml").read_bytes() == before


def test_the_files_are_those_the_packet_names(terminal: Terminal, packet: dict[str, Any]) -> None:
    """Three forms of each document lie in the folder, with the digests JSON gives."""
    import hashlib

    for item in packet["documents"]:
        for form in ("pdf", "docx", "html"):
            data = (terminal.folder / "drafts" / f"{item['slug']}.{form}").read_bytes()
            assert hashlib.sha256(data).hexdigest() == item[form]


def test_another_home_gives_the_same_packet_and_the_same_bytes(
    tmp_path: Path, packet: dict[str, Any]
) -> None:
    """Two sites with other keys make the same id and the same files from the same form."""
    other = Terminal(folder=tmp_path, home=tmp_path / "home")
    other.does("init", "--demo")
    enrollment = other.does("enroll", str(FORM), "--json").json["enrollment"]
    (twin,) = other.does("generate", enrollment, "--json").json
    assert (twin["packet"], twin["documents"]) == (packet["packet"], packet["documents"])


def test_status_shows_names_and_no_address(terminal: Terminal, packet: dict[str, Any]) -> None:
    """People are named where a coordinator must know them; mail addresses stay out, in JSON too."""
    shown = [
        terminal.does("status"),
        terminal.does("status", "--json"),
        terminal.does("status", packet["packet"]),
        terminal.does("status", packet["packet"], "--json"),
    ]
    assert "Daniel Okafor" in shown[2].out
    assert shown[3].json["signers"][0]["name"].startswith("Daniel Okafor")
    assert all("@" not in ran.out for ran in shown)
    assert shown[1].json["packets"][0]["packet"] == packet["packet"]


def test_the_line_to_sent_and_back(terminal: Terminal, packet: dict[str, Any]) -> None:
    """Approve, send, look, void: each says what it did, refusals have their code."""
    key, plan = packet["packet"], packet["plan_checksum"]
    refused(terminal.run("send", key, "--as", "coordinator"), 4, "approval of a coordinator")
    refused(terminal.run("approve", key, "--plan", "00", "--as", "coordinator"), 4, "checksum")
    refused(terminal.run("approve", key, "--plan", plan, "--as", "counsel"), 4, "coordinator")
    refused(terminal.run("approve", key, "--plan", plan, "--as", "nobody"), 3, "users add")
    done = terminal.does("approve", key, "--plan", plan[:12], "--as", "coordinator", "--json")
    assert (done.json["state"], done.json["approvals_missing"]) == ("approved", [])
    sent = terminal.does("send", key, "--as", "coordinator")
    assert "sent  envelope env_" in sent.out
    assert len(list((terminal.home / "mail").glob("invite.*.eml"))) == 1
    refused(terminal.run("send", key, "--as", "coordinator"), 4, "cannot be taken now")
    refused(terminal.run("archive", "get", key), 3, "no evidence bundle yet: it is sent")
    swept = terminal.does("sweep", "--json").json
    assert swept["refreshed"] == 1
    voided = terminal.does("void", key, "--reason", "Moved.", "--as", "coordinator", "--json")
    assert voided.json["state"] == "voided"
    again = terminal.run("void", key, "--reason", "Again.", "--as", "coordinator")
    refused(again, 4, "is voided, so it can no longer be taken back", "docgen generate")
    history = terminal.does("status", key).out
    assert "packet taken back  user:coordinator" in history


def test_of_several_enrollments_one_refused_stops_no_other(
    terminal: Terminal, enrollment: str
) -> None:
    """What can be generated is; each other is named with its reason, and the first one's code."""
    form = ROOT / "samples" / "drafts" / "first-form" / "enrollment.json"
    first = terminal.does("enroll", str(form), "--json").json["enrollment"]
    ran = terminal.run("generate", "enr_nobody", enrollment, first)
    refused(ran, 3, "Not generated: enr_nobody\nError [not-found]: ")
    refused(ran, 3, f"Not generated: {first}\nError [enrollment-invalid]: ", "val.required  ")
    assert "pkt_" in ran.out


def test_the_archive_can_be_searched(terminal: Terminal) -> None:
    """Words, kind and days narrow it down; nothing found is no error."""
    assert terminal.does("archive", "find", "lakeside", "--kind", "contracting").out == (
        "Nothing in the archive matches.\n"
    )
    dated = ("--since", "2026-01-01", "--until", "2026-12-31", "--json")
    assert terminal.does("archive", "find", *dated).json == []
    refused(terminal.run("archive", "find", "--since", "soon"), 2, "soon")


def test_people_are_added_and_listed_without_addresses(terminal: Terminal) -> None:
    """Odd keys, names and addresses are refused with what to write instead."""
    who = ("--name", "Ada Example", "--email", "ada@example.org", "--role", "auditor")
    assert terminal.does("users", "add", "ada", *who, "--json").json["roles"] == ["auditor"]
    listed = terminal.does("users", "list")
    assert "Ada Example" in listed.out
    assert "@" not in listed.out + terminal.does("users", "list", "--json").out
    refused(terminal.run("users", "add", "Ada Example", *who), 2, "short name takes")
    refused(terminal.run("users", "add", "x" * 65, *who), 2, "short name takes")
    refused(terminal.run("users", "add", "b", *who, "--email", "a@b\nBcc: c@d"), 2, "e-mail")
    refused(terminal.run("users", "add", "b", *who, "--name", "A\nB"), 2, "name in one line")
    refused(terminal.run("users", "add", "b", *who, "--role", "king"), 2, "king")
    other = ("--name", "Abe Example", "--email", "abe@example.org", "--role", "auditor")
    refused(terminal.run("users", "add", "administrator", *other), 4, "manage people")
    terminal.does("users", "add", "ada", *who, "--role", "administrator")
    terminal.does("users", "add", "administrator", *other)  # now somebody else manages people


def test_templates_are_checked_and_adopted(tmp_path: Path) -> None:
    """Counsel adopts what `check` lists; nobody else can, nor twice."""
    # A site of its own: adoption makes every packet generated before it out of date.
    own = Terminal(folder=tmp_path, home=tmp_path / "home")
    own.does("init", "--demo")
    rows = own.does("templates", "check", "--json").json
    psa = next(row for row in rows if row["slug"] == "psa")
    words = ("templates", "adopt", "psa", psa["version"], "--as")
    refused(own.run(*words, "coordinator"), 4, "legal approver")
    assert own.does(*words, "counsel", "--json").json["digest"] == psa["digest"]
    refused(own.run(*words, "counsel"), 4, "adopted already")
    refused(own.run("templates", "adopt", "psa", "9.9.9", "--as", "counsel"), 3)


def test_the_anchor_is_written_for_others(terminal: Terminal) -> None:
    """It is a file without secrets, warned about while the keys are for development."""
    ran = terminal.does("anchor", "--out", "for-auditors/anchor.json")
    assert "DEVELOPMENT keys" in ran.err
    written = json.loads((terminal.folder / "for-auditors" / "anchor.json").read_text("utf-8"))
    assert written == terminal.does("anchor").json
    assert written["format"] == "docgen-anchor/1"
    refused(terminal.run("anchor", "--out", "for-auditors"), 2, "directory")


def test_check_says_what_is_missing_for_real_use(terminal: Terminal) -> None:
    """The installation is sound, the history whole; the demonstration is not for real use."""
    assert terminal.does("check", "--history", "--json").json == {"faults": [], "history": ""}
    ran = terminal.run("check", "--deploy")
    refused(ran, 8, "faults; correct each")
    assert "demo mode is on" in ran.out


def test_check_names_a_rewritten_activity(terminal: Terminal) -> None:
    """Somebody edited the database file: the activity is named, with the code for evidence."""
    import sqlite3
    from contextlib import closing

    twin = Terminal(folder=terminal.folder, home=terminal.folder / "rewritten")
    shutil.copytree(terminal.home, twin.home)
    with closing(sqlite3.connect(twin.home / "docgen.sqlite3")) as database:
        database.execute(
            "UPDATE activity SET body = json_set(body, '$.actor', 'user:mallory') WHERE seq = 1"
        )
        database.commit()
    refused(twin.run("check", "--history"), 5, "number 1.")


def test_an_earlier_export_of_the_log_stays_as_it_is(terminal: Terminal) -> None:
    """Tiles of then are what later ones are compared with, so they are not written over."""
    twin = Terminal(folder=terminal.folder, home=terminal.folder / "grown")
    shutil.copytree(terminal.home, twin.home)
    twin.does("log", "export", "first")
    folder = terminal.folder / "first"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    twin.does("enroll", str(ROOT / "samples" / "network-joinder" / "enrollment.json"))
    refused(twin.run("log", "export", "first"), 4, "choose another folder")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    twin.does("log", "export", "second")
    assert (terminal.folder / "second" / "checkpoint").read_bytes() not in before.values()


def test_a_script_learns_what_was_written(terminal: Terminal) -> None:
    """The log's export says how many files lie in its folder; the blank copies name each file."""
    told = terminal.does("log", "export", "tiles", "--json").json
    lying = [path for path in (terminal.folder / "tiles").rglob("*") if path.is_file()]
    assert told == {"folder": "tiles", "files": len(lying)}
    rows = terminal.does("templates", "sample", "--out", "blank", "--json").json
    lying = list((terminal.folder / "blank").iterdir())
    assert {terminal.folder / row["file"] for row in rows} == set(lying)
    assert {path.suffix for path in lying} == {".pdf", ".docx", ".html"}


def test_a_script_reads_that_nothing_differs(terminal: Terminal) -> None:
    """As a list without a line, not as a sentence."""
    assert terminal.does("templates", "diff", "psa", "1.0.0", "1.0.0", "--json").json == []


def test_check_names_a_damaged_database(terminal: Terminal) -> None:
    """Pages that a disk spoiled are found before somebody needs them."""
    import sqlite3
    from contextlib import closing

    twin = Terminal(folder=terminal.folder, home=terminal.folder / "damaged")
    shutil.copytree(terminal.home, twin.home)
    file = twin.home / "docgen.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'django_session'"
        ).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as stream:
        stream.seek((page - 1) * size)
        stream.write(b"\xff" * size)
    ran = twin.run("check", "--history")
    refused(ran, 8, "correct it")
    assert "the database file is damaged" in ran.out


def test_a_reader_who_has_had_enough_is_no_error(terminal: Terminal) -> None:
    """`docgen templates coverage | head -1` ends quietly."""
    import os
    import subprocess
    import sys

    from tests.app.command import ROOT

    environment = {**os.environ, "DOCGEN_HOME": str(terminal.home), "PYTHONPATH": str(ROOT)}
    command = f"{sys.executable} -m docgen.cli templates coverage --json | head -1"
    ran = subprocess.run(
        ["sh", "-c", command], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.out if hasattr(ran, "out") else ran.stdout.strip() == "["
    assert ran.stderr == ""


def test_a_terminal_without_our_letters_still_works(terminal: Terminal) -> None:
    """Names in any script are shown with stand-ins instead of ending the command."""
    assert terminal.run_anew("status", PYTHONIOENCODING="ascii").code == 0
    assert terminal.run_anew("--help", PYTHONIOENCODING="ascii").code == 0
