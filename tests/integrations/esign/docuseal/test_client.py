"""What DocuSeal alone has in store for whoever sends, fetches, reminds or reassigns."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from docgen.domain.canonical import digest_of
from docgen.domain.signing import Signal
from docgen.errors import (
    ConfigurationError,
    NotFound,
    ServiceRejected,
    ServiceUnavailable,
    UnsupportedFeature,
)
from docgen.ports.service_account import ServiceAccount
from integrations.esign.docuseal.client import WORDS, DocusealClient
from integrations.esign.docuseal.provider import CLOUD, DocusealService
from integrations.simulators.docuseal import FILES_LAST, DocusealSimulator
from integrations.simulators.mischief import Trouble
from integrations.simulators.wire import Answered
from integrations.system.clock import StandingClock
from integrations.vendor.secret import Secrets
from integrations.vendor.session import ServiceSession
from tests.contracts.esign import AT, HOME, invited, request, two_of_each
from tests.integrations.esign.docuseal.running import ANN, API_KEY, OLD, Running, running

if TYPE_CHECKING:
    from integrations.simulators.wire import Answered, Asked

CLOUD_HOSTS = {"api.docuseal.com", "docuseal.com"}


def in_the_cloud(*file_hosts: str) -> DocusealClient:
    """Make a client of the cloud; it is asked about addresses alone."""
    session = ServiceSession("docuseal", WORDS, StandingClock(AT).now)
    [address, beside] = next(iter(CLOUD.items()))
    return DocusealClient(session, address, Secrets((API_KEY,)), file_hosts=[beside, *file_hosts])


def account(**options: str) -> ServiceAccount:
    """Write a part of the settings."""
    return ServiceAccount(
        service="docuseal",
        options=options,
        secrets={"api_key": (API_KEY,), "callback_secret": (OLD,)},
    )


def opened(**options: str) -> DocusealService:
    """Connect with what the settings say."""
    return DocusealService.open(
        account(**options), now=StandingClock(AT).now, callback_url=HOME, loopback=False
    )


# The free server ---------------------------------------------------------------------------------


def test_a_free_server_is_named_as_what_it_is(docuseal: Running) -> None:
    """It lacks the one route that takes a finished PDF; what to do is said in a sentence."""
    docuseal.simulator.pro = False
    with pytest.raises(UnsupportedFeature) as refused:
        docuseal.service().send(request())
    said = str(refused.value)
    assert "free self-hosted" in said
    assert "Pro licence" in said
    assert "/api" in said
    assert docuseal.simulator.envelopes == {}


# Addresses of files ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.org/file/x.pdf",
        "https://api.docuseal.com.evil.example.org/x",
        "https://api.docuseal.com@evil.example.org/x",
        "https://user:word@api.docuseal.com/x",
        "https://api.docuseal.com:443@evil.example.org/x",
        "https://api.docuseal.com\\@evil.example.org/x",
        "https://evil.example.org/#@api.docuseal.com/",
        "https://evil.example.org?@api.docuseal.com/",
        "https://api.docuseal.com?@evil.example.org/",
        "https://api.docuseal.com:8443/x",
        "http://api.docuseal.com/x",
        "http://docuseal.com/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://2130706433/x",
        "file:///etc/passwd",
        "//api.docuseal.com/x",
        "HTTPS://api.docuseal.com/x",
        " https://api.docuseal.com/x",
        "https://api.docuseal.com/x\n",
        "https://api.docuseal.com/x y",
        "https://api.docuseal.com\u3002evil.example.org/x",
        "https://\uff41pi.docuseal.com/x",
        "https://api.docuseal.com",
        "None",
        "",
    ],
)
def test_an_address_that_leads_elsewhere_is_not_used(url: str) -> None:
    """Other hosts, schemes and ports, and whatever two readers could read in two ways."""
    with pytest.raises(ServiceRejected, match="file_hosts"):
        in_the_cloud("files.example.org").file(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.docuseal.com/file/x.pdf",
        "https://docuseal.com/blobs/proxy/eyJ--abc/My%20file.pdf?disposition=inline",
        "https://DocuSeal.com:443/x",
        "https://files.example.org/x",
    ],
)
def test_an_address_of_its_own_is_used(url: str) -> None:
    """The control: the API's host, the cloud's other one, and what the settings name."""
    assert in_the_cloud("files.example.org").own_address(url) == url


@given(rest=st.text(alphabet="docuseal.m@:/\\#?%1[ \t\n\u3002", max_size=30))
def test_no_address_is_read_in_two_ways(rest: str) -> None:
    """Whatever passes leads, for those who read it later too, to a host we meant."""
    url = f"https://api.docuseal.com{rest}"
    try:
        in_the_cloud().own_address(url)
    except ServiceRejected:
        return
    sent = requests.Request("GET", url).prepare().url
    assert {urlsplit(url).hostname, urlsplit(str(sent)).hostname} <= CLOUD_HOSTS


def test_signed_documents_on_another_host_are_not_fetched(docuseal: Running) -> None:
    """Neither documents nor the audit log; nothing at all is asked there."""
    service = docuseal.service()
    envelope_id = service.send(request())
    docuseal.simulator.sign_all(envelope_id)
    docuseal.simulator.files_at = "http://127.0.0.1:9"
    for verb in (service.download, service.records):
        with pytest.raises(ServiceRejected, match=r"\(127\.0\.0\.1\)"):
            verb(envelope_id)
    docuseal.simulator.files_at = ""
    assert service.download(envelope_id)


def test_a_file_that_sends_us_elsewhere_is_not_followed(docuseal: Running) -> None:
    """A redirect is no answer."""
    service = docuseal.service()
    envelope_id = service.send(request())
    docuseal.simulator.sign_all(envelope_id)
    docuseal.simulator.trouble(Trouble.REDIRECT, where="GET /file/")
    with pytest.raises(ServiceRejected):
        service.download(envelope_id)


def test_an_address_that_has_ended_is_asked_for_again_later(docuseal: Running) -> None:
    """It is no proof that the document is gone."""
    envelope_id = docuseal.service().send(request())
    docuseal.simulator.sign_all(envelope_id)
    client = docuseal.client()
    [url] = client.documents(envelope_id)
    assert client.file(url).startswith(b"%PDF-")
    docuseal.clock.advance(FILES_LAST)
    with pytest.raises(ServiceUnavailable, match="fresh address"):
        client.file(url)


# Reading and finding -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "41001/documents", "../templates/1", "１２", "1 ", "9" * 40])
def test_an_id_that_docuseal_never_made_is_not_asked_for(docuseal: Running, text: str) -> None:
    """It would lead to another path."""
    service = docuseal.service()
    with pytest.raises(NotFound):
        service.fetch(text)
    assert docuseal.simulator.exchanges == []


class _Loose(DocusealSimulator):
    """Gives more than it was asked for, and no longer has what it lists."""

    destroyed = False

    def find(self, asked: Asked) -> Answered:
        return super().find(self._asked_for_all(asked))

    def _asked_for_all(self, asked: Asked) -> Asked:
        return type(asked)(
            method=asked.method,
            path=asked.path,
            query={},
            headers=asked.headers,
            body=asked.body,
            at=asked.at,
        )

    def show(self, asked: Asked, submission_id: str) -> Answered:
        if self.destroyed:
            raise self.unknown(submission_id)
        return super().show(asked, submission_id)


def test_what_is_found_carries_our_very_key() -> None:
    """A search that gives others too does not put an envelope in another's place."""
    with running(_Loose) as both:
        service = both.service()
        first, second = service.send(request("k1")), service.send(request("k2"))
        found = service.find(digest_of("k1"))
        assert found is not None
        assert found.envelope_id == first != second
        assert service.find(digest_of("k3")) is None


