"""One application per process: the office with every adapter in place, and its background sweep."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import entry_points
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, cast

from docgen import __version__
from docgen.bootstrap.framework import configure_django
from docgen.bootstrap.keys import one_at_a_time, secret_file
from docgen.domain.pso import parse_pso
from docgen.errors import ConfigurationError
from docgen.ports.typesetter import Typesetter
from docgen.resources import contract_templates, fonts_dir, stand_alone_verifier
from docgen.services.ceremony.desk import Desk
from docgen.services.office import HouseRules, Office
from docgen.settings import Settings, read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.ports.clock import Clock
    from docgen.ports.log import CheckpointSigner
    from docgen.ports.mailer import Mailer
    from docgen.ports.returned_mail import ReturnedMail
    from docgen.ports.timestamper import TimeStamper


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What web and command line work with."""

    settings: Settings
    office: Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What looking at the agreements' texts needs: no home folder, no keys, no database."""

    templates: Traversable
    typesetter: Typesetter


def workshop(settings: Settings) -> Workshop:
    """Open the workshop; this creates nothing."""
    return Workshop(
        templates=settings.templates or contract_templates(),
        typesetter=_adapter("docgen.typesetter", "typst")(fonts_dir()),
    )


@cache
def application() -> Application:
    """Build this process's application from the environment, once."""
    return build(read_settings(os.environ))


def build(settings: Settings) -> Application:
    """Put every adapter in place, create the home folder and bring the database up to date.

    Raises:
        ConfigurationError: a setting is missing or wrong, or the home folder cannot be written.
    """
    _make_home(settings.home)
    with one_at_a_time(settings.home):
        return _build(settings)


def _build(settings: Settings) -> Application:
    configure_django(settings, secret_file(settings.home, "site").hex())
    from docgen.db.ledger import DatabaseLedger
    from docgen.db.register import DatabaseRegister
    from docgen.db.upgrade import upgrade

    upgrade()
    home, shop = settings.home, workshop(settings)
    clock, ids = _adapter("docgen.clock", "system")(), _adapter("docgen.ids", "system")()
    store = _adapter("docgen.archive", "filesystem")
    secret = secret_file(home, "callback")
    authority = _adapter("docgen.authority", "local").open_or_create(
        home / "authority", at=clock.now()
    )
    stamper = _stamper(settings, authority, clock)
    checkpoint_signer = _checkpoint_signer(settings)
    pso = parse_pso(settings.pso) if settings.pso else None
    ledger = DatabaseLedger(pso.time_zone if pso else "UTC")
    register = DatabaseRegister(ledger.projection)
    register.keep_up()
    office = Office(
        rules=HouseRules(
            demo=settings.demo,
            base_url=settings.base_url,
            service=settings.service,
            link_secret=secret_file(home, "link"),
            callback_secret=secret,
            log_origin=checkpoint_signer.vkey.name,
            product=f"docgen-pipeline {__version__}",
            trusted_proxies=settings.trusted_proxies,
            signing_period=settings.signing_period,
            reminder_period=settings.reminder_period,
        ),
        pso=pso,
        ledger=ledger,
        register=register,
        clock=clock,
        ids=ids,
        work=store(home / "work"),
        archive=store(home / "archive"),
        copies=store(home / "checkpoints"),
        templates=shop.templates,
        verifier=stand_alone_verifier(),
        typesetter=shop.typesetter,
        printer=_adapter("docgen.printer", "weasyprint")(fonts_dir()),
        signer=_adapter("docgen.signer", "pades")(
            authority,
            stamper,
            fonts_dir(),
            stamp_evidence=_stamp_evidence(settings, authority),
        ),
        stamper=stamper,
        checkpoint_signer=checkpoint_signer,
        mailer=_mailer(settings),
        returned_mail=_returned_mail(settings),
        courier=_adapter("docgen.courier", "http")(),
    )
    embedded = _adapter("docgen.esign", "embedded")(Desk(office), [secret])
    return Application(settings=settings, office=replace(office, services={embedded.key: embedded}))


def _make_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            "The folder named by DOCGEN_HOME cannot be made; choose one that can be written."
        ) from error


def _adapter(group: str, key: str) -> Any:
    """Load an adapter by its entry point.

    Raises:
        ConfigurationError: no such adapter is installed.
    """
    found = {entry.name: entry for entry in entry_points(group=group)}
    if key not in found:
        known = ", ".join(sorted(found)) or "none"
        raise ConfigurationError(f"No {group} adapter {key!r} is installed; installed: {known}.")
    try:
        return found[key].load()
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"The {group} adapter {key!r} is installed but cannot be loaded: its package is "
            "damaged, or another one stands in its place. `docgen check` says which; install again."
        ) from error


def _mailer(settings: Settings) -> Mailer:
    mail = settings.mail
    make = _adapter("docgen.mailer", mail.kind)
    if mail.kind == "outbox":
        return cast("Mailer", make(settings.home / "mail", mail.sender))
    return cast("Mailer", make.at(mail))


def _returned_mail(settings: Settings) -> ReturnedMail | None:
    folder = settings.mail.returned
    if folder is None:
        return None
    return cast("ReturnedMail", _adapter("docgen.returned_mail", "maildir")(folder))


def _stamp_evidence(settings: Settings, authority: Any) -> Any:
    """Give what speaks for the time stamps' certificates when signatures are judged in years.

    Raises:
        ConfigurationError: a foreign authority's chain of certificates is not given.
    """
    if settings.timestamp_kind == "local":
        return authority
    try:
        chain = (settings.home / settings.timestamp_chain).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            "[timestamp] chain must name a PEM file, in the home folder, with the certificates of "
            "the time stamping authority, the root first."
        ) from error
    return _adapter("docgen.evidence", "published")(chain)


def _stamper(settings: Settings, authority: Any, clock: Clock) -> TimeStamper:
    make = _adapter("docgen.timestamper", settings.timestamp_kind)
    if settings.timestamp_kind == "local":
        return cast("TimeStamper", make(authority.stamping, clock))
    return cast("TimeStamper", make(settings.timestamp_url))


def _checkpoint_signer(settings: Settings) -> CheckpointSigner:
    """Open the log's key, making it the first time; its name is this site's own."""
    path = settings.home / "keys" / "log.pem"
    make = _adapter("docgen.log", "ed25519")
    origin = f"docgen.log/{secret_file(settings.home, 'site')[:6].hex()}"
    signer = make.load(path, origin) if path.exists() else make.create(path, origin)
    return cast("CheckpointSigner", signer)
