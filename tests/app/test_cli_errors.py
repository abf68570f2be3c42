"""What goes wrong on the command line ends in a sentence, a code, and never a stack trace."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from docgen.cli.output import write_file
from docgen.errors import StorageError
from docgen.outcome import outcome_of
from tests.app.command import FORM, ROOT, Ran, Terminal, refused

pytestmark = pytest.mark.sqlite_only("each site here is a home folder with its own database file")


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Give a demonstration's site."""
    folder = tmp_path_factory.mktemp("errors")
    terminal = Terminal(folder=folder, home=folder / "home")
    terminal.does("init", "--demo")
    return terminal


@pytest.fixture
def fresh(tmp_path: Path) -> Terminal:
    """Give a folder without a site."""
    return Terminal(folder=tmp_path, home=tmp_path / "home")


FILES: dict[str, tuple[str, bytes]] = {
    "empty": ("form.json", b""),
    "binary": ("form.json", bytes(range(256)) * 40),
    "no object": ("form.yaml", b"- just\n- a list\n"),
    "wrong suffix": ("form.docx", b"{}"),
    "no suffix": ("form", b"{}"),
    "huge": ("form.json", b'{"a": "' + b"x" * 2_000_000 + b'"}'),
    "deep": ("form.json", b"[" * 100_000),
    "another kind": ("form.toml", b'{"schema_version": "1.0"}'),
    "no form": ("form.json", b"{}"),
}


@pytest.mark.parametrize("name", list(FILES))
def test_a_file_that_is_no_form_is_refused(terminal: Terminal, name: str) -> None:
    """Each with exit code 2 and its rule and path, for scripts too, and nothing is stored."""
    file, data = FILES[name]
    (terminal.folder / file).write_bytes(data)
    ran = terminal.run("enroll", file, "--json")
    told = {(item["rule"], item["path"]) for item in ran.json["problems"]}
    if name != "no form":  # the control: a record that can be read lacks fields
        assert told == {("val.file", "file")}
    for rule, path in told:
        refused(ran, 2, f"{rule}  {path}: ")
    assert "No enrollments yet" in terminal.does("status").out


@pytest.mark.parametrize("name", ["missing.json", ".", "\x7f", "-"])
def test_a_file_that_cannot_be_read_is_named(terminal: Terminal, name: str) -> None:
    """A missing one, a folder, an odd name."""
    refused(terminal.run("enroll", "--", name), 2, "val.file  file: ", "cannot be read")
    problems = terminal.run("enroll", "--json", "--", name).json["problems"]
    assert [item["rule"] for item in problems] == ["val.file"]


def test_every_problem_of_a_form_is_listed(terminal: Terminal) -> None:
    """By rule and path on stderr, and as JSON for scripts."""
    text = FORM.read_text("utf-8").replace("TX", "Atlantis").replace("12-3456789", "1")
    (terminal.folder / "wrong.yaml").write_text(text, "utf-8")
    ran = terminal.run("enroll", "wrong.yaml", "--json")
    told = {item["path"]: item["rule"] for item in ran.json["problems"]}
    assert {"legal_entities[0].ein", "legal_entities[0].state_of_formation"} <= set(told)
    for path, rule in told.items():
        refused(ran, 2, f"{rule}  {path}: ")
    assert "1 problem;" not in ran.err


UNKNOWN = [
    ("generate", "enr_x"),
    ("status", "pkt_x"),
    ("approve", "pkt_x", "--plan", "0", "--as", "coordinator"),
    ("send", "pkt_x", "--as", "coordinator"),
    ("void", "pkt_x", "--reason", "r", "--as", "coordinator"),
    ("archive", "get", "pkt_x"),
    ("archive", "verify", "pkt_x"),
    ("send", "pkt_x", "--as", "nobody"),
    ("status", "x" * 5000),
    ("status", "'; DROP TABLE packet; --"),
]


@pytest.mark.parametrize("words", UNKNOWN, ids=lambda words: " ".join(words)[:30])
def test_an_unknown_id_is_not_found(terminal: Terminal, words: tuple[str, ...]) -> None:
    """Exit code 3, whatever was asked."""
    refused(terminal.run(*words), 3)


@pytest.mark.parametrize(
    "words", [("sing",), ("send",), ("send", "pkt_x"), ("generate", "--packet", "x"), ("--x",)]
)
def test_a_mistyped_command_shows_its_usage(terminal: Terminal, words: tuple[str, ...]) -> None:
    """Exit code 2 and a code before the sentence, as for any input."""
    refused(terminal.run(*words), 2, "Usage:", "--help` says more", "Error [input]: ")


