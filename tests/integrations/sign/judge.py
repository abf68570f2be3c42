"""Judge a sealed file as a whole: the list of its signatures against the expected one, offline.

Needs nothing of this product, so that it can also run alone, in another year:

    python judge.py FILE EXPECTED.json        prints findings, one a line; none means accepted
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESStatus
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import ades
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

if TYPE_CHECKING:
    from collections.abc import Iterator

FILL_AND_SIGN, NOTHING = 2, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a file must hold: for each slot the act in it; the roots; the moment of reading."""

    acts: Mapping[str, str]
    roots: tuple[str, ...]
    moment: datetime | None  # None: the machine's clock


def judge(pdf: bytes, expected: Expected) -> list[str]:
    """Give every finding; an empty list accepts the file."""
    try:
        return list(_findings(pdf, expected))
    except (PdfError, ValueError, KeyError, TypeError) as error:
        return [f"unreadable: {type(error).__name__}"]


def _findings(pdf: bytes, expected: Expected) -> Iterator[str]:
    reader = PdfFileReader(io.BytesIO(pdf), strict=True)
    signatures = {found.field_name: found for found in reader.embedded_signatures}
    names = [found.field_name for found in reader.embedded_signatures]
    middle = names[1:-2]
    if names[:1] != ["Sent"] or names[-2:] != ["Seal", "Archive"]:
        yield f"order: {names}"
    if sorted(middle) != sorted(expected.acts):
        yield f"signers: {middle}"
    if "Sent" not in signatures or "Seal" not in signatures or "Archive" not in signatures:
        return
    yield from _empty_fields(reader)
    yield from _revisions(reader)
    yield from _rules(reader, signatures)
    for slot, act in expected.acts.items():
        if slot not in signatures:
            continue  # said above
        serial = signatures[slot].signer_cert.subject.native.get("serial_number")
        if serial != act.replace("_", "-"):
            yield f"{slot}: another act"
    spec = _spec(expected.roots)
    moment = expected.moment
    timing = (
        ValidationTimingInfo(moment, moment, point_in_time_validation=False) if moment else None
    )
    for name in names[:-1]:
        yield from asyncio.run(_signature(signatures[name], spec, timing))
    yield from asyncio.run(_archive(signatures["Archive"], spec, timing))


def _empty_fields(reader: PdfFileReader) -> Iterator[str]:
    for field in reader.root["/AcroForm"]["/Fields"]:
        found = field.get_object()
        if found["/FT"] != "/Sig" or "/V" not in found:
            yield "a field is empty or no signature field"


def _revisions(reader: PdfFileReader) -> Iterator[str]:
    """Every revision from the certified one on is a signature's own, and the last ends the file."""
    signed = [found.signed_revision for found in reader.embedded_signatures]
    if signed != list(range(signed[0], reader.total_revisions)):
        yield f"revisions: {signed} of {reader.total_revisions}"
    last = reader.embedded_signatures[-1]
    if last.evaluate_signature_coverage() is not SignatureCoverageLevel.ENTIRE_FILE:
        yield "the last signature does not cover the whole file"


def _rules(reader: PdfFileReader, signatures: Mapping[str, Any]) -> Iterator[str]:
    certified = reader.root["/Perms"].raw_get("/DocMDP").reference
    if certified != signatures["Sent"].sig_field.raw_get("/V").reference:
        yield "Sent is not the certification"
    (sent,) = signatures["Sent"].sig_object["/Reference"]
    if sent["/TransformMethod"] != "/DocMDP" or sent["/TransformParams"]["/P"] != FILL_AND_SIGN:
        yield "Sent allows something else than filling and signing"
    seal = signatures["Seal"]
    lock = seal.sig_field["/Lock"]
    (reference,) = seal.sig_object["/Reference"]
    for rules in (lock, reference["/TransformParams"]):
        if rules["/Action"] != "/All" or rules["/P"] != NOTHING:
            yield "Seal does not lock everything"
    if signatures["Archive"].sig_object["/Type"] != "/DocTimeStamp":
        yield "Archive is no document time stamp"


async def _signature(
    found: Any, spec: PdfSignatureValidationSpec, timing: ValidationTimingInfo | None
) -> list[str]:
    name = found.field_name
    result = await ades.ades_lta_validation(found, spec, timing_info=timing)
    status = result.api_status
    if status is None:
        return [f"{name}: {result.ades_subindic}"]
    level = ModificationLevel.LTA_UPDATES if name == "Seal" else ModificationLevel.FORM_FILLING
    checks = {
        str(result.ades_subindic): result.ades_subindic.status is AdESStatus.PASSED,
        "not intact": status.intact and status.valid,
        "rules broken": bool(status.docmdp_ok),
        "changed too much since": status.modification_level is not None
        and status.modification_level <= level,
        "does not cover its revision": status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION,
        "has no time stamp": status.timestamp_validity is not None,
        "has no archive time stamp": result.oldest_evidence_record_timestamp is not None,
    }
    return [f"{name}: {finding}" for finding, good in checks.items() if not good]


async def _archive(
    found: Any, spec: PdfSignatureValidationSpec, timing: ValidationTimingInfo | None
) -> list[str]:
    local = ades._dss_to_local_knowledge(found.reader)
    result = await ades.ades_timestamp_validation(
        tst_signed_data=found.signed_data,
        validation_spec=_with_knowledge(spec.signature_validation_spec, local),
        timing_info=timing or ValidationTimingInfo.now(),
        expected_tst_imprint=lambda _: found.compute_digest(),
    )
    passed = result.ades_subindic.status is AdESStatus.PASSED
    return [] if passed else [f"Archive: {result.ades_subindic}"]


def _with_knowledge(spec: SignatureValidationSpec, local: Any) -> SignatureValidationSpec:
    return SignatureValidationSpec(
        cert_validation_policy=spec.cert_validation_policy,
        revinfo_gathering_policy=spec.revinfo_gathering_policy,
        local_knowledge=local,
    )


def _spec(roots: tuple[str, ...]) -> PdfSignatureValidationSpec:
    trusted = [x509.Certificate.load(pem.unarmor(root.encode())[2]) for root in roots]
    # A list made at sealing speaks for the signatures before it, and of when a certificate was
    # withdrawn; read as if it spoke for later ones alone, whatever was withdrawn later is lost.
    revocation = CertRevTrustPolicy(
        RevocationCheckingPolicy.from_legacy("require"), retroactive_revinfo=True
    )
    return PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=CertValidationPolicySpec(
                trust_manager=SimpleTrustManager.build(trusted), revinfo_policy=revocation
            ),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
            ),
        )
    )


def main(file: str, expectation: str) -> int:
    """Judge a file by the machine's clock."""
    logging.disable(logging.CRITICAL)
    raw = json.loads(Path(expectation).read_text("utf-8"))
    expected = Expected(acts=raw["acts"], roots=tuple(raw["roots"]), moment=None)
    findings = judge(Path(file).read_bytes(), expected)
    sys.stdout.write("".join(f"{finding}\n" for finding in findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
