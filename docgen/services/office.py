"""The office: every port the services draw on, handed in once, and the house rules they follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources.abc import Traversable
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from docgen.domain.history import Activity
from docgen.domain.pso import PsoSettings
from docgen.errors import ConfigurationError
from docgen.ports.archive import ArchiveStore
from docgen.ports.clock import Clock
from docgen.ports.courier import Courier
from docgen.ports.esign import SigningService
from docgen.ports.ids import Ids
from docgen.ports.ledger import Ledger
from docgen.ports.log import CheckpointJournal, CheckpointSigner
from docgen.ports.mailer import Mailer
from docgen.ports.press import Press
from docgen.ports.printer import Printer
from docgen.ports.register import Register
from docgen.ports.returned_mail import ReturnedMail
from docgen.ports.signer import Signer
from docgen.ports.timestamper import TimeStamper
from docgen.ports.traffic import Errand
from docgen.ports.typesetter import Typesetter
from docgen.ports.webhooks import WebhookSender
from docgen.services.answered import Answered
from docgen.services.ceremony.flood import FloodGate
from docgen.services.webhook import enqueue

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """What a site decides once.

    `demo` changes only what may be sent (templates nobody adopted) and is said on every page; keys,
    authorities and mail folder differ by which adapters the composition root chose. To envelopes at
    the services in `invited_by_site` we invite, not the service.
    """

    demo: bool
    base_url: str
    service: str
    link_secret: bytes = field(repr=False)
    callback_secret: bytes = field(repr=False)
    log_origin: str
    product: str
    guide_url: str = ""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    watchers: tuple[IPv4Network | IPv6Network, ...] = ()
    requests_per_minute: int = 0  # of one token of the API; 0 for no limit
    signing_period: timedelta = timedelta(days=30)
    reminder_period: timedelta | None = timedelta(days=7)
    service_roots: tuple[str, ...] = ()
    invited_by_site: frozenset[str] = frozenset()
    lock_period: timedelta = timedelta(days=2192)
    scrub_period: timedelta = timedelta(days=7)
    renewal_period: timedelta = timedelta(days=1826)
    code_period: timedelta = timedelta(minutes=10)
    session_period: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Everything a service needs from outside.

    `work` keeps drafts and files on their way; `archive` keeps what was fully executed. `copies` is
    where checkpoints are kept outside the database, beside the archive; `journal` remembers the
    last one.
    """

    rules: HouseRules
    pso: PsoSettings | None
    ledger: Ledger
    register: Register
    clock: Clock
    ids: Ids
    work: ArchiveStore
    archive: ArchiveStore
    copies: ArchiveStore
    journal: CheckpointJournal
    templates: Traversable
    verifier: Traversable
    typesetter: Typesetter
    press: Press
    printer: Printer
    signer: Signer
    stamper: TimeStamper
    checkpoint_signer: CheckpointSigner
    mailer: Mailer
    courier: Courier
    returned_mail: ReturnedMail | None = None
    webhook_sender: WebhookSender | None = None
    services: Mapping[str, SigningService] = field(default_factory=dict)
    floodgate: FloodGate = field(default_factory=FloodGate)
    answered: Answered = field(default_factory=Answered)

    @property
    def pso_settings(self) -> PsoSettings:
        """Give the PSO's settings.

        Raises:
            ConfigurationError: the site has not said who its PSO is.
        """
        if self.pso is None:
            raise ConfigurationError(
                "The PSO is not configured: nothing can be generated until the [pso] part of "
                "settings.toml names it. `docgen init` writes a commented example."
            )
        return self.pso

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the PSO counts days; UTC while nobody has said who that is."""
        return self.pso.zone if self.pso else ZoneInfo("UTC")

    def day_of(self, moment: datetime) -> date:
        """Give the day it is at this moment where the PSO is."""
        return moment.astimezone(self.zone).date()

    def today(self) -> date:
        """Give the day it is where the PSO is."""
        return self.day_of(self.clock.now())

    def service(self, key: str) -> SigningService:
        """Give a configured signing service.

        Raises:
            ConfigurationError: no service of this name is configured.
        """
        if key not in self.services:
            known = ", ".join(sorted(self.services)) or "none"
            raise ConfigurationError(
                f"The signing service {key!r} is not configured here; configured: {known}."
            )
        return self.services[key]

    def note(self, subject: str, kind: str, actor: str, **details: object) -> Activity:
        """Write one activity into the history, inside the current transaction.

        Whoever is told of its kind by callback is told of it once the transaction commits.
        """
        activity = Activity(
            seq=0,
            position=0,
            at=self.clock.now(),
            subject=subject,
            kind=kind,
            actor=actor,
            details=details,
            salt=self.ids.salt(),
        )
        noted = self.ledger.history.append(activity)
        enqueue(self, noted)
        return noted

    def ask(self, key: str, kind: str, *, at: datetime | None = None, **payload: object) -> None:
        """Ask for an errand once, inside the current transaction."""
        due_at = at or self.clock.now()
        errand = Errand(key=key, kind=kind, payload=payload, due_at=due_at)
        self.ledger.errands.add(errand, wake=at is None)