@pytest.mark.parametrize("day", ["2026-13-01", "30/11/2026", "soon", ""])
def test_what_is_no_day_is_said_in_words(terminal: Terminal, day: str) -> None:
    """No format of a library is shown; the control is a day, which gets as far as the packet."""
    words = ("terminate", "pkt_x", "--reason", "Closed.", "--as", "coordinator", "--on")
    told = terminal.run(*words, day)
    refused(told, 2, f"“{day}” is no day", "as in 2026-11-30")
    assert "%" not in told.err
    refused(terminal.run(*words, "2026-11-30"), 3)


COMMANDS = [("status",), ("enroll", str(FORM)), ("users", "list"), ("sweep",), ("worker",)]


@pytest.mark.parametrize("words", COMMANDS)
def test_a_mistyped_home_makes_no_new_site(fresh: Terminal, words: tuple[str, ...]) -> None:
    """The sentence names the folder and how to make a site; nothing is made."""
    refused(fresh.run(*words), 8, str(fresh.home), "docgen init")
    assert not fresh.home.exists()


@pytest.mark.parametrize(
    "text", ["[site\n", "[sight]\n", "[site]\nbase_url = 'x'\n", "[mail]\nkind = 'pigeon'\n"]
)
def test_damaged_settings_are_named(fresh: Terminal, text: str) -> None:
    """Exit code 8, for every command alike."""
    fresh.home.mkdir()
    (fresh.home / "settings.toml").write_text(text, "utf-8")
    refused(fresh.run("status"), 8)


def test_without_a_pso_nothing_is_generated(fresh: Terminal) -> None:
    """Enrolling works before the PSO is configured; generating says what to fill in."""
    fresh.does("init")
    enrollment = fresh.does("enroll", str(FORM), "--json").json["enrollment"]
    refused(fresh.run("generate", enrollment), 8, "[pso]")


def test_a_home_that_cannot_be_made_is_named(fresh: Terminal) -> None:
    """A file is in the way."""
    fresh.home.write_bytes(b"")
    refused(fresh.run("init", "--demo"), 8, "cannot be read")
    beneath = Terminal(folder=fresh.folder, home=fresh.home / "site")
    refused(beneath.run("init", "--demo"), 8, "cannot be read")
    refused(fresh.run("status"), 8)


@pytest.mark.parametrize("name", ["site.secret", "link.secret", "callback.secret", "log.pem"])
def test_a_damaged_secret_is_named_and_not_replaced(fresh: Terminal, name: str) -> None:
    """It must come back from the back-up; a new one would break links or the log."""
    fresh.does("init", "--demo")
    path = fresh.home / "keys" / name
    path.write_bytes(b"damaged")
    refused(fresh.run("status"), 8, "restore it from")
    assert path.read_bytes() == b"damaged"


def test_a_damaged_authority_is_named(fresh: Terminal) -> None:
    """Its keys are the site's identity."""
    fresh.does("init", "--demo")
    for path in (fresh.home / "authority").glob("*.pem"):
        path.write_bytes(b"damaged")
    refused(fresh.run("status"), 8, "restore it from")


