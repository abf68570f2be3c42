"""Who may open which page: one table, denying whatever it does not name.

Each route has a line. Roles say which of our people may come in; the other audiences are:
PUBLIC needs nobody, SIGNER a signing session (checked by the view, which knows the packet),
SIGNED_IN any of our people, and WATCHER an address of this machine or of a listed network. A line
with words in `menu` is also an entry of the navigation, in the order of the table. The middleware
`Access` answers from this table alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from docgen.domain.person import ARCHIVE_READERS, Role
from docgen.services.disposal import DISPOSERS
from docgen.services.hold import HOLDERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.person import Person


class Audience(Enum):
    """Who comes in without a role."""

    PUBLIC = "public"
    SIGNER = "signer"
    SIGNED_IN = "signed in"
    WATCHER = "watcher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the table; `under` names the menu entry that lights up for a page without one.

    A page that `keeps` shows again what was typed when the session had ended meanwhile. A route
    `by_token` belongs to the API: a session opens nothing there. Where fewer people may send than
    may read, `sends` names them.
    """

    who: Audience | frozenset[Role]
    menu: str = ""
    under: str = ""
    keeps: bool = False
    by_token: bool = False
    sends: frozenset[Role] = frozenset()

    def admits(self, person: Person | None) -> bool:
        """Say whether this person, or nobody, may come in."""
        if isinstance(self.who, frozenset):
            return person is not None and bool(self.who & person.roles)
        return self.who is not Audience.SIGNED_IN or person is not None


def _open(who: Audience) -> Rule:
    return Rule(who=who)


def _for(*roles: Role, menu: str = "", under: str = "") -> Rule:
    return Rule(who=frozenset(roles), menu=menu, under=under)


def _keeping(*roles: Role, under: str) -> Rule:
    return Rule(who=frozenset(roles), under=under, keeps=True)


def _api(*roles: Role, sends: Role | None = None) -> Rule:
    sending = frozenset({sends} if sends else ())
    return Rule(who=frozenset(roles), by_token=True, sends=sending)


PUBLIC, SIGNER, SIGNED_IN, WATCHER = map(_open, Audience)

# Whose work needs the records; an administrator's does not.
READERS = (Role.COORDINATOR, Role.LEGAL_APPROVER, Role.PSO_COUNTERSIGNER, Role.AUDITOR)

