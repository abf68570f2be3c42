"""Two calls send an envelope; whatever stops in between, it goes out once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from docgen.domain.canonical import digest_of
from docgen.domain.signing import Signal
from docgen.errors import (
    ConfigurationError,
    ServiceRejected,
    ServiceUnavailable,
    UnsupportedFeature,
)
from docgen.ports.service_account import ServiceAccount
from integrations.esign.documenso import wire
from integrations.esign.documenso.provider import DocumensoService
from integrations.simulators.documenso import API_TOKEN
from integrations.simulators.envelope import Happening
from integrations.simulators.mischief import Trouble
from integrations.system.clock import StandingClock
from tests.contracts.esign import AT, HOME, recipient, request, two_of_each
from tests.integrations.esign.documenso.running import SHARED, Running

CREATE, DISTRIBUTE = "POST /api/v2/envelope/create", "POST /api/v2/envelope/distribute"


@pytest.mark.parametrize("kind", [Trouble.BROKEN_AFTER, Trouble.SILENT, Trouble.HALF])
@pytest.mark.parametrize("where", [CREATE, DISTRIBUTE])
def test_whichever_answer_is_lost_one_envelope_goes_out(
    documenso: Running, where: str, kind: Trouble
) -> None:
    """As the outbox does: find, send; crash; find, send in a new process."""
    asked = two_of_each()
    documenso.simulator.trouble(kind, where=where)
    with pytest.raises(ServiceUnavailable):
        documenso.service().send(asked)
    documenso.clock.advance(timedelta(minutes=1))
    again = documenso.service()
    found = again.find(asked.idempotency_key)
    assert (found is None) == (where == CREATE)  # nobody was invited by a draft
    envelope_id = found.envelope_id if found else again.send(asked)
    assert list(documenso.simulator.envelopes) == [envelope_id]
    assert documenso.simulator.drafts == {}
    told = [item.happening for item in documenso.simulator.waiting]
    assert told == [Happening.SENT]


@pytest.mark.parametrize("kind", [Trouble.BROKEN, Trouble.THROTTLED])
@pytest.mark.parametrize("where", [CREATE, DISTRIBUTE])
def test_whichever_call_is_refused_one_envelope_goes_out(
    documenso: Running, where: str, kind: Trouble
) -> None:
    """Nothing was done by the call that failed, and nothing is done twice by the next try."""
    asked = two_of_each()
    documenso.simulator.trouble(kind, where=where)
    with pytest.raises(ServiceUnavailable):
        documenso.service().send(asked)
    assert documenso.service().find(asked.idempotency_key) is None
    envelope_id = documenso.service().send(asked)
    assert list(documenso.simulator.envelopes) == [envelope_id]
    assert documenso.simulator.drafts == {}


def test_a_draft_is_not_sent_and_says_so(documenso: Running) -> None:
    """`find` knows nothing of it, for whoever is found counts as invited."""
    service, asked = documenso.service(), request()
    documenso.simulator.trouble(Trouble.BROKEN, where=DISTRIBUTE)
    with pytest.raises(ServiceUnavailable):
        service.send(asked)
    [draft] = documenso.simulator.drafts
    assert service.find(asked.idempotency_key) is None
    assert service.fetch(draft).ended is None
    assert service.fetch(draft).idempotency_key == asked.idempotency_key


def test_a_draft_that_somebody_changed_is_left_alone(documenso: Running) -> None:
    """What goes out is what was approved; the changed draft stays behind, unsent."""
    service, asked = documenso.service(), two_of_each()
    documenso.simulator.trouble(Trouble.BROKEN, where=DISTRIBUTE)
    with pytest.raises(ServiceUnavailable):
        service.send(asked)
    [draft] = documenso.simulator.drafts.values()
    draft.people[0].email = "somebody.else@example.org"
    envelope_id = service.send(asked)
    assert envelope_id != draft.id
    assert list(documenso.simulator.drafts) == [draft.id]
    sent = documenso.simulator.envelopes[envelope_id]
    assert {it.email for it in sent.people} == {it.email for it in asked.recipients}


def test_a_sent_envelope_is_preferred_to_a_draft_of_the_same_key(documenso: Running) -> None:
    """A create that was still under way when it was looked up leaves a draft behind."""
    service, asked = documenso.service(), request()
    envelope_id = service.send(asked)
    documenso.clock.advance(timedelta(seconds=1))
    carried = wire.envelope_body(asked)
    service._client.create(carried, wire.files(asked))
    found = service.find(asked.idempotency_key)
    assert found is not None
    assert found.envelope_id == envelope_id == service.send(asked)


def test_the_search_reads_every_page_and_compares_exactly(documenso: Running) -> None:
    """The search is by likeness: our key in a title is not our envelope."""
    service, simulator = documenso.service(), documenso.simulator
    key = digest_of("k1")
    envelope_id = service.send(request("k1"))
    simulator.most_per_page = 1
    for number in range(3):
        documenso.clock.advance(timedelta(seconds=1))
        service.send(replace(request(f"other{number}"), title=f"About {key}"))
    found = service.find(key)
    assert found is not None
    assert found.envelope_id == envelope_id
    pages = [it.asked.query["page"] for it in simulator.exchanges if "query" in it.asked.query]
    assert pages[-4:] == ["1", "2", "3", "4"]


def test_an_external_id_that_only_resembles_ours_is_not_ours(documenso: Running) -> None:
    """Upper case, something before or behind it: the search would find it, we do not."""
    service, simulator = documenso.service(), documenso.simulator
    asked = request()
    own = simulator.envelopes[service.send(asked)]
    kept = own.key
    for text in (kept.upper(), f" {kept}", f"{kept}\n", f"{kept}:more", f"copy of {kept}"):
        own.key = text
        assert service.find(asked.idempotency_key) is None
    own.key = kept
    assert service.find(asked.idempotency_key) is not None


def test_some_together_and_others_later_is_refused(documenso: Running) -> None:
    """Documenso asks either everybody at once or one after the other."""
    service, asked = documenso.service(), two_of_each()
    first, second = asked.recipients
    third = replace(recipient("practice_2", "Lee Sample", 1), routing_order=1)
    fields = tuple(
        replace(it, recipient="practice_2") for it in asked.documents[0].fields if it.slot == "pso"
    )
    more = replace(asked.documents[0], fields=asked.documents[0].fields + fields)
    mixed = replace(asked, documents=(more, asked.documents[1]), recipients=(first, third, second))
    with pytest.raises(UnsupportedFeature):
        service.send(mixed)
    assert documenso.asked() == []
    ordered = tuple(
        replace(it, routing_order=place) for place, it in enumerate(mixed.recipients, start=4)
    )
    service.send(replace(mixed, recipients=ordered))


@pytest.mark.parametrize("change", ["long", "colon", "comma"])
def test_names_that_cannot_be_kept_are_refused(documenso: Running, change: str) -> None:
    """The external id must come back as it was written, whole."""
    slug = {"long": "a" * 200, "colon": "a:b", "comma": "a,b"}[change]
    asked = request()
    odd = replace(asked, documents=(replace(asked.documents[0], slug=slug),))
    with pytest.raises(UnsupportedFeature):
        documenso.service().send(odd)
    assert documenso.asked() == []


def test_keys_follow_their_people_whatever_order_they_are_listed_in(documenso: Running) -> None:
    """The recipient listed first signs last, under the right key."""
    service = documenso.service()
    asked = two_of_each()
    envelope_id = service.send(replace(asked, recipients=asked.recipients[::-1]))
    documenso.simulator.sign(envelope_id, "practice_1@example.org")
    seen = {it.key: it.signed_at for it in service.fetch(envelope_id).recipients}
    assert (seen["practice_1"], seen["pso"]) == (AT, None)


def test_a_cancel_that_was_overtaken_is_none(documenso: Running) -> None:
    """The answer was lost, the second cancel is refused: it is voided, and that is all right."""
    service = documenso.service()
    envelope_id = service.send(request())
    documenso.simulator.trouble(Trouble.BROKEN_AFTER, where="POST /api/v2/envelope/cancel")
    with pytest.raises(ServiceUnavailable):
        service.void(envelope_id, "sent too early")
    service.void(envelope_id, "again")
    assert service.fetch(envelope_id).reason == "sent too early"
    with pytest.raises(ServiceRejected):
        service._client.cancel(envelope_id, "again")


def test_nobody_is_reminded_or_led_before_their_turn_or_after_the_end(documenso: Running) -> None:
    """In sequence the second waits; once expired a reminder would renew the time, unasked."""
    service = documenso.service()
    envelope_id = service.send(two_of_each())
    service.remind(envelope_id, "practice_1")
    for verb in (
        lambda: service.remind(envelope_id, "pso"),
        lambda: service.signing_link(envelope_id, "pso", HOME),
    ):
        with pytest.raises(ServiceRejected):
            verb()
    documenso.clock.advance(timedelta(days=31))
    assert service.fetch(envelope_id).ended is Signal.EXPIRED
    with pytest.raises(ServiceRejected):
        service.remind(envelope_id, "practice_1")


def test_nothing_unsigned_is_taken_for_signed(documenso: Running) -> None:
    """The vendor answers 200 with the unsigned file; the status alone is not believed either."""
    service = documenso.service()
    envelope_id = service.send(two_of_each())
    item = documenso.simulator.envelopes[envelope_id].notes["items"][0]
    assert service._client.signed_item(item).startswith(b"%PDF-")
    with pytest.raises(ServiceRejected):
        service.download(envelope_id)
    documenso.simulator.unsigned = True
    documenso.simulator.sign_all(envelope_id)
    assert service.fetch(envelope_id).ended is Signal.FULLY_EXECUTED
    with pytest.raises(ServiceUnavailable):
        service.download(envelope_id)
    documenso.simulator.unsigned = False
    assert len(service.download(envelope_id)) == 2


def test_signed_by_all_and_pending_is_sealing(documenso: Running) -> None:
    """No ending, no failure: it is asked for again, for as long as it takes."""
    service = documenso.service()
    documenso.simulator.seal_waits = 1000
    envelope_id = service.send(two_of_each())
    documenso.simulator.sign_all(envelope_id)
    documenso.clock.advance(timedelta(days=40))  # beyond the time for signing, too
    snapshot = service.fetch(envelope_id)
    assert snapshot.ended is None
    assert all(it.signed_at == AT for it in snapshot.recipients)
    with pytest.raises(ServiceUnavailable):
        service.download(envelope_id)
    with pytest.raises(ServiceUnavailable):
        service.records(envelope_id)


def test_other_documents_than_were_sent_are_not_taken_over(documenso: Running) -> None:
    """An item that was added or lost there makes the order meaningless."""
    service = documenso.service()
    envelope_id = service.send(two_of_each())
    documenso.simulator.sign_all(envelope_id)
    envelope = documenso.simulator.envelopes[envelope_id]
    envelope.notes["items"].pop()
    envelope.marks = [mark for mark in envelope.marks if mark.file == 0]
    with pytest.raises(ServiceRejected):
        service.download(envelope_id)


def account(
    *, address: str = "", key: str = API_TOKEN, secrets: tuple[str, ...] = (SHARED,)
) -> ServiceAccount:
    """Write the settings of a site."""
    return ServiceAccount(
        service="documenso",
        options={"address": address} if address else {},
        secrets={"api_token": (key,), "callback_secret": secrets},
    )


def opened(given: ServiceAccount, *, loopback: bool = False) -> DocumensoService:
    """Connect as the program does."""
    return DocumensoService.open(
        given, now=StandingClock(AT).now, callback_url="", loopback=loopback
    )


def test_an_account_is_opened_from_the_settings(documenso: Running) -> None:
    """Nothing is asked before something is wanted; then it works."""
    service = opened(account(address=documenso.simulator.url), loopback=True)
    assert documenso.asked() == []
    assert service.fetch(service.send(request())).ended is None
    assert opened(account()).key == "documenso"


@pytest.mark.parametrize(
    "given",
    [
        account(address="http://documenso.example.org"),
        account(key="not a token"),
        account(key="api_two\nlines"),
        account(secrets=()),
        account(secrets=("",)),
        account(secrets=(SHARED, "")),
        replace(account(), options={"adress": "https://documenso.example.org"}),
        replace(account(), secrets={"api_token": (API_TOKEN,)}),
    ],
)
def test_wrong_settings_are_said_without_their_secrets(given: ServiceAccount) -> None:
    """Each names its key; an empty secret would believe whoever sends an empty header."""
    with pytest.raises(ConfigurationError) as refused:
        opened(given)
    assert "services.documenso" in str(refused.value) or "[documenso]" in str(refused.value)
    assert "s3cret" not in str(refused.value)
