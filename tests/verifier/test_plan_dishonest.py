"""An issuer who holds every key and tells every step to match: the contents still must agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.canonical import sha256_hex
from tests.verifier.handling import failed, pack, relist
from tests.verifier.making import Made, retell
from tests.verifier.plain import plain_kit

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.domain.history import Activity
    from docgen.domain.plan import Plan, PlannedDocument


def _approved(made: Made, plan: Plan, **approval: Any) -> Made:
    """Tell the packet's life with this plan, approved as such."""

    def tell(item: Activity) -> Activity:
        if item.kind != "plan.approved":
            return item
        told = {key: approval[key] for key in ("files",) if key in approval}
        details = {**item.details, "plan_checksum": plan.checksum, **told}
        return replace(item, details=details, actor=approval.get("actor", item.actor))

    stated = {"person": approval["actor"].removeprefix("user:")} if "actor" in approval else {}
    if "files" in approval:
        stated["files"] = tuple(approval["files"])
    approvals = tuple(
        replace(item, plan_checksum=plan.checksum, **stated) for item in made.parts.approvals
    )
    return retell(made, plain_kit(), tell, plan=plan, approvals=approvals)


def _document(plan: Plan, change: Callable[[PlannedDocument], PlannedDocument]) -> Plan:
    return replace(plan, documents=(change(plan.documents[0]), *plan.documents[1:]))


def _panel(plan: Plan, **changes: Any) -> Plan:
    def change(document: PlannedDocument) -> PlannedDocument:
        first = document.panels[0]
        words = {key: value for key, value in changes.items() if key != "recipient"}
        panel = replace(first.panel, **words)
        recipient = changes.get("recipient", first.recipient)
        changed = replace(first, panel=panel, recipient=recipient)
        return replace(document, panels=(changed, *document.panels[1:]))

    return _document(plan, change)


def _organization(plan: Plan) -> Plan:
    first, *others = plan.recipients
    return replace(plan, recipients=(replace(first, organization="Other, LLC"), *others))


PLANS: tuple[tuple[str, Callable[[Plan], Plan]], ...] = (
    ("plan.approved", lambda plan: replace(plan, packet_id="pkt_other")),
    ("plan.approved", lambda plan: replace(plan, kind="onboarding")),
    ("plan.documents", lambda plan: replace(plan, documents=plan.documents[::-1])),
    ("plan.documents", lambda plan: _document(plan, lambda one: replace(one, title="Other"))),
    (
        "plan.documents",
        lambda plan: _document(plan, lambda one: replace(one, template_digest="0" * 64)),
    ),
    (
        "plan.documents",
        lambda plan: _document(plan, lambda one: replace(one, template_version="9")),
    ),
    ("plan.documents", lambda plan: _document(plan, lambda one: replace(one, panels=()))),
    ("plan.documents", lambda plan: _panel(plan, meaning="witnesses")),
    ("plan.documents", lambda plan: _panel(plan, slot="other")),
    ("plan.documents", lambda plan: _panel(plan, recipient="pso")),
    ("plan.documents", _organization),
    ("enrollment.digest", lambda plan: replace(plan, enrollment_sha256="0" * 64)),
)


def test_told_again_without_a_change_holds(plain: Made, anchor: Any) -> None:
    """The control: the same plan, approved again in the same way, holds."""
    assert failed(_approved(plain, plain.parts.plan).data, anchor) == set()


@pytest.mark.parametrize(("check", "change"), PLANS)
def test_another_plan_is_found_however_well_approved(
    plain: Made, anchor: Any, check: str, change: Callable[[Plan], Plan]
) -> None:
    """A plan that differs from what was executed fails exactly the check that compares it."""
    assert failed(_approved(plain, change(plain.parts.plan)).data, anchor) == {check}


@pytest.mark.parametrize(
    "approval", [{"actor": "user:coordinator"}, {"files": ["0" * 64]}, {"files": []}]
)
def test_an_approval_by_the_wrong_person_or_of_other_files_is_found(
    plain: Made, anchor: Any, approval: dict[str, Any]
) -> None:
    """One person in two capacities, or other files, are no approval even when told so."""
    assert failed(_approved(plain, plain.parts.plan, **approval).data, anchor) == {"plan.approved"}


@pytest.mark.parametrize("digest", [b"", b"0" * 64 + b"\n"])
def test_a_wrong_digest_file_is_found(files: dict[str, bytes], anchor: Any, digest: bytes) -> None:
    """The digest beside the enrollment must be the enrollment's."""
    data = pack(relist({**files, "enrollment/digest": digest}))
    assert failed(data, anchor) == {"enrollment.digest", "history.binds"}


