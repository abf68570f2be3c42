"""The disclosure that agreements name is the one that signers are shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.services.ceremony.disclosure import VERSION
from docgen.services.readiness import deployment_faults

if TYPE_CHECKING:
    from docgen.services.office import Office

WORDS = "electronic records disclosure"


def test_the_demonstration_names_what_it_shows(office: Office) -> None:
    """The control: the settings that come with the program are of today's text."""
    assert office.pso_settings.electronic_records.version == VERSION
    assert not any(WORDS in fault for fault in deployment_faults(office))


def test_a_site_that_names_another_is_told(office: Office) -> None:
    """After an upgrade with a new text, before anybody signs."""
    older = replace(office.pso_settings.electronic_records, version="2020-01")
    site = replace(office, pso=replace(office.pso_settings, electronic_records=older))
    [fault] = [fault for fault in deployment_faults(site) if WORDS in fault]
    assert VERSION in fault
