"""Our own entrance to an outside service: our letter, our code, the service's page, and the way back."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.errors import NotFound, Refused
from docgen.services.ceremony.enter import visit_by_session
from docgen.services.lead import MOST_LED
from docgen.services.reassign import NewSigner, reassign
from docgen.services.remind import remind
from docgen.services.send import send
from docgen.services.sweep import sweep
from docgen.services.withdraw import withdraw
from integrations.simulators.mischief import Trouble
from tests.app.outside_site import GO_ON, opened, out
from tests.app.signing_site import arrive, identify
from tests.unit.services.test_every_service import connected
from tests.unit.services.test_file_service import verified
from tests.unit.services.walk import COORDINATOR, approved, sent_unheard

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.services.office import Office
    from tests.app.desk.staff import Desk

LEADERS = ("adobe_sign", "documenso", "docuseal", "docusign")
NEW = NewSigner(name="Ann Other", title="Dean", email="ann@example.org", reason="On leave.")


@pytest.mark.parametrize("name", LEADERS)
def test_two_people_sign_there_in_turn_and_the_bundle_holds(
    desk: Desk, office: Office, tmp_path: Path, name: str
) -> None:
    """By our letters and codes alone; the second is invited once the service reports the first."""
    with out(desk, name, office.signer) as it:
        assert it.envelope.quiet
        for number, signer in enumerate(it.entrance.signers, start=1):
            assert [one.key for one in it.entrance.turn] == [signer.key]
            browser = identify(it.site, it.at, signer.key)
            page = browser.get(f"/signing/{it.at}/outside").content.decode()
            assert "Sign at" in page
            address = it.led(browser)
            assert signer.name in opened(address)
            it.vendor.sign(it.envelope.id, signer.email)
            page = it.back(browser).content.decode()
            assert ("You have signed" in page) or ("Fully executed" in page)
            it.pass_time()
            invited = [it for it in desk.mailer.sent if it.key.startswith("invite.")]
            assert len(invited) == min(number + 1, 2)
        for _ in range(4):
            it.pass_time(timedelta(minutes=20))
        assert it.packet.state is PacketState.ARCHIVED
        bundle = it.site.office.archive.open(it.packet.bundle_sha256)
        assert verified(it.site.office, bundle, tmp_path) == 0
        told = it.site.history(it.packet_id)
        assert [told.count(kind) for kind in ("signer.invited", "signer.led")] == [2, 2]


def test_the_letter_says_where_it_is_signed(desk: Desk) -> None:
    """And its link leads to our own site."""
    with out(desk) as it:
        (first, *_) = it.entrance.turn
        letter = it.site.letter(first.key, it.at)
        assert "You sign at DocuSign" in letter
        assert f"{it.site.office.rules.base_url}/sign/" in letter
        assert it.vendor.url not in letter


def test_without_the_setting_the_service_invites(desk: Desk) -> None:
    """The control: no letter of ours, no entrance, and the service writes."""
    with connected(desk.office, "docusign") as (office, vendor):
        packet = desk.packet()
        approved(office, packet)
        send(office, packet.id, COORDINATOR, "docusign")
        sweep(office)
        [envelope] = vendor.envelopes.values()
        assert not envelope.quiet
        assert office.ledger.packets.get(packet.id).entrance_id == ""
        assert not desk.mailer.sent


def test_opening_changes_nothing_and_asks_the_service_nothing(desk: Desk) -> None:
    """A mail scanner opens the link and whatever it finds; the person's own GETs make no address."""
    with out(desk) as it:
        (first, *_) = it.entrance.turn
        token, before = it.site.token(it.at, first.key), it.site.state(it.at)
        asked = len(it.vendor.exchanges)
        for page in ("outside", "back", "code", "not-me", "next"):
            browser = it.site.client()
            browser.get(f"/sign/{token}", follow=True)
            for ask in (browser.get, browser.head):
                ask(f"/signing/{it.at}/{page}", follow=True)
        assert it.site.state(it.at) == before
        browser = identify(it.site, it.at, first.key)
        before = it.site.state(it.at)
        for ask in (browser.get, browser.head):
            assert ask(f"/signing/{it.at}/outside").status_code == 200
        assert it.site.state(it.at) == before
        assert len(it.vendor.exchanges) == asked
        assert it.led(browser)  # the control


