"""What Documenso could answer and should not: nothing is taken for more than it is."""

from __future__ import annotations

import pytest

from docgen.errors import CallbackRejected, NotFound, ServiceUnavailable
from docgen.ports.esign import RawCallback
from integrations.esign.documenso import webhook
from integrations.simulators.documenso import DocumensoSimulator
from integrations.simulators.wire import Answered
from tests.contracts.esign import AT, HOME, request
from tests.integrations.esign.documenso.running import SHARED, Running


@pytest.mark.parametrize("body", [{}, [], "text", None, {"data": []}, b"<html></html>"])
def test_a_list_that_is_none_is_not_an_empty_one(
    documenso: Running, monkeypatch: pytest.MonkeyPatch, body: object
) -> None:
    """Taken for "not there", it would have the envelope sent again."""
    monkeypatch.setattr(DocumensoSimulator, "search", lambda *_: Answered(body=body))
    with pytest.raises(ServiceUnavailable):
        documenso.service().find(request().idempotency_key)
    with pytest.raises(ServiceUnavailable):
        documenso.service().send(request())
    assert documenso.simulator.drafts == {}


def test_a_list_without_an_end_is_given_up(
    documenso: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And never taken for one that was read to its end."""
    told = {"data": [], "totalPages": 1_000_000}
    monkeypatch.setattr(DocumensoSimulator, "search", lambda *_: Answered(body=told))
    with pytest.raises(ServiceUnavailable):
        documenso.service().find(request().idempotency_key)
    assert len(documenso.asked()) == 100


@pytest.mark.parametrize("body", [{}, [], None])
def test_a_creation_without_an_id_is_looked_up_again(
    documenso: Running, monkeypatch: pytest.MonkeyPatch, body: object
) -> None:
    """The draft may be there; the next try finds it or makes one."""
    with monkeypatch.context() as patch:
        patch.setattr(DocumensoSimulator, "create", lambda *_: Answered(body=body))
        with pytest.raises(ServiceUnavailable):
            documenso.service().send(request())
    assert documenso.service().send(request()) in documenso.simulator.envelopes


@pytest.mark.parametrize("body", [{}, [], None])
def test_an_envelope_that_is_none_is_not_read(
    documenso: Running, monkeypatch: pytest.MonkeyPatch, body: object
) -> None:
    """It neither ends nor goes on by that."""
    envelope_id = documenso.service().send(request())
    monkeypatch.setattr(DocumensoSimulator, "show", lambda *_: Answered(body=body))
    with pytest.raises(ServiceUnavailable):
        documenso.service().fetch(envelope_id)


def test_nobody_is_found_under_a_key_that_was_not_given(documenso: Running) -> None:
    """The control beside it: who was given one is."""
    service = documenso.service()
    envelope_id = service.send(request())
    with pytest.raises(NotFound):
        service.remind(envelope_id, "pso")
    with pytest.raises(NotFound):
        service.signing_link(envelope_id, "", HOME)
    service.remind(envelope_id, "practice_1")


@pytest.mark.parametrize(
    "envelope_id", ["", ".", "..", "../../v1", "a/b", "a?b=c", "%2e", "é", "a\n"]
)
def test_no_id_leads_elsewhere(documenso: Running, envelope_id: str) -> None:
    """What is no id is asked of nobody."""
    with pytest.raises(NotFound):
        documenso.service().fetch(envelope_id)
    assert documenso.asked() == []


@pytest.mark.parametrize("depth", [100, 300, 500, 900, 5_000, 50_000])
def test_a_report_nested_however_deeply_is_kept_clean_or_refused(depth: int) -> None:
    """A third thing, such as a crash or a token kept, does not happen."""
    told = b'{"event": "E", "more": ' + b'{"a": ' * depth + b'{"token": "s3cret-token"}'
    body = told + b"}" * depth + b"}"
    raw = RawCallback(headers={webhook.HEADER: SHARED}, body=body, received_at=AT)
    try:
        kept = webhook.verify(raw, (SHARED,)).body
    except CallbackRejected:
        assert depth > 100
    else:
        assert b"s3cret" not in kept
