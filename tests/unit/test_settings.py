"""Settings: read once, every mistake named with what to put there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from docgen.bootstrap.application import outside_services
from docgen.bootstrap.framework import database
from docgen.bootstrap.keys import secret_file
from docgen.cli.start import write_settings
from docgen.domain.pso import parse_pso
from docgen.errors import ConfigurationError, StorageError
from docgen.settings import SETTINGS_FILE, Settings, read_settings
from integrations.system.clock import StandingClock
from tests.conftest import NOON


def read(home: Path, text: str = "", **environment: str) -> Settings:
    """Read settings from this text."""
    home.mkdir(parents=True, exist_ok=True)
    (home / SETTINGS_FILE).write_text(text, "utf-8")
    return read_settings({"DOCGEN_HOME": str(home), **environment})


def test_without_a_file_everything_has_a_safe_default(tmp_path: Path) -> None:
    """Loopback, no demonstration, SQLite, letters to a folder."""
    found = read_settings({"DOCGEN_HOME": str(tmp_path / "none")})
    assert found.base_url == "http://127.0.0.1:8720"
    assert (found.demo, found.database_url, found.mail.kind) == (False, "", "outbox")
    assert found.pso is None
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("demo", [True, False])
def test_the_examples_we_write_can_be_read(tmp_path: Path, *, demo: bool) -> None:
    """Both are sound, and only the demonstration names a PSO."""
    write_settings(tmp_path / "home" / SETTINGS_FILE, demo=demo)
    found = read_settings({"DOCGEN_HOME": str(tmp_path / "home")})
    assert found.demo is demo
    assert (found.pso is not None) is demo


def test_the_commented_example_is_complete_once_uncommented(tmp_path: Path) -> None:
    """Taking the # away from the [pso] part gives settings that are accepted."""
    write_settings(tmp_path / SETTINGS_FILE, demo=False)
    text = (tmp_path / SETTINGS_FILE).read_text("utf-8")
    head, mark, tail = text.partition("# [pso]\n")
    lines = [line.removeprefix("# ").removeprefix("#") for line in (mark + tail).splitlines()]
    found = read(tmp_path, head + "\n".join(lines))
    assert parse_pso(found.pso).legal_name


def test_settings_are_never_written_over(tmp_path: Path) -> None:
    """A file that is there stays."""
    write_settings(tmp_path / SETTINGS_FILE, demo=True)
    with pytest.raises(StorageError):
        write_settings(tmp_path / SETTINGS_FILE, demo=False)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """Address, database and templates can be given from outside."""
    (tmp_path / "texts").mkdir()
    found = read(
        tmp_path,
        '[site]\nbase_url = "http://one.example.org"\n[database]\nurl = "postgresql://a/b"\n',
        DOCGEN_BASE_URL="https://two.example.org/",
        DOCGEN_DATABASE_URL="postgresql://c/d",
        DOCGEN_TEMPLATES=str(tmp_path / "texts"),
    )
    assert found.base_url == "https://two.example.org"
    assert found.database_url == "postgresql://c/d"
    assert found.templates == tmp_path / "texts"


def test_without_a_home_the_users_data_folder_is_it() -> None:
    """XDG_DATA_HOME is followed."""
    assert read_settings({"XDG_DATA_HOME": "/srv/data"}).home == Path("/srv/data/docgen")


