"""Adopting templates, readiness for real use, and the anchor handed to others."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from docgen.errors import NotAllowed, Refused
from docgen.render.manifest import latest_version, load_template
from docgen.services.adopt import adopt
from docgen.services.anchor import anchor_of
from docgen.services.readiness import deployment_faults
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
    """Each thing that is only for trying out is named."""
    told = "; ".join(deployment_faults(office))
    for fault in ("demo mode", "https", "certificate authority", "time stamps", "letters", "psa"):
        assert fault in told


def test_each_fault_goes_away_when_corrected(office: Office) -> None:
    """The control: with all in order nothing is left to say."""

    class Real:
        key = "real"
        development = False

    real: Any = Real()
    for slug in SLUGS:
        adopt(office, slug, latest_version(office.templates, slug), COUNSEL, "claimed")
    rules = replace(office.rules, demo=False, base_url="https://enrollment.example.org")
    ready = replace(office, rules=rules, signer=real, stamper=real, mailer=real)
    assert deployment_faults(ready) == []
    assert deployment_faults(replace(ready, pso=None)) == [
        "the PSO is not configured; fill in [pso]"
    ]
    assert len(deployment_faults(replace(ready, services={}))) == 1


def test_the_anchor_holds_roots_and_log_key_and_no_secret(office: Office) -> None:
    """It is plain JSON of public things, the same each time."""
    anchor = anchor_of(office)
    text = json.dumps(anchor)
    assert anchor == anchor_of(office)
    assert anchor["log_keys"] == [str(office.checkpoint_signer.vkey)]
    assert text.count("BEGIN CERTIFICATE") == 2
    assert "PRIVATE" not in text
    assert office.rules.link_secret.hex() not in text
