"""Settings: read once, frozen, every one documented; the one reader of the environment."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from docgen.errors import ConfigurationError
from docgen.ports.service_account import ServiceAccount
from docgen.settings_archive import KEYS as ARCHIVE_KEYS
from docgen.settings_archive import ArchiveSettings, read_archive
from docgen.settings_keys import KEYS as SIGNING_KEYS
from docgen.settings_keys import KeySettings, parse_keys
from docgen.settings_part import Part
from docgen.settings_services import read_services

Network = IPv4Network | IPv6Network

SETTINGS_FILE = "settings.toml"
DEFAULT_PORT = 8720
LAST_PORT = 65_535
MOST_DAYS = 365
# Longer than any call to an outside service may take: who is silent for so long does nothing more.
TAKEOVER_S, LEAST_TAKEOVER_S, MOST_TAKEOVER_S = 90, 5, 3600
# Ten a second, for hours: more than a program needs that waits for its answers. 0 sets no limit.
REQUESTS_PER_MINUTE, MOST_REQUESTS = 600, 60_000
GUIDE_URL = "https://www.astro.org/practice-support/quality-and-safety/ro-ils/enrollment"
_KNOWN = {
    "site": {"base_url", "demo", "guide_url", "templates", "service", "trusted_proxies"},
    "database": {"url"},
    "work": {"takeover_after_s"},
    "watch": {"networks"},
    "api": {"requests_per_minute"},
    "archive": ARCHIVE_KEYS,
    "mail": {"kind", "sender", "host", "port", "starttls", "user", "password_file", "returned"},
    "signing": {"expires_after_days", "remind_after_days", *SIGNING_KEYS},
    "timestamp": {"kind", "url", "chain"},
    "services": None,  # one part for each signing service; its adapter knows the keys
    "oidc": {"name", "server_url", "client_id", "client_secret_file"},
    "pso": None,  # read by docgen.domain.pso, which names its own keys
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """How letters leave: `outbox` (a folder) or `smtp`; `returned` is where bounces come back."""

    kind: str = "outbox"
    sender: str = "enrollment@example.org"
    host: str = "127.0.0.1"
    port: int = 587
    starttls: bool = True
    user: str = ""
    password: str = field(default="", repr=False)
    returned: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """The house's own sign-in, when it has one; accounts are still made by an administrator."""

    name: str
    server_url: str
    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One site's settings. Everything it writes lies under `home`."""

    home: Path
    base_url: str
    trusted_proxies: tuple[Network, ...]
    demo: bool
    service: str
    guide_url: str
    templates: Path | None
    database_url: str = field(repr=False)
    mail: MailSettings
    signing_period: timedelta
    reminder_period: timedelta | None  # None: nobody is reminded but by a coordinator
    timestamp_kind: str
    timestamp_url: str
    timestamp_chain: str
    pso: Mapping[str, object] | None
    archive: ArchiveSettings
    signing_keys: KeySettings = field(default_factory=KeySettings)
    oidc: OidcSettings | None = None
    services: tuple[ServiceAccount, ...] = ()
    takeover_after_s: int = TAKEOVER_S
    watchers: tuple[Network, ...] = ()
    requests_per_minute: int = REQUESTS_PER_MINUTE


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the environment and the home folder's `settings.toml`.

    `DOCGEN_HOME` names the home (default `~/.local/share/docgen`, after XDG_DATA_HOME);
    `DOCGEN_BASE_URL`, `DOCGEN_DATABASE_URL`, `DOCGEN_ARCHIVE`, `DOCGEN_ARCHIVE_COPY` and
    `DOCGEN_TEMPLATES` override the file, `DOCGEN_SERVICE_SECRET` (as in
    DOCGEN_DOCUSIGN_CALLBACK_SECRET) the file of a service's secret, and `DOCGEN_SIGNING_PIN` the
    file of a token's PIN.

    Raises:
        ConfigurationError: a key is unknown or of the wrong type; the message names it.
    """
    home = _home(environment)
    raw = _file(home / SETTINGS_FILE)
    site, database = _part(raw, "site"), _part(raw, "database")
    stamp, signing = _part(raw, "timestamp"), _part(raw, "signing")
    expires_after = signing.whole("expires_after_days", 30, low=1, most=MOST_DAYS)
    remind_after = signing.whole("remind_after_days", 7, low=0, most=MOST_DAYS)
    base_url = environment.get("DOCGEN_BASE_URL") or site.text(
        "base_url", f"http://127.0.0.1:{DEFAULT_PORT}"
    )
    templates = environment.get("DOCGEN_TEMPLATES") or site.text("templates")
    if templates and not Path(templates).is_dir():
        raise ConfigurationError(
            "The folder named by [site] templates (or DOCGEN_TEMPLATES) does not exist; correct it "
            "or leave it out to use the templates that come with the product."
        )
    return Settings(
        home=home,
        base_url=_address(base_url),
        trusted_proxies=_networks(site, "trusted_proxies"),
        demo=site.flag("demo", default=False),
        service=site.text("service", "embedded"),
        guide_url=_guide(site.text("guide_url", GUIDE_URL)),
        templates=Path(templates) if templates else None,
        database_url=environment.get("DOCGEN_DATABASE_URL") or database.text("url"),
        mail=_mail(_part(raw, "mail"), home),
        signing_period=timedelta(days=expires_after),
        reminder_period=timedelta(days=remind_after) if remind_after else None,
        timestamp_kind=stamp.text("kind", "local"),
        timestamp_url=stamp.text("url"),
        timestamp_chain=stamp.text("chain"),
        pso=_part(raw, "pso").values or None,
        signing_keys=parse_keys(
            {key: signing.text(key) for key in SIGNING_KEYS},
            home,
            pin=environment.get("DOCGEN_SIGNING_PIN", ""),
        ),
        archive=read_archive(_part(raw, "archive"), home, environment),
        oidc=_oidc(_part(raw, "oidc"), home),
        services=read_services(_part(raw, "services").values, home, environment),
        takeover_after_s=_part(raw, "work").whole(
            "takeover_after_s", TAKEOVER_S, low=LEAST_TAKEOVER_S, most=MOST_TAKEOVER_S
        ),
        watchers=_networks(_part(raw, "watch"), "networks"),
        requests_per_minute=_part(raw, "api").whole(
            "requests_per_minute", REQUESTS_PER_MINUTE, low=0, most=MOST_REQUESTS
        ),
    )


def _home(environment: Mapping[str, str]) -> Path:
    given = environment.get("DOCGEN_HOME")
    if given:
        return Path(given).absolute()
    data = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "docgen"


def _file(path: Path) -> dict[str, object]:
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read; check its permissions.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{path} is not valid TOML: {error}. Correct that place, or restore the file."
        ) from error
    for table, value in raw.items():
        if table not in _KNOWN or not isinstance(value, dict):
            raise ConfigurationError(
                f"{path} has an unknown part [{table}]; known are: {', '.join(_KNOWN)}."
            )
        known = _KNOWN[table]
        unknown = sorted(set(value) - known) if known is not None else []
        if unknown:
            raise ConfigurationError(
                f"{path}: [{table}] has an unknown key {unknown[0]!r}; "
                f"known are: {', '.join(sorted(known or ()))}."
            )
    return raw


def _mail(table: Part, home: Path) -> MailSettings:
    password_file = table.text("password_file")
    password = ""
    if password_file:
        try:
            password = (home / password_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                "The file named by [mail] password_file cannot be read; check its name and "
                "permissions. A relative name is looked for in the home folder."
            ) from error
    returned = table.text("returned")
    return MailSettings(
        kind=table.text("kind", "outbox"),
        sender=table.text("sender", "enrollment@example.org"),
        host=table.text("host", "127.0.0.1"),
        port=table.whole("port", 587, low=1, most=LAST_PORT),
        starttls=table.flag("starttls", default=True),
        user=table.text("user"),
        password=password,
        returned=home / returned if returned else None,
    )


def _oidc(table: Part, home: Path) -> OidcSettings | None:
    """Read the house's own sign-in; a site without the part has none."""
    if not table:
        return None
    read = {key: table.text(key) for key in ("server_url", "client_id", "client_secret_file")}
    missing = [key for key, value in read.items() if not value]
    if missing:
        raise ConfigurationError(
            f"[oidc] lacks {missing[0]}; it needs server_url, client_id and client_secret_file."
        )
    if not read["server_url"].startswith("https://"):
        raise ConfigurationError("[oidc] server_url must begin with https://.")
    try:
        secret = (home / read["client_secret_file"]).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            "The file named by [oidc] client_secret_file cannot be read; check its name and "
            "permissions. A relative name is looked for in the home folder."
        ) from error
    return OidcSettings(
        name=table.text("name", "your organization"),
        server_url=read["server_url"],
        client_id=read["client_id"],
        secret=secret,
    )