def test_a_port_in_use_is_named(terminal: Terminal) -> None:
    """And so are a port out of range and an address that is nobody's."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused(terminal.run("serve", "--port", port), 8, f"Port {port}", "--port")
    refused(terminal.run("serve", "--port", "99999"), 2, "99999")
    refused(terminal.run("serve", "--host", "nowhere.invalid", "--port", "8999"), 8, "--host")


def test_where_nothing_can_be_written_is_named(terminal: Terminal) -> None:
    """The output folder is a file; what the site keeps is complete."""
    (terminal.folder / "file").write_bytes(b"")
    refused(terminal.run("anchor", "--out", "file/anchor.json"), 7, "file/anchor.json")
    refused(terminal.run("templates", "sample", "--out", "file"), 2, "file")


def test_what_is_no_bundle_is_refused_without_a_site(fresh: Terminal) -> None:
    """`verify` needs no site: an unreadable file is 2, whatever it is."""
    (fresh.folder / "text.zip").write_bytes(b"no zip at all")
    (fresh.folder / "empty.zip").write_bytes(b"")
    (fresh.folder / "anchor.json").write_text("{}", "utf-8")
    for words in (
        ("text.zip",),
        ("empty.zip",),
        (".",),
        ("missing.zip",),
        ("text.zip", "--anchor", "missing.json"),
        ("text.zip", "--anchor", "anchor.json"),
        ("text.zip", "--anchor", "."),
        ("text.zip", "--at", "soon"),
    ):
        refused(fresh.run("verify", *words), 2)
    assert not fresh.home.exists()


def test_a_database_that_fails_outside_a_transaction_is_said() -> None:
    """A full or read-only disk met while reading or upgrading has its own code, and no trace."""
    from django.db import DatabaseError, IntegrityError, OperationalError

    from docgen.cli.main import _end
    from docgen.errors import StorageError

    full = outcome_of(StorageError("x")).exit_code
    assert _end(OperationalError("database or disk is full")) == full
    assert _end(DatabaseError("database disk image is malformed")) == full
    assert _end(IntegrityError("one_version")) != full  # the control: a fault of the program


def test_a_full_disk_at_the_beginning_leaves_init_repeatable(fresh: Terminal) -> None:
    """Nothing claims to be a site; with space again the same command makes one."""
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384));"
        "from docgen.cli.main import main; main()"
    )
    known = {**os.environ, "DOCGEN_HOME": str(fresh.home), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", limited, "init", "--demo"],
        cwd=fresh.folder,
        env=known,
        capture_output=True,
        text=True,
        check=False,
    )
    refused(Ran(code=ran.returncode, out=ran.stdout, err=ran.stderr), 7, "run this again")
    assert not (fresh.home / "settings.toml").exists()
    fresh.does("init", "--demo")
    assert "coordinator" in fresh.does("users", "list").out


def _with_output(terminal: Terminal, output: int, *words: str) -> tuple[int, str]:
    """Run a command whose output goes to an open file or pipe; return its code and its errors."""
    known = {**os.environ, "DOCGEN_HOME": str(terminal.home), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-m", "docgen.cli", *words],
        cwd=terminal.folder,
        env=known,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stderr


@pytest.mark.parametrize("words", [("users", "list"), ("status", "--json"), ("verify", "a.zip")])
def test_output_that_a_full_disk_does_not_take_is_said(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    """`docgen status --json > file` on a full disk is no fault of the program."""
    with zipfile.ZipFile(terminal.folder / "a.zip", "w") as bundle:
        bundle.writestr("bundle.json", "{}")
    with Path("/dev/full").open("wb") as full:
        code, said = _with_output(terminal, full.fileno(), *words)
    assert code == outcome_of(StorageError("x")).exit_code
    assert "Error [storage]" in said
    assert "could not be written" in said


def test_who_stops_reading_does_not_stop_the_command(terminal: Terminal) -> None:
    """`docgen users add … | true` adds the person all the same, and is no fault."""
    reading, writing = os.pipe()
    os.close(reading)
    words = ("--name", "Ada Example", "--email", "ada@example.org", "--role", "auditor")
    try:
        for command in (("users", "add", "ada", *words), ("users", "list")):
            assert _with_output(terminal, writing, *command) == (0, "")
    finally:
        os.close(writing)
    assert "Ada Example" in terminal.does("users", "list").out


def test_a_full_disk_leaves_an_earlier_file_whole(tmp_path: Path) -> None:
    """What `--out` names is replaced once the new file is whole; half a bundle never lies there."""
    file = tmp_path / "anchor.json"
    write_file(file, b"earlier")
    file.chmod(0o644)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        for path in (file, tmp_path / "new.zip"):
            with pytest.raises(StorageError, match="could not be written"):
                write_file(path, b"x" * 8192)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [
        ("anchor.json", b"earlier")
    ]
    write_file(file, b"x" * 8192)
    assert file.read_bytes() == b"x" * 8192
    assert file.stat().st_mode & 0o777 == 0o644


def test_what_a_file_leads_to_is_written(tmp_path: Path) -> None:
    """A link stays a link to the file that is replaced, and a device stays a device."""
    (tmp_path / "there").mkdir()
    link = tmp_path / "anchor.json"
    link.symlink_to(tmp_path / "there" / "anchor.json")
    write_file(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "there" / "anchor.json").read_bytes() == b"new"
    write_file(Path(os.devnull), b"new")
    assert Path(os.devnull).is_char_device()


def test_who_enrolls_and_generates_may_be_named(fresh: Terminal) -> None:
    """The history then names the person; somebody who is no coordinator, or nobody, is refused."""
    fresh.does("init", "--demo")
    refused(fresh.run("enroll", str(FORM), "--as", "counsel"), 4, "coordinator")
    refused(fresh.run("enroll", str(FORM), "--as", "nobody"), 3)
    enrolled = fresh.does("enroll", str(FORM), "--as", "coordinator", "--json").json["enrollment"]
    refused(fresh.run("generate", enrolled, "--as", "counsel"), 4, "coordinator")
    (packet,) = fresh.does("generate", enrolled, "--as", "coordinator", "--json").json
    told = fresh.does("status", packet["packet"]).out.partition("History")[2]
    assert "user:coordinator" in told
    assert "command-line" not in told
