"""One application per process: the office with every adapter in place, and its background sweep."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, cast

from docgen import __version__
from docgen.bootstrap.adapter import adapter, installed
from docgen.bootstrap.authority import missing_authority, open_authority, stamping_authority
from docgen.bootstrap.framework import configure_django
from docgen.bootstrap.keyring import HomeKeyRing
from docgen.bootstrap.keys import (
    CALLBACK,
    KEYS,
    LINK,
    LOG_KEY,
    SITE,
    missing_keys,
    one_at_a_time,
    refuse_lost_keys,
    secret_file,
)
from docgen.bootstrap.latent_signer import LatentSigner
from docgen.domain.pso import parse_pso
from docgen.domain.retention import LOCK_SLACK
from docgen.domain.signing import service_name
from docgen.errors import ConfigurationError
from docgen.ports.clock import Clock
from docgen.ports.keyring import KeyRing
from docgen.ports.press import Press
from docgen.ports.printer import Printer
from docgen.ports.typesetter import Typesetter
from docgen.resources import contract_templates, fonts_dir, stand_alone_verifier
from docgen.services.ceremony.desk import Desk
from docgen.services.ceremony.flood import FloodGate
from docgen.services.copied import CopiedArchive
from docgen.services.office import HouseRules, Office
from docgen.services.press import PressHere
from docgen.settings import Settings, read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.ports.archive import ArchivePlace, ArchiveStore
    from docgen.ports.esign import SigningService
    from docgen.ports.flood import FloodCounts
    from docgen.ports.log import CheckpointJournal, CheckpointSigner
    from docgen.ports.mailer import Mailer
    from docgen.ports.returned_mail import ReturnedMail
    from docgen.ports.signer import Signer
    from docgen.ports.timestamper import TimeStamper
    from docgen.ports.webhooks import WebhookSender


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What web and command line work with."""

    settings: Settings
    office: Office
    keys: KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What looking at the agreements' texts needs: no home folder, no keys, no database."""

    templates: Traversable
    typesetter: Typesetter
    press: Press
    printer: Printer
    clock: Clock


def workshop(settings: Settings) -> Workshop:
    """Open the workshop; this creates nothing."""
    typesetter = adapter("docgen.typesetter", "typst")(fonts_dir())
    return Workshop(
        templates=settings.templates or contract_templates(),
        typesetter=typesetter,
        press=PressHere(typesetter),
        printer=adapter("docgen.printer", "weasyprint")(fonts_dir()),
        clock=adapter("docgen.clock", "system")(),
    )


@cache
def application() -> Application:
    """Build this process's application from the environment, once."""
    return build(read_settings(os.environ))


def reopen() -> None:
    """Build it anew from the settings as they stand; whoever asks from then on gets that one.

    Raises:
        ConfigurationError: they are wrong, and the one that was there goes on.
    """
    build(read_settings(os.environ))
    application.cache_clear()
    application()


def build(settings: Settings) -> Application:
    """Put every adapter in place, create the home folder and bring the database up to date.

    Raises:
        ConfigurationError: a setting is missing or wrong, or the home folder cannot be written.
    """
    _make_home(settings.home)
    with one_at_a_time(settings.home):
        return _build(settings)


def _build(settings: Settings) -> Application:
    missing = (*missing_keys(settings.home), *missing_authority(settings))
    configure_django(settings, secret_file(settings.home, SITE).hex())
    from docgen.db.ledger import DatabaseLedger
    from docgen.db.register import DatabaseRegister
    from docgen.db.upgrade import upgrade

    upgrade()
    pso = parse_pso(settings.pso) if settings.pso else None
    ledger = DatabaseLedger(pso.time_zone if pso else "UTC")
    home, shop = settings.home, workshop(settings)
    journal = adapter("docgen.log", "ed25519").journal(home / "checkpoints" / "journal.jsonl")
    if not ledger.history.size():
        _refuse_lost_database(journal)
    elif missing:
        refuse_lost_keys(home, missing)
    clock, ids = shop.clock, adapter("docgen.ids", "system")()
    store = adapter("docgen.archive", "filesystem")
    archive = _archive(settings, clock)
    secret = secret_file(home, CALLBACK)
    authority = open_authority(settings, at=clock.now())
    stamper, stamp_evidence = _time_stamps(settings, authority, clock)
    checkpoint_signer = _checkpoint_signer(settings)
    register = DatabaseRegister(ledger.projection)
    register.keep_up()
    office = Office(
        rules=HouseRules(
            demo=settings.demo,
            base_url=settings.base_url,
            service=settings.service,
            link_secret=secret_file(home, LINK),
            callback_secret=secret,
            log_origin=checkpoint_signer.vkey.name,
            product=f"docgen-pipeline {__version__}",
            guide_url=settings.guide_url,
            trusted_proxies=settings.trusted_proxies,
            watchers=settings.watchers,
            requests_per_minute=settings.requests_per_minute,
            signing_period=settings.signing_period,
            reminder_period=settings.reminder_period,
            lock_period=settings.archive.lock,
            scrub_period=settings.archive.scrub_every,
            renewal_period=settings.archive.renew_after,
            service_roots=tuple(root for one in settings.services for root in one.seal_roots),
            invited_by_site=frozenset(one.service for one in settings.services if one.site_invites),
        ),
        pso=pso,
        ledger=ledger,
        register=register,
        clock=clock,
        ids=ids,
        work=store(home / "work"),
        archive=archive,
        copies=store(home / "checkpoints"),
        journal=journal,
        templates=shop.templates,
        verifier=stand_alone_verifier(),
        typesetter=shop.typesetter,
        press=shop.press,
        printer=shop.printer,
        signer=LatentSigner(
            lambda: cast(
                "Signer",
                adapter("docgen.signer", "pades")(
                    authority, stamper, fonts_dir(), stamp_evidence=stamp_evidence
                ),
            )
        ),
        stamper=stamper,
        checkpoint_signer=checkpoint_signer,
        mailer=_mailer(settings),
        returned_mail=_returned_mail(settings),
        courier=adapter("docgen.courier", "http")(),
        webhook_sender=_webhook_sender(settings),
        floodgate=FloodGate(_shared_counts(settings)),
    )
    embedded = adapter("docgen.esign", "embedded")(Desk(office), [secret])
    services = {embedded.key: embedded} | outside_services(settings, clock)
    if settings.service not in services:
        known = ", ".join(sorted(services))
        raise ConfigurationError(
            f"[site] service names {settings.service!r}, for which there is no part [services."
            f"{settings.service}]; configured: {known}."
        )
    keys = HomeKeyRing(
        log=adapter("docgen.log", "ed25519"),
        log_path=home / KEYS / LOG_KEY,
        origin=checkpoint_signer.vkey.name,
        authority=authority,
    )
    return Application(settings=settings, office=replace(office, services=services), keys=keys)