def _address(base_url: str) -> str:
    """Check where people reach the site; everything in letters and callbacks begins with it."""
    try:
        url = urlsplit(base_url)
        sound = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        sound, url = False, urlsplit("")
    if not sound or url.query or url.fragment or url.username:
        raise ConfigurationError(
            "[site] base_url (or DOCGEN_BASE_URL) must be an address such as "
            "https://enrollment.example.org, without user, query or fragment."
        )
    return base_url.rstrip("/")


def _guide(url: str) -> str:
    """Check where the Participation Guide is; a link on a public page leads there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or parts.username:
        raise ConfigurationError(
            "[site] guide_url must be an https address, such as https://guide.example.org/current."
        )
    return url


def _networks(part: Part, key: str) -> tuple[Network, ...]:
    """Read a list of addresses and networks."""
    given = part.values.get(key, [])
    texts = [item for item in given if isinstance(item, str)] if isinstance(given, list) else []
    try:
        found = tuple(ip_network(text) for text in texts)
    except ValueError:
        found = ()
    if not isinstance(given, list) or len(found) != len(given):
        raise ConfigurationError(
            f"[{part.name}] {key} must list addresses or networks in quotes, such as "
            '["127.0.0.1", "10.0.8.0/24"].'
        )
    return found


def _part(raw: Mapping[str, object], name: str) -> Part:
    return Part(name, cast("Mapping[str, object]", raw.get(name, {})))
