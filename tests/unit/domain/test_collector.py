"""Who is entitled to the executed copies."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from docgen.domain.collector import entitled
from docgen.domain.enrollment import Enrollment, Stage, parse_enrollment
from tests.unit.services.walk import form


def record(**changes: Any) -> Enrollment:
    """Read the sample form with changes to its parts."""
    raw = {**form(), **changes}
    return parse_enrollment(raw, today=date(2026, 11, 23), stage=Stage.DRAFT).record


def sent(enrollment: Enrollment, *slugs: str) -> dict[str, set[str]]:
    """Give who is sent what without asking, by address."""
    return {item.email: set(item.documents) for item in entitled(enrollment, slugs)}


def test_each_contact_may_have_them_and_some_are_sent_them() -> None:
    """The primary contact is sent everything, legal notice the contracts; a reviewer may ask."""
    found = sent(record(), "psa", "baa")
    assert found["maria.delgado@lakeside.example.org"] == {"psa", "baa"}
    assert found["daniel.okafor@lakeside.example.org"] == {"psa", "baa"}
    assert found["tomas.braun@lakeside.example.org"] == set()


def test_the_privacy_officer_is_sent_the_baa() -> None:
    """A privacy officer who is not the primary contact gets the BAA, and not the PSA."""
    contacts = form()["contacts"]
    contacts[0]["roles"] = ["contracting"]
    contacts[3]["roles"] = ["hipaa_privacy", "primary"]
    contacts[2]["roles"] = ["hipaa_privacy"]
    found = sent(record(contacts=contacts), "psa", "baa")
    assert found["ruth.lindqvist@lakeside.example.org"] == {"baa"}
    assert found["tomas.braun@lakeside.example.org"] == {"psa", "baa"}


def test_the_policy_stays_with_the_practice() -> None:
    """The PSES policy goes to its administrator and the primary contact, to no address for notices."""
    found = sent(record(), "pses")
    assert found["ruth.lindqvist@lakeside.example.org"] == {"pses"}
    assert set(found) == {item["email"] for item in form()["contacts"]}


def test_who_left_is_not_entitled() -> None:
    """A contact no longer with the practice gets nothing; the others are the control."""
    contacts = form()["contacts"]
    contacts[3]["active"] = False
    found = sent(record(contacts=contacts, reviewers=[]), "psa", "baa")
    assert "tomas.braun@lakeside.example.org" not in found
    assert "ruth.lindqvist@lakeside.example.org" in found


@pytest.mark.parametrize("shared", ["daniel.okafor@lakeside.example.org", "notices@example.org"])
def test_notices_and_counsel_are_entitled_each_address_once(shared: str) -> None:
    """An entity's address for notices and its counsel get the contracts; a known address once."""
    entities = form()["legal_entities"]
    entities[0]["notice"] = {
        **entities[0].get("notice", {}),
        "attention": "Office of Counsel",
        "email": shared,
        "cc_counsel": {"name": "Invented Counsel", "email": "counsel@lawyers.example.org"},
    }
    found = entitled(record(legal_entities=entities), ["psa", "baa"])
    addresses = [item.email for item in found]
    assert addresses.count(shared) == 1
    assert len(set(addresses)) == len(addresses)
    assert sent(record(legal_entities=entities), "psa")["counsel@lawyers.example.org"] == {"psa"}
