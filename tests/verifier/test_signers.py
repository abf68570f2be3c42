"""Signers who do one thing otherwise than the format asks, with every key of the issuer's."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm

from integrations.sign.pades.signer import PadesSigner
from tests.verifier.elsewhere import their_paper
from tests.verifier.handling import LATER, anchor_of, failed, load_verifier, pack, relist, unpack
from tests.verifier.lenient import lenient
from tests.verifier.making import PEOPLE, make
from tests.verifier.signing import real_kit, small_pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from integrations.sign.pades.authority import Holder

LENIENT: tuple[tuple[dict[str, Any], str], ...] = (
    ({"sent_allows": MDPPerm.ANNOTATE}, "pdf.certified"),
    ({"field_lock": ""}, "pdf.sealed"),
    ({"field_lock": "", "lock": None}, "pdf.sealed"),
    ({"lock": None}, "pdf.sealed"),
    ({"field_lock": "/Exclude"}, "pdf.sealed"),
    ({"field_lock": "/Include"}, "pdf.sealed"),
    ({"lock": FieldMDPSpec(FieldMDPAction.INCLUDE, ["pso_signature"])}, "pdf.sealed"),
    ({"lock": FieldMDPSpec(FieldMDPAction.EXCLUDE, ["pso_signature"])}, "pdf.sealed"),
    ({"field_allows": 2}, "pdf.sealed"),
    ({"field_allows": 3}, "pdf.sealed"),
    ({"field_allows": 0}, "pdf.sealed"),
)


@pytest.mark.parametrize(("changes", "check"), [({}, ""), *LENIENT])
def test_a_signer_that_allows_more_is_found(
    tmp_path_factory: pytest.TempPathFactory, changes: dict[str, Any], check: str
) -> None:
    """Notes allowed after sending, or a seal that locks less than all; the first is the control."""
    folder = tmp_path_factory.mktemp("lenient")
    made = make(real_kit(folder, signer=lenient(**changes)), {"psa": small_pdf("Agreement")})
    found = failed(made.data, anchor_of(made.anchor, folder), pdf=True)
    assert check in found if check else not found


class Untitled(PadesSigner):
    """Leaves the title out of each person's certificate."""

    def _signature(self, holder: Holder, at: datetime) -> Callable[[bytes], bytes]:
        return super()._signature(replace(holder, title=self.title), at)

    title = ""


class Mistitled(Untitled):
    """Puts another title into each person's certificate."""

    title = "Intern"


@pytest.mark.parametrize(
    ("signer", "checks"),
    [(PadesSigner, set()), (Untitled, {"pdf.people"}), (Mistitled, {"pdf.people"})],
)
def test_the_title_stands_in_the_certificate(
    tmp_path_factory: pytest.TempPathFactory, signer: type[PadesSigner], checks: set[str]
) -> None:
    """In bundles of this format a missing title is found like a wrong one."""
    folder = tmp_path_factory.mktemp("titles")
    made = make(real_kit(folder, signer=signer), {"psa": small_pdf("Agreement")})
    assert failed(made.data, anchor_of(made.anchor, folder), pdf=True) == checks


def test_a_mixed_packet_holds_with_the_result_of_paper(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Our PSA really signed, the practice's own BAA on paper: each is told apart, code 4."""
    folder = tmp_path_factory.mktemp("mixed")
    psa = {"psa": small_pdf("Provider Services Agreement")}
    made = make(real_kit(folder), psa, elsewhere=their_paper())
    anchor = anchor_of(made.anchor, folder)
    verifier = load_verifier()
    case, findings = verifier.examine_all(made.data, LATER, anchor)
    assert [item for item in findings if item.result != "ok"] == []
    code, words = verifier.conclude(case, findings)
    assert code == verifier.PAPER
    assert "Provider Services Agreement: signed electronically" in words
    assert "Business Associate Agreement: paper execution attested by Cleo Coordinator" in words
    assert case.manifest["execution"] == "mixed"


@pytest.mark.parametrize(
    "practice",
    [
        ("محمد Ali", "مدير (General)", "مركز الأورام الإشعاعي LLC"),
        ("د. " + "محمد علي " * 8, "مدير " * 12, "مستشفى " * 12 + "2"),
        ("ȷosa", "President", "ȷ LLC"),
    ],
)
def test_names_that_certificates_spell_are_recognised(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    practice: tuple[str, str, str],
) -> None:
    """Names of both directions, cut ones and young letters hold; another's name is still found."""
    name, title, organization = (part.strip() for part in practice)
    monkeypatch.setitem(PEOPLE, "practice", (name, title, organization))
    folder = tmp_path_factory.mktemp("spelled")
    made = make(real_kit(folder), {"psa": small_pdf("Agreement")})
    anchor = anchor_of(made.anchor, folder)
    assert not failed(made.data, anchor, pdf=True)
    files = unpack(made.data)
    for key in ("name", "title", "organization"):
        documents = json.loads(files["bundle.json"])["documents"]
        documents[0]["signatures"][0][key] = "علي Other"
        assert "pdf.people" in failed(pack(relist(files, documents=documents)), anchor, pdf=True)