def test_the_address_is_kept_nowhere(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """No table, letter or log holds it, and the page that shows it tells nobody where it was."""
    from django.apps import apps

    caplog.set_level(logging.DEBUG)
    with out(desk) as it:
        browser = identify(it.site, it.at, it.entrance.turn[0].key)
        answer = browser.post(f"/signing/{it.at}/outside")
        [address] = GO_ON.findall(answer.content.decode())
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        opened(address)
        it.vendor.sign(it.envelope.id, it.entrance.turn[0].email)
        it.back(browser)
        it.pass_time()
        secret = address.rpartition("=")[2]
        rows = [repr(list(kind.objects.values())) for kind in apps.get_models()]
        letters = [item.text for item in desk.mailer.sent]
        ours = [item.getMessage() for item in caplog.records if item.name.startswith("docgen")]
        assert it.packet_id in "".join(rows)  # the control: the tables are looked through
        assert secret not in "".join([*rows, *letters, *ours])


def test_an_address_serves_once_and_a_fresh_one_is_had_again(desk: Desk) -> None:
    """A copy of it, or the browser's way back, opens nothing; the person asks again."""
    with out(desk) as it:
        browser = identify(it.site, it.at, it.entrance.turn[0].key)
        address = it.led(browser)
        assert opened(address)
        assert opened(address) == ""
        assert opened(it.led(browser))


def test_the_way_back_promises_nothing(desk: Desk) -> None:
    """Attack: the address claims that it was signed. The control: once it was, the page says so."""
    with out(desk) as it:
        (first, *_) = it.entrance.turn
        browser = identify(it.site, it.at, first.key)
        it.led(browser)
        page = it.back(browser, "sign").content.decode()
        assert "has not told us yet that you signed" in page
        assert it.entrance.turn[0].key == first.key
        it.led(browser)
        it.vendor.sign(it.envelope.id, first.email)
        assert "You have signed" in it.back(browser, "later").content.decode()


def test_coming_back_asks_the_service_once(desk: Desk) -> None:
    """However often the page is loaded again, once for each time the person went on."""
    with out(desk) as it:
        browser = identify(it.site, it.at, it.entrance.turn[0].key)
        it.led(browser)
        before = len(it.vendor.exchanges)
        for _ in range(10):
            it.back(browser)
        assert len(it.vendor.exchanges) == before + 1


def test_whoever_comes_back_without_a_session_learns_nothing(desk: Desk) -> None:
    """The page helps on, names nobody and asks nothing of the service."""
    with out(desk) as it:
        asked = len(it.vendor.exchanges)
        answer = it.site.client().get(f"/signing/{it.at}/back?event=signing_complete")
        page = answer.content.decode()
        assert "open the link in your message again" in page
        assert it.packet.plan.practice not in page
        assert it.entrance.title not in page
        assert answer.content == it.site.client().get("/signing/site_none/back").content
        assert len(it.vendor.exchanges) == asked


@pytest.mark.parametrize("page", ["consent", "read/psa", "documents/psa.pdf", "sign", "decline"])
def test_nothing_is_signed_on_our_own_pages(desk: Desk, page: str) -> None:
    """Attack: whoever is let in to sign there goes to the pages of our own signer instead."""
    with out(desk) as it:
        browser = identify(it.site, it.at, it.entrance.turn[0].key)
        before = it.site.state(it.at)
        form = {"agree": "yes", "authority": "yes", "name": "A", "typed": "A", "reason": "No"}
        for ask in (browser.get, browser.post):
            assert ask(f"/signing/{it.at}/{page}", form).status_code in {404, 405}
        assert it.site.state(it.at) == before
        cookie = browser.cookies[f"session-{it.at}"].value
        with pytest.raises(NotFound):
            visit_by_session(it.site.office, it.at, cookie)
        visit = visit_by_session(it.site.office, it.at, cookie, outside=True)
        assert visit.signer.key == it.entrance.turn[0].key


def test_nobody_is_led_before_their_turn(desk: Desk) -> None:
    """Attack: the second signer's link, made by hand, opens no code and no address."""
    from docgen.services.ceremony.invite import signing_link

    with out(desk) as it:
        second = it.entrance.signers[1]
        link = signing_link(it.site.office, it.entrance, second)
        browser = it.site.client()
        page = browser.get(f"/sign/{link.rpartition('/')[2]}", follow=True).content.decode()
        assert "Not your turn yet" in page
        answer = browser.post(f"/signing/{it.at}/code", {"send": "yes"})
        assert answer.status_code == 409
        assert browser.post(f"/signing/{it.at}/outside").status_code == 404


@pytest.mark.parametrize("trouble", [Trouble.BROKEN, Trouble.THROTTLED, Trouble.REDIRECT])
def test_an_outage_is_said_in_words_that_help(desk: Desk, trouble: Trouble) -> None:
    """Nothing is lost, and the next try leads on."""
    with out(desk) as it:
        browser = identify(it.site, it.at, it.entrance.turn[0].key)
        it.vendor.trouble(trouble, where="envelopes", times=9)
        answer = browser.post(f"/signing/{it.at}/outside")
        assert answer.status_code in {409, 503}
        assert "in a few minutes" in answer.content.decode()
        assert 'href="http' not in answer.content.decode()
        it.vendor.troubles.clear()
        it.pass_time(timedelta(hours=1))
        assert it.led(browser)


def test_an_envelope_that_was_withdrawn_meanwhile_leads_nowhere(desk: Desk) -> None:
    """The page says so, whether we know it already or the service tells us now."""
    with out(desk) as it:
        browser = identify(it.site, it.at, it.entrance.turn[0].key)
        from integrations.simulators.envelope import Ending

        it.vendor.end(it.envelope, Ending.VOIDED)
        answer = browser.post(f"/signing/{it.at}/outside")
        assert answer.status_code == 409
        assert "This packet was withdrawn" in answer.content.decode()
        assert it.entrance.ended is not None
        again = browser.post(f"/signing/{it.at}/outside")
        assert again.status_code == 409
    assert "signer.led" in it.site.history(it.packet_id)


def test_taking_back_ends_the_entrance(desk: Desk) -> None:
    """The coordinator voids it: the link says so, and nobody is reminded."""
    with out(desk) as it:
        token = it.site.token(it.at, it.entrance.turn[0].key)
        withdraw(it.site.office, it.packet_id, COORDINATOR, "Sent too early.")
        page = it.site.client().get(f"/sign/{token}", follow=True).content.decode()
        assert "This packet was withdrawn" in page
        before = len(desk.mailer.sent)
        it.pass_time(timedelta(days=20))
        assert len(desk.mailer.sent) == before


def test_what_was_taken_back_while_it_was_sent_is_voided_there(desk: Desk) -> None:
    """The process died before it was known to be out: nobody was invited, and nothing is left over."""
    with connected(desk.office, "docusign") as (ready, vendor):
        office = replace(ready, rules=replace(ready.rules, invited_by_site=frozenset({"docusign"})))
        packet = desk.packet()
        sent_unheard(office, packet, "docusign")
        withdraw(office, packet.id, COORDINATOR, "Sent too early.")
        for _ in range(3):
            desk.clock.advance(timedelta(minutes=10))
            assert sweep(office).failures == ()
        [envelope] = vendor.envelopes.values()
        assert envelope.ended == "voided"
        assert office.ledger.packets.get(packet.id).state is PacketState.VOIDED
        assert desk.mailer.sent == []


def test_reminders_are_ours(desk: Desk) -> None:
    """By itself after the site's period, and asked for by a coordinator; the service writes never."""
    with out(desk) as it:
        (first, *_) = it.entrance.turn
        it.pass_time(timedelta(days=7, minutes=1))
        letters = [one for one in desk.mailer.sent if one.key.startswith(f"remind.{it.at}.")]
        assert [one.to_address for one in letters] == [first.email]
        with pytest.raises(Refused):
            remind(it.site.office, it.packet_id, COORDINATOR)
        it.pass_time(timedelta(days=1))
        assert remind(it.site.office, it.packet_id, COORDINATOR) == (first.key,)
        assert [one.reminded for one in it.envelope.people] == [0, 0]
        assert it.envelope.remind_every is None


def test_another_person_gets_a_link_and_the_old_one_ends(desk: Desk) -> None:
    """The one before is told, their session and link open nothing, and the new person signs."""
    with out(desk) as it:
        (first, *_) = it.entrance.turn
        old = it.site.token(it.at, first.key)
        browser = identify(it.site, it.at, first.key)
        assert it.led(browser)
        reassign(it.site.office, it.packet_id, first.key, NEW, COORDINATOR)
        refused = browser.post(f"/signing/{it.at}/outside")
        assert refused.status_code == 409
        assert "Somebody else is being put in your place" in refused.content.decode()
        it.pass_time()
        assert browser.post(f"/signing/{it.at}/outside").status_code == 404
        assert it.site.client().get(f"/sign/{old}").status_code == 404
        relieved = [one for one in desk.mailer.sent if one.key.startswith("relieve.")]
        assert [one.to_address for one in relieved] == [first.email]
        anew = identify(it.site, it.at, first.key)
        assert NEW.name in opened(it.led(anew))
        assert it.envelope.person(first.key).reminded == 0


@pytest.mark.parametrize("name", ["adobe_sign", "docuseal"])
def test_whose_address_goes_on_working_keeps_the_place(desk: Desk, name: str) -> None:
    """Attack: the one before would come back by it. The control: unopened, the place passes on."""
    with out(desk, name) as it:
        first, second = it.entrance.signers
        assert it.led(identify(it.site, it.at, first.key))
        with pytest.raises(Refused, match=r"goes on working .* Choose “Correct and send again…”"):
            reassign(it.site.office, it.packet_id, first.key, NEW, COORDINATOR)
        other = replace(NEW, email="kim.sample@example.org")
        reassign(it.site.office, it.packet_id, second.key, other, COORDINATOR)
        it.pass_time()
        assert it.entrance.signer(second.key).email == other.email


def test_one_link_leads_on_so_often_and_no_more(desk: Desk) -> None:
    """Each time costs the account two calls; a new link begins anew."""
    with out(desk) as it:
        browser = identify(it.site, it.at, it.entrance.turn[0].key)
        for _ in range(MOST_LED):
            assert it.led(browser)
        asked = len(it.vendor.exchanges)
        answer = browser.post(f"/signing/{it.at}/outside")
        assert answer.status_code == 409
        assert "too often" in answer.content.decode()
        assert len(it.vendor.exchanges) == asked


def test_whoever_does_not_sign_says_so_and_names_who_does(desk: Desk) -> None:
    """As at our own signer: the coordinator confirms, and the other person is asked."""
    from docgen.services.asked import confirm_request, open_requests

    with out(desk) as it:
        (first, *_) = it.entrance.turn
        browser = arrive(it.site, it.at, first.key)
        form = {"name": NEW.name, "title": NEW.title, "email": NEW.email, "who": NEW.reason}
        assert browser.post(f"/signing/{it.at}/not-me", form).status_code == 200
        [request] = open_requests(it.site.office, it.packet)
        confirm_request(it.site.office, it.packet_id, first.key, request.number, COORDINATOR)
        it.pass_time()
        assert it.entrance.signer(first.key).email == NEW.email
        assert open_requests(it.site.office, it.packet) == ()
