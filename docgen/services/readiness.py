"""Readiness for real use: everything that is only for trying things out is a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.render.coverage import check_coverage
from docgen.render.manifest import latest_version, list_templates, load_template

if TYPE_CHECKING:
    from docgen.services.office import Office


def deployment_faults(office: Office) -> list[str]:
    """Name every fault; an empty list means ready."""
    return [*_site_faults(office), *_neighbor_faults(office), *_template_faults(office)]


def _site_faults(office: Office) -> list[str]:
    faults = []
    if office.rules.demo:
        faults.append("demo mode is on; remove `demo = true` from [site]")
    if not office.rules.base_url.startswith("https://"):
        faults.append("base_url is not https; links and codes would travel in the clear")
    if office.pso is None:
        faults.append("the PSO is not configured; fill in [pso]")
    return faults


def _neighbor_faults(office: Office) -> list[str]:
    faults = []
    if office.signer.development:
        faults.append("signatures come from the development certificate authority")
    if getattr(office.stamper, "development", False):
        faults.append("time stamps come from the development authority; set [timestamp]")
    if office.mailer.key == "outbox":
        faults.append("letters are only written to a folder; set [mail] kind to smtp")
    if office.rules.service not in office.services:
        faults.append("the signing service named by [site] service is not installed")
    return faults


def _template_faults(office: Office) -> list[str]:
    faults = []
    for slug in sorted({slug for slug, _ in list_templates(office.templates)}):
        version = latest_version(office.templates, slug)
        template = load_template(office.templates, slug, version)
        check_coverage(template, office.templates)
        if office.ledger.people.adoption(template.digest) is None:
            faults.append(f"the template {slug} {version} is not adopted")
    return faults
