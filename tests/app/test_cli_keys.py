"""Keys outside from the command line: made, certified by a company, checked, renewed, withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.settings import SETTINGS_FILE
from tests.app.command import Terminal, refused
from tests.integrations.keys.softhsm import PIN, SoftToken, soft_token
from tests.integrations.sign.authority.company import Company

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.sqlite_only("keys do not lie in the database")


@pytest.fixture
def token() -> Iterator[SoftToken]:
    """Give an empty token."""
    with soft_token() as found:
        yield found


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Give a demonstration site, not yet with keys."""
    terminal = Terminal(folder=tmp_path, home=tmp_path / "home")
    terminal.does("init")
    return terminal


def settle(terminal: Terminal, token: SoftToken, **more: str) -> None:
    """Name the token in the settings, its PIN in a file, and whatever else."""
    path = terminal.home / SETTINGS_FILE
    text = path.read_text("utf-8")
    lines = {"keys": token.reference, "pin_file": "pin", **more}
    head, _, tail = text.partition("[signing]\n")
    kept = [line for line in tail.split("\n") if line.partition(" = ")[0] not in lines]
    given = "".join(f'{key} = "{value}"\n' for key, value in lines.items())
    path.write_text(f"{head}[signing]\n{given}" + "\n".join(kept), "utf-8")
    (terminal.home / "pin").write_text(f"{PIN}\n", "utf-8")


def certified(terminal: Terminal, token: SoftToken) -> Company:
    """Go the operator's way to a company's authority."""
    settle(terminal, token)
    made = terminal.does("keys", "init", "--company", "--json").json
    company = Company(datetime.now(UTC).replace(microsecond=0))
    (request,) = made["requests"]
    assert request.endswith("company/acts-001.csr")
    path = terminal.home / "company" / "acts-001.csr"
    (terminal.home / "chain.pem").write_bytes(company.file(company.certify(path.read_bytes())))
    settle(terminal, token, chain="chain.pem")
    assert "docgen check --deploy" in terminal.does("keys", "init").out
    terminal.does(
        "users",
        "add",
        "ad",
        "--name",
        "Ad Min",
        "--email",
        "ad@example.org",
        "--role",
        "administrator",
    )
    return company


def test_a_company_s_authority_ends_the_complaint_about_the_development_one(
    terminal: Terminal, token: SoftToken
) -> None:
    """Before, `check --deploy` refuses it; after, only time stamps of our own are refused."""
    before = terminal.run("check", "--deploy")
    assert "signatures come from the development certificate authority" in before.out
    certified(terminal, token)
    after = terminal.run("check", "--deploy")
    assert "signatures come from the development" not in after.out
    assert "the signing keys cannot be used" not in after.out
    assert "time stamps come from the development authority" in after.out
    anchor = terminal.does("anchor")
    assert "DEVELOPMENT" not in anchor.err
    assert [*(terminal.home / "company").glob("*.key")] == []


def test_a_chain_for_development_is_still_refused(terminal: Terminal, token: SoftToken) -> None:
    """Attack on ourselves: a token under a root of our own making is no company's."""
    settle(terminal, token)
    assert "The keys are there" in terminal.does("keys", "init").out
    assert "Warning" not in terminal.does("check").err
    told = terminal.run("check", "--deploy")
    assert "signatures come from the development certificate authority" in told.out
    assert "the signing keys cannot be used" not in told.out
    assert [*(terminal.home / "authority").glob("*.key")] == []


def test_without_keys_made_nothing_works_and_it_is_told(
    terminal: Terminal, token: SoftToken
) -> None:
    """A token's keys are never made by the way; a company's chain is asked for by its setting."""
    settle(terminal, token)
    refused(terminal.run("check"), 8, "docgen keys init")
    settle(terminal, token, chain="none.pem")
    refused(terminal.run("check"), 8, "[signing] chain", "--company")


def test_a_token_that_is_away_or_a_wrong_pin_is_a_fault(
    terminal: Terminal, token: SoftToken
) -> None:
    """Reading goes on without it; `check --deploy` tries the keys and says what is wrong."""
    certified(terminal, token)
    (terminal.home / "pin").write_text("999999", "utf-8")
    told = terminal.run("check", "--deploy")
    assert "the signing keys cannot be used" in told.out
    assert "does not accept the PIN" in told.out
    assert "999999" not in told.out + told.err
    (terminal.home / "pin").write_text(PIN, "utf-8")
    token.stop()
    terminal.does("status")
    terminal.does("check")
    assert "does not answer, or is not there" in terminal.run("check", "--deploy").out
    refused(terminal.run("keys", "rotate", "signing", "--as", "ad"), 6, "nothing was signed")
    token.start()
    assert "cannot be used" not in terminal.run("check", "--deploy").out


def test_keys_rotate_under_the_company(terminal: Terminal, token: SoftToken) -> None:
    """The new key waits for its certificate; with it and another `init` it signs."""
    company = certified(terminal, token)
    chain = terminal.home / "chain.pem"
    ran = terminal.does("keys", "rotate", "signing", "--as", "ad", "--json").json
    assert ran["request"] == "company/acts-002.csr"
    refused(terminal.run("keys", "rotate", "signing", "--as", "ad"), 4, "acts-002.csr")
    assert "company/acts-002.csr" in terminal.does("keys", "init").out
    request = (terminal.home / "company" / "acts-002.csr").read_bytes()
    chain.write_bytes(company.file(company.certify(request)) + chain.read_bytes())
    assert "The keys are there" in terminal.does("keys", "init").out
    assert (terminal.home / "company" / "seal-002.pem").exists()
    assert "cannot be used" not in terminal.run("check", "--deploy").out


def test_a_certificate_is_withdrawn_by_its_serial_number(
    terminal: Terminal, token: SoftToken
) -> None:
    """As openssl writes it; the company's own is refused, and so is what is no number."""
    company = certified(terminal, token)
    terminal.does("keys", "revoke", "4F:1D:0C", "--as", "ad")
    assert (terminal.home / "company" / "revoked.txt").read_text("ascii").startswith("4f1d0c ")
    refused(terminal.run("keys", "revoke", "xyz", "--as", "ad"), 2, "hexadecimal")
    serial = f"{company.middle.serial_number:x}"
    refused(terminal.run("keys", "revoke", serial, "--as", "ad"), 4, "alone can withdraw")


def test_a_company_certifies_no_key_in_a_file(terminal: Terminal) -> None:
    """It is said before anything is made."""
    refused(terminal.run("keys", "init", "--company"), 8, "lies in a file")
    assert not (terminal.home / "company").exists()


@pytest.mark.parametrize(
    ("what", "told"),
    [("life", "the issuing certificate ends"), ("list_life", "a revocation list in the file")],
)
def test_what_ends_soon_is_told(terminal: Terminal, token: SoftToken, what: str, told: str) -> None:
    """Certificates and lists of the company, each in time; the control names none."""
    company = certified(terminal, token)
    assert "Warning" not in terminal.does("check").err
    setattr(company, what, timedelta(days=20))
    request = (terminal.home / "company" / "acts-001.csr").read_bytes()
    company.__post_init__()
    (terminal.home / "company" / "seal-001.pem").unlink()
    (terminal.home / "chain.pem").write_bytes(company.file(company.certify(request)))
    terminal.does("keys", "init")
    assert told in terminal.does("check").err