ROUTES: Mapping[str, Rule] = {
    # What anybody may fetch.
    "asset": PUBLIC,
    "callback": PUBLIC,  # believed by its signature
    "health": PUBLIC,
    "healthz": PUBLIC,
    # For programs that watch the site.
    "readyz": WATCHER,
    "metrics": WATCHER,
    "setup": PUBLIC,  # opens once, by an address from the terminal
    # The signing pages.
    "arrive": SIGNER,
    "welcome": SIGNER,
    "code": SIGNER,
    "not-me": SIGNER,
    "next": SIGNER,
    "consent": SIGNER,
    "read": SIGNER,
    "document": SIGNER,
    "sign": SIGNER,
    "decline": SIGNER,
    "paper": SIGNER,
    "outside": SIGNER,
    "back": SIGNER,
    "done": SIGNER,
    "copy": SIGNER,
    # The executed copies: a mailed code lets in whom the practice's form names; the view asks.
    "executed": PUBLIC,
    "executed-set": PUBLIC,
    "executed-file": PUBLIC,
    "executed-pages": PUBLIC,
    # A practice's own form: a mailed link and a code let in whom we invited; the views ask.
    "start": PUBLIC,
    "start-sample": PUBLIC,
    "start-blank": PUBLIC,
    "practice-link": PUBLIC,
    "practice": PUBLIC,
    "practice-form": PUBLIC,
    "practice-form-section": PUBLIC,
    "practice-form-item": PUBLIC,
    # Signing in.
    "account_login": PUBLIC,
    "account_request_login_code": PUBLIC,
    "account_confirm_login_code": PUBLIC,
    "account_inactive": PUBLIC,
    "account_logout": PUBLIC,
    "mfa_authenticate": PUBLIC,
    "mfa_login_webauthn": PUBLIC,
    "openid_connect_login": PUBLIC,
    "openid_connect_callback": PUBLIC,
    # One's own account.
    "mfa_index": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    # The desk. Order here is the order of the menu.
    "root": SIGNED_IN,
    "desk:home": Rule(who=Audience.SIGNED_IN, menu="Home"),
    "desk:board": _for(*READERS, menu="Board"),
    "desk:enrollments": _for(*READERS, menu="Enrollments"),
    "desk:enrollments-act": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment": _for(*READERS, under="desk:enrollments"),
    "desk:enrollment-history": _for(*READERS, under="desk:enrollments"),
    "desk:enrollment-generate": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment-tick": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment-new": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment-form": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment-form-section": _keeping(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment-form-item": _keeping(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment-versions": _for(*READERS, under="desk:enrollments"),
    "desk:enrollments-upload": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollments-uploaded": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollments-blank": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment-guests": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment-guest-withdraw": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment-upload": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment-blank": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:enrollment-sources": _for(*READERS, under="desk:enrollments"),
    "desk:enrollment-source-file": _for(*READERS, under="desk:enrollments"),
    "desk:enrollment-source": _for(Role.COORDINATOR, under="desk:enrollments"),
    "desk:packets": _for(*READERS, menu="Packets"),
    "desk:packets-act": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:packet": _for(*READERS, under="desk:packets"),
    "desk:packet-history": _for(*READERS, under="desk:packets"),
    "desk:packet-document": _for(*READERS, under="desk:packets"),
    "desk:packet-file": _for(*READERS, under="desk:packets"),
    "desk:packet-approve": _for(Role.COORDINATOR, Role.LEGAL_APPROVER, under="desk:packets"),
    "desk:packet-send": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:packet-remind": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:packet-take-back": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:packet-reassign": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:packet-asked": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:packet-code": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:packet-review": _for(*READERS, under="desk:packets"),
    "desk:packet-draft": _for(*READERS, under="desk:packets"),
    "desk:packet-returned": _for(*READERS, under="desk:packets"),
    "desk:packet-proposals": _for(*READERS, under="desk:packets"),
    "desk:packet-release": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:packet-return": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:packet-agree": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:packet-paper": _for(*READERS, under="desk:packets"),
    "desk:packet-scan": _for(*READERS, under="desk:packets"),
    "desk:packet-paper-in": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:packet-end": _for(Role.COORDINATOR, under="desk:packets"),
    "desk:countersign": _for(Role.PSO_COUNTERSIGNER, Role.COORDINATOR, menu="To countersign"),
    "desk:countersign-take-over": _for(Role.PSO_COUNTERSIGNER, under="desk:countersign"),
    "desk:stand-ins": _for(
        Role.PSO_COUNTERSIGNER, Role.COORDINATOR, Role.ADMINISTRATOR, menu="Stand-ins"
    ),
    "desk:stand-in-end": _for(Role.PSO_COUNTERSIGNER, Role.ADMINISTRATOR, under="desk:stand-ins"),
    "desk:countersign-packet": _for(Role.PSO_COUNTERSIGNER, under="desk:countersign"),
    "desk:countersign-read": _for(Role.PSO_COUNTERSIGNER, under="desk:countersign"),
    "desk:countersign-file": _for(Role.PSO_COUNTERSIGNER, under="desk:countersign"),
    "desk:batch": _for(Role.COORDINATOR),
    "desk:archive": _for(*ARCHIVE_READERS, menu="Archive"),
    "desk:archive-export": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-export-asked": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-export-file": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-contracts": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-register": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-record": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-file": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-read": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-verify": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-disclosure": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-hold": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-hold-place": _for(*HOLDERS, under="desk:archive"),
    "desk:archive-hold-propose": _for(*HOLDERS, under="desk:archive"),
    "desk:archive-hold-lift": _for(*HOLDERS, under="desk:archive"),
    "desk:archive-disposal": _for(*ARCHIVE_READERS, under="desk:archive"),
    "desk:archive-disposal-propose": _for(*DISPOSERS, under="desk:archive"),
    "desk:archive-disposal-withdraw": _for(*DISPOSERS, under="desk:archive"),
    "desk:archive-disposal-confirm": _for(*DISPOSERS, under="desk:archive"),
    "desk:templates": _for(*READERS, Role.ADMINISTRATOR, menu="Templates"),
    "desk:template": _for(*READERS, Role.ADMINISTRATOR, under="desk:templates"),
    "desk:template-compare": _for(*READERS, Role.ADMINISTRATOR, under="desk:templates"),
    "desk:template-practices": _for(*READERS, under="desk:templates"),
    "desk:template-adopt": _for(Role.LEGAL_APPROVER, under="desk:templates"),
    "desk:people": _for(Role.ADMINISTRATOR, menu="People"),
    "desk:person-add": _for(Role.ADMINISTRATOR, under="desk:people"),
    "desk:person": _for(Role.ADMINISTRATOR, under="desk:people"),
    "desk:person-active": _for(Role.ADMINISTRATOR, under="desk:people"),
    "desk:settings": _for(Role.ADMINISTRATOR, menu="Settings"),
    "desk:settings-days": _for(Role.ADMINISTRATOR, under="desk:settings"),
    "desk:settings-pso": _for(Role.ADMINISTRATOR, under="desk:settings"),
    "desk:settings-try": _for(Role.ADMINISTRATOR, under="desk:settings"),
    "desk:webhooks": _for(Role.ADMINISTRATOR, under="desk:settings"),
    "desk:webhook-add": _for(Role.ADMINISTRATOR, under="desk:settings"),
    "desk:webhook": _for(Role.ADMINISTRATOR, under="desk:settings"),
    "desk:webhook-secret": _for(Role.ADMINISTRATOR, under="desk:settings"),
    "desk:webhook-try": _for(Role.ADMINISTRATOR, under="desk:settings"),
    "desk:webhook-switch": _for(Role.ADMINISTRATOR, under="desk:settings"),
    "desk:webhook-message": _for(Role.ADMINISTRATOR, under="desk:settings"),
    "desk:tokens": SIGNED_IN,  # linked from one's own account
    "desk:token-issue": SIGNED_IN,
    "desk:token-revoke": SIGNED_IN,
    # The API. Its description holds nothing of anybody's.
    "api:openapi-json": PUBLIC,
    "api:api-root": PUBLIC,
    "api:me": _api(*Role),
    "api:services": _api(*Role),
    "api:templates": _api(*Role),
    "api:template-coverage": _api(*Role),
    "api:template-version": _api(*Role),
    "api:template-differences": _api(*Role),
    "api:template-practices": _api(*READERS),
    "api:board": _api(*READERS),
    "api:stand-ins": _api(Role.PSO_COUNTERSIGNER, Role.COORDINATOR, Role.ADMINISTRATOR),
    "api:form": _api(Role.COORDINATOR),
    "api:enrollment-form": _api(Role.COORDINATOR),
    "api:enrollments": _api(*READERS, sends=Role.COORDINATOR),
    "api:enrollment": _api(*READERS),
    "api:enrollment-versions": _api(*READERS, sends=Role.COORDINATOR),
    "api:enrollment-version": _api(*READERS),
    "api:enrollment-packets": _api(Role.COORDINATOR),
    "api:enrollment-history": _api(*READERS),
    "api:enrollment-task": _api(Role.COORDINATOR),
    "api:enrollment-differences": _api(*READERS),
    "api:enrollment-invitations": _api(Role.COORDINATOR),
    "api:enrollment-invitation-withdraw": _api(Role.COORDINATOR),
    "api:enrollment-sources": _api(*READERS),
    "api:enrollment-source-file": _api(*READERS),
    "api:enrollment-source-on-file": _api(Role.COORDINATOR),
    "api:enrollment-source-leave-out": _api(Role.COORDINATOR),
    "api:enrollment-source-ours": _api(Role.COORDINATOR),
    "api:batches": _api(Role.COORDINATOR),
    "api:batch": _api(Role.COORDINATOR),
    "api:packets": _api(*READERS),
    "api:packet": _api(*READERS),
    "api:packet-document": _api(*READERS),
    "api:packet-changes": _api(*READERS),
    "api:packet-review": _api(*READERS),
    "api:packet-draft": _api(*READERS),
    "api:packet-return": _api(Role.COORDINATOR),
    "api:packet-returned": _api(*READERS),
    "api:packet-proposals": _api(*READERS),
    "api:packet-scan": _api(*READERS),
    "api:packet-requests": _api(Role.COORDINATOR),
    "api:packet-request-confirm": _api(Role.COORDINATOR),
    "api:packet-request-refuse": _api(Role.COORDINATOR),
    "api:packet-bundle": _api(*ARCHIVE_READERS),
    "api:packet-approve": _api(Role.COORDINATOR, Role.LEGAL_APPROVER),
    "api:packet-send": _api(Role.COORDINATOR),
    "api:packet-remind": _api(Role.COORDINATOR),
    "api:packet-void": _api(Role.COORDINATOR),
    "api:packet-reassign": _api(Role.COORDINATOR),
    "api:packet-release": _api(Role.COORDINATOR),
    "api:packet-agree": _api(Role.COORDINATOR),
    "api:packet-terminate": _api(Role.COORDINATOR),
    "api:archive": _api(*ARCHIVE_READERS),
    "api:archive-contracts": _api(*ARCHIVE_READERS),
    "api:archive-contracts-counted": _api(*ARCHIVE_READERS),
    "api:archive-register": _api(*ARCHIVE_READERS),
    "api:exports": _api(*ARCHIVE_READERS),
    "api:export": _api(*ARCHIVE_READERS),
    "api:export-file": _api(*ARCHIVE_READERS),
    "api:packet-record": _api(*ARCHIVE_READERS),
    "api:packet-file": _api(*ARCHIVE_READERS),
    "api:packet-disclosure": _api(*ARCHIVE_READERS),
    "api:packet-verify": _api(*ARCHIVE_READERS),
    "api:packet-verification-report": _api(*ARCHIVE_READERS),
    "api:packet-hold": _api(*ARCHIVE_READERS),
    "api:packet-hold-place": _api(*HOLDERS),
    "api:packet-hold-propose": _api(*HOLDERS),
    "api:packet-hold-lift": _api(*HOLDERS),
    "api:packet-disposal": _api(*ARCHIVE_READERS),
    "api:packet-disposal-propose": _api(*DISPOSERS),
    "api:packet-disposal-withdraw": _api(*DISPOSERS),
    "api:packet-disposal-confirm": _api(*DISPOSERS),
}


def rule_of(view_name: str | None) -> Rule | None:
    """Give the rule of a route; None for one that the table does not name."""
    return ROUTES.get(view_name or "")


def menu_of(person: Person | None) -> list[tuple[str, str]]:
    """List the routes in this person's navigation, with their words."""
    return [(name, rule.menu) for name, rule in ROUTES.items() if rule.menu and rule.admits(person)]