def _with_file(made: Made, name: str, data: Callable[[Any], bytes]) -> Made:
    """Bundle another file of the first document, stated by its digest."""
    first, *others = made.parts.documents
    content: dict[str, Any] = {name: data(first)}
    changed = replace(first, **content)
    stated, *rest = made.parts.statement.documents
    digest: dict[str, Any] = {f"{name}_sha256": sha256_hex(data(first))}
    statement = replace(made.parts.statement, documents=(replace(stated, **digest), *rest))
    return retell(
        made, plain_kit(), lambda item: item, documents=(changed, *others), statement=statement
    )


@pytest.mark.parametrize(
    ("name", "data", "checks"),
    [
        ("rendered", lambda _: b"%PDF other\n", {"documents.prefix", "plan.approved"}),
        ("rendered", lambda one: one.sent, {"documents.prefix", "plan.approved"}),
        ("sent", lambda one: one.rendered + b"%\n%%EOF\n", {"documents.prefix", "documents.steps"}),
        ("sent", lambda one: one.signed, {"documents.prefix", "documents.steps"}),
        ("sent", lambda one: one.sent + b"act", {"documents.steps"}),
        ("signed", lambda one: one.sent, {"documents.prefix", "documents.steps"}),
        ("signed", lambda one: one.signed + b"more\n%%EOF\n", {"documents.steps"}),
        ("signed", lambda one: one.sent + b"other\n%%EOF\n", {"documents.steps"}),
    ],
)
def test_another_file_is_found_however_well_stated(
    plain: Made, anchor: Any, name: str, data: Callable[[Any], bytes], checks: set[str]
) -> None:
    """Rendered, sent and signed must grow out of each other and be those the history tells of."""
    assert failed(_with_file(plain, name, data).data, anchor) == checks


def test_a_last_signature_told_otherwise_is_found(plain: Made, anchor: Any) -> None:
    """What the last signer is said to have signed must be a revision inside the signed file."""

    def tell(item: Activity) -> Activity:
        if (item.kind, item.actor) != ("signer.signed", "signer:pso"):
            return item
        documents = [{"slug": slug, "signed_sha256": "0" * 64} for slug in ("baa", "psa")]
        return replace(item, details={**item.details, "documents": documents})

    assert failed(retell(plain, plain_kit(), tell).data, anchor) == {"documents.steps"}


@pytest.mark.parametrize("kind", ["envelope.opened", "envelope.sealed"])
def test_what_happens_once_is_told_once(plain: Made, anchor: Any, kind: str) -> None:
    """A second opening or sealing of the same envelope is found, even one that tells the same."""
    (genuine,) = [item for item in plain.ledger.own if item.kind == kind]

    def tell(item: Activity) -> Activity:
        again = item.kind == "packet.generated"
        return replace(item, kind=kind, details=genuine.details) if again else item

    assert failed(retell(plain, plain_kit(), tell).data, anchor) == {"documents.steps"}


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (lambda _: {"act_id": "act_other"}, {"people.acts"}),
        (lambda _: {"act_id": "act_pso"}, {"people.acts"}),
        (lambda one: {"name": one.name + " II"}, {"people.acts"}),
        (lambda _: {"title": "Intern"}, {"people.acts"}),
        (lambda one: {"at": one.at + timedelta(minutes=11)}, {"people.acts"}),
        (lambda one: {"at": one.at - timedelta(minutes=11)}, {"people.acts"}),
        (lambda _: {"signer": "pso"}, {"people.acts", "plan.documents"}),
        (lambda _: {"organization": "Other, LLC"}, {"people.acts", "plan.documents"}),
    ],
)
def test_a_signature_stated_otherwise_than_told_is_found(
    plain: Made, anchor: Any, change: Callable[[Any], dict[str, Any]], checks: set[str]
) -> None:
    """Each word about a signature is compared with the act in the history."""
    documents = tuple(
        replace(
            item,
            signatures=(
                replace(item.signatures[0], **change(item.signatures[0])),
                *item.signatures[1:],
            ),
        )
        for item in plain.parts.statement.documents
    )
    statement = replace(plain.parts.statement, documents=documents)
    made = retell(plain, plain_kit(), lambda item: item, statement=statement)
    assert failed(made.data, anchor) == checks


def test_an_act_nobody_expects_is_found(plain: Made, anchor: Any) -> None:
    """A person's act that no expected signature names, told twice under other ids, is found."""

    def tell(item: Activity) -> Activity:
        acts = [one for one in plain.ledger.own if one.kind == "signer.signed"]
        if item.kind != "packet.generated":
            return item
        details = {**acts[0].details, "act_id": "act_third"}
        return replace(item, kind="signer.signed", actor=acts[0].actor, details=details)

    assert "people.acts" in failed(retell(plain, plain_kit(), tell).data, anchor)
