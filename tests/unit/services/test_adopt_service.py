"""Adopting templates, readiness for real use, and the anchor handed to others."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.evidence import Anchor
from docgen.errors import NotAllowed, Refused
from docgen.render.manifest import latest_version, load_template
from docgen.services.adopt import adopt
from docgen.services.anchor import anchor_of
from docgen.services.readiness import deployment_faults
from integrations.log.fake import FakeCheckpointSigner
from tests.unit.services.walk import AUDITOR, COORDINATOR, COUNSEL, kinds

if TYPE_CHECKING:
    from docgen.domain.person import Person
    from docgen.services.office import Office

SLUGS = ("baa", "pses", "psa")


def test_the_legal_approver_adopts_a_digest_once(office: Office) -> None:
    """The adoption names person, version and digest; a second one is refused."""
    version = latest_version(office.templates, "psa")
    adoption = adopt(office, "psa", version, COUNSEL, "claimed")
    digest = load_template(office.templates, "psa", version).digest
    assert office.ledger.people.adoption(digest) == adoption
    assert (adoption.person, adoption.digest) == ("counsel", digest)
    assert kinds(office, f"template:psa:{version}") == ["template.adopted"]
    with pytest.raises(Refused, match="adopted already"):
        adopt(office, "psa", version, COUNSEL, "claimed")


@pytest.mark.parametrize("person", [COORDINATOR, AUDITOR])
def test_nobody_else_adopts(office: Office, person: Person) -> None:
    """Not even the coordinator."""
    with pytest.raises(NotAllowed):
        adopt(office, "psa", latest_version(office.templates, "psa"), person, "claimed")


def test_a_demonstration_is_not_ready_for_real_use(office: Office) -> None:
    """Each thing that is only for trying out is named, and each says what to do about it."""
    faults = deployment_faults(office)
    told = "; ".join(faults)
    for fault in ("demo mode", "https", "certificate authority", "time stamps", "letters", "psa"):
        assert fault in told
    for fault in ("coordinator", "legal approver"):
        assert f"nobody is a {fault}: " in told
    for fault in faults:
        wrong, _, remedy = fault.partition(": ")
        assert re.search(r"[a-z]{3}", wrong), fault
        assert re.match(
            r"(remove|put|list|fill in|have|set|correct|add|after review, a legal approver runs) ",
            remedy,
        ), fault


def test_each_fault_goes_away_when_corrected(office: Office) -> None:
    """The control: with all in order nothing is left to say."""

    class Real:
        key = "real"
        development = False

        def rehearse(self) -> None:
            """Sign without fault."""

    real: Any = Real()
    for slug in SLUGS:
        adopt(office, slug, latest_version(office.templates, slug), COUNSEL, "claimed")
    rules = replace(
        office.rules,
        demo=False,
        base_url="https://enrollment.example.org",
        trusted_proxies=(ip_network("127.0.0.1/32"),),
    )
    for person in (COORDINATOR, COUNSEL):
        office.ledger.people.put(person)
    ready = replace(office, rules=rules, signer=real, stamper=real, mailer=real)
    assert deployment_faults(ready) == []
    assert deployment_faults(replace(ready, pso=None)) == [
        "the PSO is not configured: fill in the [pso] part of settings.toml"
    ]
    assert len(deployment_faults(replace(ready, services={}))) == 1
    (fault,) = deployment_faults(replace(ready, rules=replace(rules, trusted_proxies=())))
    assert "trusted_proxies" in fault
    office.ledger.people.put(replace(COUNSEL, is_active=False))
    (fault,) = deployment_faults(ready)
    assert "--role legal_approver" in fault


def test_the_anchor_holds_roots_and_log_key_and_no_secret(office: Office) -> None:
    """It is plain JSON of public things, the same each time."""
    anchor = anchor_of(office)
    text = json.dumps(anchor)
    assert anchor == anchor_of(office)
    assert anchor["log_keys"] == [str(office.checkpoint_signer.vkey)]
    assert text.count("BEGIN CERTIFICATE") == 2
    assert "PRIVATE" not in text
    assert office.rules.link_secret.hex() not in text


def test_the_anchor_keeps_what_was_rotated_out(office: Office) -> None:
    """The key that signs comes first, and retired ones follow; it is the domain's own anchor."""
    log: Any = office.checkpoint_signer

    class Rotated:
        vkey = FakeCheckpointSigner("log.example.org/next").vkey
        retired = (log.vkey,)

    rotated: Any = Rotated()
    anchor = anchor_of(replace(office, checkpoint_signer=rotated))
    assert anchor["log_keys"] == [str(Rotated.vkey), str(log.vkey)]
    read: Any = anchor
    whole = Anchor(
        name=read["name"],
        signing_roots=tuple(read["signing_roots"]),
        timestamp_roots=tuple(read["timestamp_roots"]),
        log_keys=tuple(read["log_keys"]),
    )
    assert whole.to_json() == anchor