def _archive(settings: Settings, clock: Clock) -> ArchiveStore:
    """Open the archive, and its second copy where there is one."""

    def at(place: ArchivePlace) -> ArchiveStore:
        lock = settings.archive.lock + LOCK_SLACK
        opened = adapter("docgen.archive", place.kind).at(place, now=clock.now, lock=lock)
        return cast("ArchiveStore", opened)

    first, copy = at(settings.archive.place), settings.archive.copy
    return first if copy is None else CopiedArchive(first, at(copy))


def outside_services(settings: Settings, clock: Clock) -> dict[str, SigningService]:
    """Connect each outside signing service that the settings name.

    Raises:
        ConfigurationError: a setting is wrong, or asks for what the service does not offer.
    """
    services = {
        account.service: adapter("docgen.esign", account.service).open(
            account,
            now=clock.now,
            callback_url=f"{settings.base_url}/callbacks/{account.service}",
            loopback=settings.demo,
        )
        for account in settings.services
    }
    for account in settings.services:
        if account.site_invites and not services[account.service].capabilities.signing_link:
            raise ConfigurationError(
                f'[services.{account.service}] invites cannot be "site": '
                f"{service_name(account.service)} gives no address that a person could open, so it "
                "invites by its own letters alone. Leave the setting out."
            )
    return services


def _make_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            "The folder named by DOCGEN_HOME cannot be made; choose one that can be written."
        ) from error


def _mailer(settings: Settings) -> Mailer:
    mail = settings.mail
    make = adapter("docgen.mailer", mail.kind)
    if mail.kind == "outbox":
        return cast("Mailer", make(settings.home / "mail", mail.sender))
    return cast("Mailer", make.at(mail))


def _webhook_sender(settings: Settings) -> WebhookSender | None:
    """Give what posts callbacks; None where the installation's list of parts is an older one."""
    if not installed("docgen.webhook"):
        return None
    return cast("WebhookSender", adapter("docgen.webhook", "http")(loopback=settings.demo))


def _shared_counts(settings: Settings) -> FloodCounts | None:
    """Give the counts that several web processes share; None where one process serves."""
    if not settings.database_url:
        return None
    from docgen.db.flood import DatabaseFloodCounts

    return DatabaseFloodCounts(secret_file(settings.home, "link"))


def _returned_mail(settings: Settings) -> ReturnedMail | None:
    folder = settings.mail.returned
    if folder is None:
        return None
    return cast("ReturnedMail", adapter("docgen.returned_mail", "maildir")(folder))


def _time_stamps(settings: Settings, authority: Any, clock: Clock) -> tuple[TimeStamper, Any]:
    """Give what stamps, and what speaks for its certificates when signatures are judged in years.

    Raises:
        ConfigurationError: a foreign authority's chain of certificates is not given.
    """
    make = adapter("docgen.timestamper", settings.timestamp_kind)
    if settings.timestamp_kind == "local":
        own = stamping_authority(settings, authority, at=clock.now())
        return cast("TimeStamper", make(own.stamping, clock)), own
    try:
        chain = (settings.home / settings.timestamp_chain).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            "[timestamp] chain must name a PEM file, in the home folder, with the certificates of "
            "the time stamping authority, the root first."
        ) from error
    evidence = adapter("docgen.evidence", "published")(chain)
    return cast("TimeStamper", make(settings.timestamp_url)), evidence


def _refuse_lost_database(journal: CheckpointJournal) -> None:
    """Refuse an empty database where a history was signed, before another history begins in it.

    Raises:
        ConfigurationError: the journal of checkpoints names one.
    """
    signed = journal.last()
    if signed is not None and signed.size:
        raise ConfigurationError(
            f"The database is empty, but this site signed a history of {signed.size} activities: "
            "its database was lost. Restore it from the back-up; nothing new is begun in its place."
        )


def _checkpoint_signer(settings: Settings) -> CheckpointSigner:
    """Open the log's key, making it the first time; its name is this site's own."""
    path = settings.home / KEYS / LOG_KEY
    make = adapter("docgen.log", "ed25519")
    origin = f"docgen.log/{secret_file(settings.home, SITE)[:6].hex()}"
    signer = make.load(path, origin) if path.exists() else make.create(path, origin)
    return cast("CheckpointSigner", signer)