WRONG = {
    "not TOML": ("[site\n", "not valid TOML"),
    "unknown part": ("[sight]\n", "unknown part"),
    "a part that is no table": ("site = 1\n", "unknown part"),
    "unknown key": ("[site]\nbaseurl = 'x'\n", "baseurl"),
    "demo as text": ("[site]\ndemo = 'yes'\n", "true or false"),
    "address as number": ("[site]\nbase_url = 5\n", "text in quotes"),
    "port as text": ("[mail]\nport = '25'\n", "whole number"),
    "port as flag": ("[mail]\nport = true\n", "whole number"),
    "port too high": ("[mail]\nport = 70000\n", "whole number"),
    "password file gone": ("[mail]\npassword_file = 'gone'\n", "password_file"),
    "no scheme": ("[site]\nbase_url = 'example.org'\n", "base_url"),
    "other scheme": ("[site]\nbase_url = 'ftp://example.org'\n", "base_url"),
    "no host": ("[site]\nbase_url = 'https://'\n", "base_url"),
    "bad port": ("[site]\nbase_url = 'http://a.example.org:x'\n", "base_url"),
    "port out of range": ("[site]\nbase_url = 'http://a.example.org:99999'\n", "base_url"),
    "broken IPv6": ("[site]\nbase_url = 'http://[::1'\n", "base_url"),
    "with a user": ("[site]\nbase_url = 'https://u:p@a.example.org'\n", "base_url"),
    "with a query": ("[site]\nbase_url = 'https://a.example.org?x=1'\n", "base_url"),
    "proxies as text": ("[site]\ntrusted_proxies = '127.0.0.1'\n", "trusted_proxies"),
    "a proxy as number": ("[site]\ntrusted_proxies = [5]\n", "trusted_proxies"),
    "a proxy by name": ("[site]\ntrusted_proxies = ['proxy.example.org']\n", "trusted_proxies"),
    "watchers as text": ("[watch]\nnetworks = '127.0.0.1'\n", "networks must list"),
    "a watcher by name": ("[watch]\nnetworks = ['watch.example.org']\n", "networks must list"),
    "taking over at once": ("[work]\ntakeover_after_s = 4\n", "takeover_after_s"),
    "never taking over": ("[work]\ntakeover_after_s = 3601\n", "takeover_after_s"),
    "taking over by word": ("[work]\ntakeover_after_s = '90'\n", "takeover_after_s"),
    "taking over truly": ("[work]\ntakeover_after_s = true\n", "takeover_after_s"),
    "fewer than no requests": ("[api]\nrequests_per_minute = -1\n", "0 to 60000"),
    "requests as text": ("[api]\nrequests_per_minute = '600'\n", "0 to 60000"),
    "a network with host bits": ("[site]\ntrusted_proxies = ['10.0.0.1/8']\n", "trusted_proxies"),
    "no days": ("[signing]\nexpires_after_days = 0\n", "1 to 365"),
    "days as text": ("[signing]\nremind_after_days = '7'\n", "0 to 365"),
    "days as flag": ("[signing]\nremind_after_days = true\n", "0 to 365"),
    "too many days": ("[signing]\nexpires_after_days = 366\n", "1 to 365"),
    "keys elsewhere": ("[signing]\nkeys = 'cloud'\n", "keys must be"),
    "a seal's key elsewhere": ("[signing]\nseal_keys = 'cloud'\n", "seal_keys must be"),
    "a chain for a file": ("[signing]\nchain = 'c.pem'\n", "lies in a file"),
    "a seal's chain for a file": (
        "[signing]\nkeys = 'kms:us-east-1/x'\nseal_chain = 's.pem'\n",
        "seal_chain is for",
    ),
    "a PIN's file gone": ("[signing]\npin_file = 'gone'\n", "pin_file"),
    "a guide without TLS": ("[site]\nguide_url = 'http://a.example.org/guide'\n", "guide_url"),
    "a guide as script": ("[site]\nguide_url = 'javascript:alert(1)'\n", "guide_url"),
    "inviting by word": ("[services.docusign]\ninvites = 'yes'\n", "invites must be"),
    "inviting truly": (
        "[services.docusign]\ninvites = true\n",
        r"\[services.docusign\] invites must be text in quotes",
    ),
    "a host as number": ("[mail]\nhost = 25\n", r"\[mail\] host must be text in quotes"),
    "a port as text": ("[mail]\nport = '25'\n", r"\[mail\] port must be a whole number, 1 to"),
    "a demonstration by word": ("[site]\ndemo = 'no'\n", r"\[site\] demo must be true or false"),
    "templates gone": ("[site]\ntemplates = '/no/such/folder'\n", "templates"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_mistake_is_named(tmp_path: Path, name: str) -> None:
    """Each is a missing or wrong setting with its name, never a stack trace."""
    text, told = WRONG[name]
    with pytest.raises(ConfigurationError, match=told):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("said", "by_us"), [("", False), ("invites = 'service'", False), ("invites = 'site'", True)]
)
def test_whose_letters_invite_is_a_choice(tmp_path: Path, said: str, *, by_us: bool) -> None:
    """The service's own where nothing is said; and the adapter is not asked about the key."""
    [account] = read(tmp_path, f"[services.docusign]\nuser_id = 'u'\n{said}\n").services
    assert (account.site_invites, dict(account.options)) == (by_us, {"user_id": "u"})


def test_a_service_without_addresses_cannot_leave_inviting_to_us(tmp_path: Path) -> None:
    """The site says so when it starts. The control: with its own letters it is connected."""
    (tmp_path / "key").write_text("s3cret", "utf-8")
    part = "[services.dropbox_sign]\napi_key_file = 'key'\n"
    clock = StandingClock(NOON)
    with pytest.raises(ConfigurationError, match="Dropbox Sign gives no address"):
        outside_services(read(tmp_path, f"{part}invites = 'site'\n"), clock)
    assert set(outside_services(read(tmp_path, part), clock)) == {"dropbox_sign"}


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """Binary, or a folder where the file should be."""
    (tmp_path / SETTINGS_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_settings({"DOCGEN_HOME": str(tmp_path)})
    (tmp_path / SETTINGS_FILE).unlink()
    (tmp_path / SETTINGS_FILE).mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_settings({"DOCGEN_HOME": str(tmp_path)})


def test_periods_are_whole_days_and_no_reminders_is_a_choice(tmp_path: Path) -> None:
    """A month and a week unless said otherwise; 0 is never."""
    usual = read(tmp_path)
    assert (usual.signing_period.days, usual.reminder_period) == (30, timedelta(days=7))
    own = read(tmp_path, "[signing]\nexpires_after_days = 45\nremind_after_days = 0\n")
    assert (own.signing_period.days, own.reminder_period) == (45, None)


def test_the_mail_password_comes_from_its_file(tmp_path: Path) -> None:
    """It is read beside the settings, without its line end, and never shown by the settings' text."""
    (tmp_path / "secret").write_text("pass word\n", "utf-8")
    found = read(tmp_path, "[mail]\nkind = 'smtp'\npassword_file = 'secret'\n")
    assert found.mail.password == "pass word"  # noqa: S105  # invented
    assert "pass word" not in repr(found)


def test_a_token_s_pin_comes_from_its_file_or_the_environment(tmp_path: Path) -> None:
    """The environment wins; neither is shown by the settings' text."""
    (tmp_path / "pin").write_text("271828\n", "utf-8")
    text = "[signing]\nkeys = 'kms:us-east-1/x'\npin_file = 'pin'\n"
    assert read(tmp_path, text).signing_keys.pin == "271828"
    found = read(tmp_path, text, DOCGEN_SIGNING_PIN="314159")
    assert found.signing_keys.pin == "314159"
    assert found.signing_keys.seal == found.signing_keys.issuing == "kms:us-east-1/x"
    assert "314159" not in repr(found)


@pytest.mark.parametrize(
    "url", ["mysql://a/b", "postgresql://h:port/b", "postgresql://[::1/b", "x"]
)
def test_a_database_we_do_not_know_is_refused(tmp_path: Path, url: str) -> None:
    """Only PostgreSQL, or nothing for SQLite."""
    with pytest.raises(ConfigurationError, match="database"):
        database(read(tmp_path, f"[database]\nurl = '{url}'\n"))


def test_a_database_url_is_taken_apart(tmp_path: Path) -> None:
    """Escaped letters in user and password are read back."""
    url = "postgresql://us%40er:p%2Fw@db.example.org:5433/name"
    found = database(read(tmp_path, f"[database]\nurl = '{url}'\n"))
    assert (found["USER"], found["PASSWORD"], found["PORT"]) == ("us@er", "p/w", "5433")


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 33])
def test_a_damaged_secret_is_named_and_not_replaced(tmp_path: Path, data: bytes) -> None:
    """Links and sessions made with it would end, so a person restores it."""
    first = secret_file(tmp_path, "link")
    assert secret_file(tmp_path, "link") == first
    path = tmp_path / "keys" / "link.secret"
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(data)
    with pytest.raises(ConfigurationError, match=r"link\.secret is damaged"):
        secret_file(tmp_path, "link")
    assert path.read_bytes() == data


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    """Keys cannot be kept there."""
    (tmp_path / "home").write_bytes(b"")
    with pytest.raises(ConfigurationError, match="DOCGEN_HOME"):
        secret_file(tmp_path / "home", "site")


OIDC = """
[oidc]
name = "Example Group"
server_url = "https://login.example.org"
client_id = "enrollment"
client_secret_file = "oidc.secret"
"""


def test_the_houses_sign_in_takes_its_secret_from_a_file(tmp_path: Path) -> None:
    """Read from the home folder, and never shown by accident; without the part there is none."""
    (tmp_path / "oidc.secret").write_text("hush\n", "utf-8")
    found = read(tmp_path, OIDC).oidc
    assert found is not None
    assert (found.name, found.client_id, found.secret) == ("Example Group", "enrollment", "hush")
    assert "hush" not in repr(found)
    assert read(tmp_path).oidc is None


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('client_id = "enrollment"', "", "client_id"),
        ("https://login", "http://login", "https://"),
        ("oidc.secret", "missing.secret", "client_secret_file"),
        ("client_id", "clientid", "clientid"),
    ],
)
def test_a_mistake_in_the_houses_sign_in_is_named(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    """A missing key, an address without TLS, a file that is not there, a wrong key."""
    (tmp_path / "oidc.secret").write_text("hush", "utf-8")
    with pytest.raises(ConfigurationError, match=named):
        read(tmp_path, OIDC.replace(old, new))
