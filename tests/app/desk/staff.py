"""Our own people at their desks, without a browser: Django's test client, signed in by role.

Fixture `desk` (tests/app/conftest.py, so known everywhere under tests/app):

    def test_a_coordinator_sees_it(desk: Desk) -> None:
        page = desk.as_("coordinator").get("/desk/people")

- `desk.as_(role)`: a signed-in client. Keys are the role's value (`coordinator`, `legal_approver`,
  `pso_countersigner`, `auditor`, `administrator`), `everything` for somebody with all roles, and
  "" for nobody. `fresh=False` makes `again_first` ask again; `csrf=True` enforces form tokens.
- `desk.send(client, address, **fields)`: opens the page, takes its `once` token along, sends the form.
- `desk.enrollment`: one sample enrollment, stored. `desk.packet()`: its contracting packet, draft
  (generated once a run, then stored again); `desk.packet(PacketState.SENT)` stores it in that state
  without sending anything.
- `desk.office`, `desk.mailer.sent`, `desk.clock` (stands at noon; `desk.clock.advance(...)`).
- `desk.history("user:ada")`: the kinds of activities. `desk.code_of(email)`: the newest mailed code.
- `desk.queries(client, address)`: how many database queries a page takes; assert it.

The people's sessions are made directly; `desk.sign_in(key)` goes through the pages and the mail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docgen.domain.packet import PacketKind, PacketState
from docgen.domain.person import Person, Role
from docgen.services.enroll import enroll
from docgen.services.generate import generate
from docgen.services.sweep import run_due
from integrations.mail.fake import FakeMailer
from integrations.sign.fake import FakeSigner
from tests.unit.services.walk import form

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from docgen.domain.packet import Packet
    from docgen.ports.ledger import EnrollmentVersion
    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

EVERYTHING = "everything"
CODE = re.compile(r"code is (\S+)")
ONCE = re.compile(r'name="once" value="([^"]+)"')
ROLES = {role.value: frozenset({role}) for role in Role}
NAMES = {
    "coordinator": "Casey Coordinator",
    "legal_approver": "Lee Counsel",
    "pso_countersigner": "Pat Countersigner",
    "auditor": "Avery Auditor",
    "administrator": "Adrian Administrator",
    EVERYTHING: "Every Role",
}


@dataclass(kw_only=True)
class Desk:
    """One office with a person for each role, its letters, and a clock to move on."""

    office: Office
    mailer: FakeMailer
    clock: StandingClock
    enrollment: EnrollmentVersion
    generated: list[Packet]

    @classmethod
    def of(cls, office: Office, clock: StandingClock, generated: list[Packet]) -> Desk:
        """Open the desk on an empty database."""
        from django.core.cache import cache

        cache.clear()  # counts of tries
        mailer = FakeMailer()
        ready = replace(office, mailer=mailer, signer=FakeSigner())
        with ready.ledger.transaction():
            for key, roles in {**ROLES, EVERYTHING: frozenset(Role)}.items():
                ready.ledger.people.put(
                    Person(key=key, name=NAMES[key], email=f"{key}@example.org", roles=roles)
                )
            enrolled = enroll(ready, form(), draft=False, actor="user:coordinator")
        return cls(
            office=ready,
            mailer=mailer,
            clock=clock,
            enrollment=enrolled.version,
            generated=generated,
        )

    def client(self, *, csrf: bool = False, secure: bool = False) -> Client:
        """Give a client that nobody signed in to."""
        from django.test import Client

        return Client(
            enforce_csrf_checks=csrf,
            raise_request_exception=False,
            **{"docgen.office": self.office, "wsgi.url_scheme": "https" if secure else "http"},
        )

    def as_(self, key: str, *, fresh: bool = True, csrf: bool = False) -> Client:
        """Give a client that this person is signed in to."""
        client = self.client(csrf=csrf)
        if key:
            client.cookies["desk"] = self.session(key, fresh=fresh)
        return client

    def session(self, key: str, *, fresh: bool = True) -> str:
        """Open a session for this person; give its cookie."""
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        from docgen.db.models import Account

        account = Account.objects.get(key=key)
        store = SessionStore()
        store[SESSION_KEY] = str(account.pk)
        store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        store[HASH_SESSION_KEY] = account.get_session_auth_hash()
        if fresh:
            store["shown"] = self.clock.now().isoformat()
        store.save()
        return str(store.session_key)

    def sign_in(self, key: str, client: Client | None = None) -> Client:
        """Sign in through the pages, with the code from the letter."""
        browser = client or self.client()
        email = f"{key}@example.org"
        browser.post("/account/sign-in", {"email": email})
        browser.post("/account/sign-in/code", {"code": self.code_of(email)})
        return browser

    def code_of(self, email: str) -> str:
        """Give the newest code mailed to this address."""
        run_due(self.office)
        letters = [item.text for item in self.mailer.sent if item.to_address == email]
        found = CODE.search(letters[-1])
        assert found is not None
        return found.group(1)

    def send(
        self, client: Client, address: str, *, page: str = "", **fields: object
    ) -> HttpResponse:
        """Open the page that holds a form, then send the form with its `once` token."""
        found = ONCE.search(client.get(page or address).content.decode())
        return client.post(address, {**fields, **({"once": found.group(1)} if found else {})})

    def packet(self, state: PacketState = PacketState.DRAFT) -> Packet:
        """Store the sample packet in this state; nothing is sent."""
        if not self.generated:
            actor, kind = "user:coordinator", PacketKind.CONTRACTING
            self.generated += generate(self.office, self.enrollment.enrollment_id, kind, actor)
            self.office.ledger.packets.save(replace(self.generated[0], state=state))
        else:
            # Made now, wherever the clock stood of the test that had it generated.
            made = replace(self.generated[0], state=state, created_at=self.clock.now())
            self.office.ledger.packets.add(made)
        return self.office.ledger.packets.get(self.generated[0].id)

    def history(self, subject: str) -> list[str]:
        """List the kinds of everything that happened to a subject."""
        return [item.kind for item in self.office.ledger.history.of(subject)]

    def queries(self, client: Client, address: str) -> int:
        """Count the database queries of one page, after it was opened once."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)
