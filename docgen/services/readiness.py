"""Readiness for real use: everything that is only for trying things out is a fault.

Each fault is one sentence in two halves: what is wrong, then what to do about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.checkpoint import parse_note
from docgen.domain.damage import unmended
from docgen.domain.person import Role
from docgen.domain.waiting import Alert
from docgen.errors import ConfigurationError, DocgenError
from docgen.ports.register_query import PacketQuery
from docgen.render.coverage import check_coverage
from docgen.render.manifest import latest_version, list_templates, load_template
from docgen.services.ceremony.disclosure import VERSION
from docgen.services.scrub import SUBJECT

if TYPE_CHECKING:
    from docgen.services.office import Office

NEEDED = (Role.COORDINATOR, Role.LEGAL_APPROVER)


def deployment_faults(office: Office) -> list[str]:
    """Name every fault and what to do about it; an empty list means ready."""
    return [
        *_site_faults(office),
        *_neighbor_faults(office),
        *_people_faults(office),
        *_template_faults(office),
    ]


def log_faults(office: Office) -> list[str]:
    """Name what the log lost: the key that signed it, or the journal that a rollback shows in."""
    last, signer = office.ledger.history.latest_checkpoint(), office.checkpoint_signer
    if last is None:
        return []
    faults = []
    if not any(map(parse_note(last.note).by, (signer.vkey, *signer.retired))):
        faults.append(
            "the log's key is not one that signed the last checkpoint: restore `keys/` from the "
            "back-up"
        )
    journaled = office.journal.last()
    if journaled is None or journaled.size < last.size:  # it is written before the database is
        faults.append(
            "the journal does not name the last checkpoint, so a database set back to an older "
            "copy would not be noticed: restore `checkpoints/journal.jsonl` from the back-up"
        )
    return faults


def archive_faults(office: Office) -> list[str]:
    """Name what keeps the archive from being one, and what of it is damaged."""
    damaged = len(unmended(office.ledger.history.of(SUBJECT)))
    alerted = office.register.packets(PacketQuery(alert=Alert.DAMAGED)).total
    faults = office.archive.faults()
    if damaged or alerted:
        faults.append(
            "archived files are damaged and could not be restored by themselves: run "
            "`docgen archive scrub`, which names each, and restore them from the back-up"
        )
    return faults


def _site_faults(office: Office) -> list[str]:
    faults = []
    if office.rules.demo:
        faults.append("demo mode is on: remove `demo = true` from [site] of settings.toml")
    if not office.rules.base_url.startswith("https://"):
        faults.append(
            "base_url is not https, so links and codes would travel in the clear: put a proxy with "
            "a certificate in front and give its https:// address as [site] base_url"
        )
    elif not office.rules.trusted_proxies:
        faults.append(
            "no proxy is named, so every signer seems to come from one address: list the address "
            "of the proxy that speaks https in [site] trusted_proxies"
        )
    if office.pso is None:
        faults.append("the PSO is not configured: fill in the [pso] part of settings.toml")
    elif office.pso.electronic_records.version != VERSION:
        faults.append(
            "the agreements name another version of the electronic records disclosure than signers "
            f'are shown: set version = "{VERSION}" under [pso.electronic_records]'
        )
    return faults


def _neighbor_faults(office: Office) -> list[str]:
    faults = []
    if office.signer.development:
        faults.append(
            "signatures come from the development certificate authority: have your company's "
            "authority, or one that it buys from, certify a key in a token or in AWS KMS, and name "
            "both in [signing] keys and chain, as docs/operators/keys-and-backup.md shows"
        )
    try:
        office.signer.rehearse()
    except (DocgenError, ConfigurationError) as error:
        faults.append(f"the signing keys cannot be used: {str(error).rstrip('.')}")
    if getattr(office.stamper, "development", False):
        faults.append(
            'time stamps come from the development authority: set [timestamp] kind = "http", and '
            "url and chain to those of a public RFC 3161 authority"
        )
    if office.mailer.key == "outbox":
        faults.append(
            'letters are only written to a folder: set [mail] kind = "smtp" with host, port, '
            "user, password_file and sender"
        )
    if office.rules.service not in office.services:
        known = ", ".join(sorted(office.services)) or "none"
        faults.append(
            "the signing service named by [site] service is not installed: correct the name; "
            f"installed: {known}"
        )
    return faults


def _people_faults(office: Office) -> list[str]:
    people = [person for person in office.ledger.people.list() if person.is_active]
    return [
        f"nobody is a {role.value.replace('_', ' ')}: add one with "
        f"`docgen users add KEY --name NAME --email ADDRESS --role {role.value}`"
        for role in NEEDED
        if not any(role in person.roles for person in people)
    ]


def _template_faults(office: Office) -> list[str]:
    faults = []
    for slug in sorted({slug for slug, _ in list_templates(office.templates)}):
        version = latest_version(office.templates, slug)
        template = load_template(office.templates, slug, version)
        check_coverage(template, office.templates)
        if office.ledger.people.adoption(template.digest) is None:
            faults.append(
                f"the template {slug} {version} is not adopted: after review, a legal approver "
                f"runs `docgen templates adopt {slug} {version} --as PERSON`"
            )
    return faults