def test_a_submission_destroyed_at_the_service_is_not_found() -> None:
    """Its submitters may still be listed."""
    with running(_Loose) as both:
        service = both.service()
        service.send(request("k1"))
        assert isinstance(both.simulator, _Loose)
        both.simulator.destroyed = True
        assert service.find(digest_of("k1")) is None


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "5", "{", ""])
def test_an_answer_of_another_form_is_tried_again_later(
    docuseal: Running, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    """Something other than DocuSeal answered."""
    service = docuseal.service()
    envelope_id = service.send(request())
    monkeypatch.setattr(DocusealSimulator, "show", lambda *_: Answered(body=body.encode()))
    with pytest.raises(ServiceUnavailable, match="not as documented"):
        service.fetch(envelope_id)


# The end -----------------------------------------------------------------------------------------


def test_previews_are_not_even_listed(docuseal: Running) -> None:
    """Before the end the same call gives half-filled pages; it is not made."""
    service = docuseal.service()
    envelope_id = service.send(two_of_each())
    docuseal.simulator.sign(envelope_id, "practice_1@example.org")
    with pytest.raises(ServiceRejected, match="not fully executed"):
        service.download(envelope_id)
    assert not any(line.endswith("/documents") for line in docuseal.asked())


def test_documents_that_are_fewer_than_sent_are_refused(docuseal: Running) -> None:
    """They would be taken for others."""
    service = docuseal.service()
    envelope_id = service.send(two_of_each())
    docuseal.simulator.sign_all(envelope_id)
    envelope = docuseal.simulator.envelopes[envelope_id]
    envelope.files, envelope.sealed = envelope.files[:1], envelope.sealed[:1]
    with pytest.raises(ServiceRejected, match="as many documents"):
        service.download(envelope_id)
    envelope.files, envelope.sealed = [], []
    with pytest.raises(ServiceUnavailable):
        service.download(envelope_id)


def test_an_audit_log_is_waited_for_an_hour(docuseal: Running) -> None:
    """After that it was never made, and the packet is filed without."""
    service = docuseal.service()
    docuseal.simulator.record = False
    envelope_id = service.send(request())
    docuseal.simulator.sign_all(envelope_id)
    docuseal.clock.advance(timedelta(minutes=59))
    with pytest.raises(ServiceUnavailable):
        service.records(envelope_id)
    docuseal.clock.advance(timedelta(minutes=1))
    assert service.records(envelope_id) == []


def test_an_audit_log_that_is_no_pdf_is_not_kept(
    docuseal: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked for again."""
    service = docuseal.service()
    envelope_id = service.send(request())
    docuseal.simulator.sign_all(envelope_id)
    monkeypatch.setattr(docuseal.simulator, "_report", lambda _: b"<html>")
    with pytest.raises(ServiceUnavailable):
        service.records(envelope_id)


def test_what_was_withdrawn_stays_withdrawn_when_its_time_runs_out(docuseal: Running) -> None:
    """DocuSeal then calls it expired."""
    service = docuseal.service()
    envelope_id = service.send(request())
    service.void(envelope_id, "Too early")
    docuseal.clock.advance(timedelta(days=60))
    assert docuseal.simulator.envelopes[envelope_id].ended == "voided"
    assert service.fetch(envelope_id).ended is Signal.VOIDED


# People ------------------------------------------------------------------------------------------


def test_nobody_is_written_to_before_their_turn(docuseal: Running) -> None:
    """Neither reminded nor given a link; nothing is changed at the service."""
    service = docuseal.service()
    envelope_id = service.send(two_of_each())
    for verb in (
        lambda: service.remind(envelope_id, "pso"),
        lambda: service.signing_link(envelope_id, "pso", HOME),
    ):
        with pytest.raises(ServiceRejected):
            verb()
    assert not any(line.startswith("PUT") for line in docuseal.asked())
    docuseal.simulator.sign(envelope_id, "practice_1@example.org")
    service.remind(envelope_id, "pso")
    assert docuseal.simulator.envelopes[envelope_id].person("pso@example.org").reminded == 1


@pytest.mark.parametrize(("key", "invited"), [("practice_1", True), ("pso", None)])
def test_a_new_signer_is_invited_when_it_is_their_turn(
    docuseal: Running, key: str, *, invited: bool | None
) -> None:
    """Later, DocuSeal does it by itself, unless it was told never to."""
    service = docuseal.service()
    envelope_id = service.send(two_of_each())
    service.reassign(envelope_id, key, ANN)
    told = docuseal.simulator.exchanges[-1].asked.json()
    assert told.get("send_email") is invited
    assert docuseal.simulator.envelopes[envelope_id].person("ann@example.org").name == ANN.name


@pytest.mark.parametrize("key", ["practice_1", "pso"])
def test_the_new_signers_name_and_title_take_the_place_of_the_others(
    docuseal: Running, key: str
) -> None:
    """What was filled in of the person before stands in no signed document."""
    service = docuseal.service()
    asked = two_of_each()
    envelope = docuseal.simulator.envelopes[service.send(asked)]
    [old] = [one for one in asked.recipients if one.key == key]
    kept = envelope.notes["submitters"][envelope.person(old.email).id]
    assert sorted(kept["values"].values()) == sorted(2 * [old.name, old.title])
    service.reassign(envelope.id, key, ANN)
    assert sorted(kept["values"].values()) == sorted(2 * [ANN.name, ANN.title])
    docuseal.simulator.sign_all(envelope.id)
    for item in service.download(envelope.id):
        text = PdfReader(io.BytesIO(item.signed)).pages[1].extract_text()
        assert ANN.title in text
        assert old.name not in text
        assert text.count("Director") == 1  # the other person's


def test_a_recipient_nobody_knows_is_not_found(docuseal: Running) -> None:
    """Nothing is sent to anybody."""
    service = docuseal.service()
    envelope_id = service.send(request())
    with pytest.raises(NotFound):
        service.remind(envelope_id, "practice_9")


def test_a_link_leads_back_to_us_and_never_to_a_stranger(docuseal: Running) -> None:
    """The way back is set first; a link on another host is not handed on."""
    service = docuseal.service()
    envelope_id = service.send(invited(request()))
    link = service.signing_link(envelope_id, "practice_1", HOME)
    envelope = docuseal.simulator.envelopes[envelope_id]
    [kept] = envelope.notes["submitters"].values()
    assert (link, envelope.return_url) == (f"{docuseal.simulator.url}/s/{kept['slug']}", HOME)
    docuseal.simulator.pages_at = "https://evil.example.org"
    with pytest.raises(ServiceRejected) as refused:
        service.signing_link(envelope_id, "practice_1", HOME)
    assert kept["slug"] not in str(refused.value)


# Settings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"adress": "https://sign.example.org/api"}, "unknown key adress"),
        ({"address": "http://sign.example.org/api"}, "https address"),
        ({"file_hosts": "https://files.example.org"}, "file_hosts"),
        ({"file_hosts": "files.example.org/x"}, "file_hosts"),
        ({"file_hosts": "user@files.example.org"}, "file_hosts"),
        ({"callback_header": "X-Docuseal-Signature"}, "callback_header"),
    ],
)
def test_settings_that_cannot_hold_are_said(options: dict[str, str], said: str) -> None:
    """With the key's name, before anything is sent."""
    with pytest.raises(ConfigurationError, match=said):
        opened(**options)


def test_settings_left_out_mean_the_cloud() -> None:
    """The control: none, and all of them."""
    assert opened().key == "docuseal"
    assert opened(
        address="https://sign.example.org/api",
        file_hosts="files.example.org cdn.example.org:8443",
        callback_header="X-Secret",
    ).capabilities.signed_callbacks
