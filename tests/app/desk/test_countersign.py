"""The countersigner's desk: the queue, one deliberate signature after another, stand-ins."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.person import Person, Role
from docgen.services.approve import approve
from docgen.services.ceremony.countersign import FRESH
from docgen.services.send import send
from docgen.services.stand_in import Appointment, appoint
from docgen.services.sweep import run_due, run_errand
from docgen.services.withdraw import withdraw
from tests.app.desk.staff import ONCE, Desk
from tests.unit.services.walk import Loopback, at_own_desk, sign_next

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from docgen.domain.packet import Packet

QUERIES_OF_QUEUE = 14
QUERIES_OF_REVIEW = 16
DAY = timedelta(days=1)
AT = "/desk/countersign"
HIDDEN = re.compile(r'name="(shown[^"]*)" value="([0-9a-f]{64})"')


def put_countersigner(desk: Desk) -> Person:
    """Give the role's person the address that the PSO's settings name."""
    email = desk.office.pso_settings.signatory.email
    person = desk.office.ledger.people.get("pso_countersigner")
    person = replace(person, email=email)
    desk.office.ledger.people.put(person)
    # The envelopes, too, are opened with this office's clock, letters and signer.
    desk.office = at_own_desk(desk.office, Loopback(lost=True), desk.clock)  # type: ignore[arg-type]  # it only reads the time
    return person


def signed_packet(desk: Desk, number: int = 1) -> Packet:
    """Store one more packet, send it, and let the practice sign it."""
    office = desk.office
    if number == 1:
        packet = desk.packet()
    else:
        first, other = desk.generated[0], f"enr_more{number}"
        office.ledger.enrollments.add(replace(desk.enrollment, enrollment_id=other))
        plan = replace(first.plan, enrollment_id=other)
        packet = replace(first, id=f"pkt_more{number}", plan=plan, state=PacketState.DRAFT)
        office.ledger.packets.add(packet)
    person = office.ledger.people.get("coordinator")
    approve(office, packet.id, packet.plan.checksum, person, "claimed")
    run_errand(office, send(office, packet.id, person))
    packet = office.ledger.packets.get(packet.id)
    while office.ledger.ceremonies.get(packet.envelope_id).turn[0].key != "pso":
        sign_next(office, packet.envelope_id)
    run_due(office)
    return packet


@pytest.fixture
def waiting(desk: Desk) -> Packet:
    """Give a packet that waits for the countersigner."""
    put_countersigner(desk)
    return signed_packet(desk)


def at_desk(desk: Desk, key: str = "pso_countersigner") -> Client:
    """Give a client that somebody signed in to by a mailed code, a moment ago."""
    client = desk.as_(key)
    trace(desk, client.cookies["desk"].value)
    return client


def trace(desk: Desk, session_key: str) -> None:
    """Note in a session how it was opened, as signing in does."""
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore(session_key)
    moment = desk.clock.now().timestamp()
    store["account_authentication_methods"] = [{"method": "code", "at": moment}]
    store["account_authentication_methods_user"] = store["_auth_user_id"]
    store.save()


def hidden(page: HttpResponse) -> dict[str, str]:
    """Take the digests that a page shows along."""
    return dict(HIDDEN.findall(page.content.decode()))


def agree_and_read(client: Client, packet: Packet) -> None:
    """Agree, and go through each document the pages lead to."""
    place = f"{AT}/{packet.id}"
    answer = client.post(place, {"agree": "yes", "agreed": "yes"})
    while "/read/" in answer["Location"]:
        page = client.get(answer["Location"])
        answer = client.post(answer["Location"], hidden(page))
    assert answer["Location"].endswith("#sign")


def sign(client: Client, packet: Packet, **changed: str) -> HttpResponse:
    """Press the button of the page as it stands."""
    place = f"{AT}/{packet.id}"
    page = client.get(place)
    fields = {"sign": "yes", "typed": "Pat Countersigner", "authority": "yes", **hidden(page)}
    return client.post(place, {**fields, **changed})


def is_signed(desk: Desk, packet: Packet) -> bool:
    """Say whether the PSO's signature is there."""
    told = desk.office.ledger.history.of(packet.id)
    return any(item.kind == "signer.signed" and item.actor == "signer:pso" for item in told)


def test_the_queue_says_what_one_needs_to_know(desk: Desk, waiting: Packet) -> None:
    """Practice, documents, who signed with title and when, the days, and what differs."""
    desk.clock.advance(3 * DAY)
    page = at_desk(desk).get(AT).content.decode()
    assert waiting.plan.practice in page
    for document in waiting.plan.documents:
        assert document.title in page
    first = waiting.plan.recipients[0]
    assert f"{first.name}, {first.title}" in page
    assert "Nov 23, 2026" in page
    assert "3 days" in page
    assert "3 days, long" not in page
    assert "Nothing differs from standard." in page
    desk.clock.advance(3 * DAY)
    assert "6 days, long" in at_desk(desk).get(AT).content.decode()


def test_departures_are_told_in_their_sentences(desk: Desk, waiting: Packet) -> None:
    """A packet that departs says how, in the queue and on its page."""
    sentence = "Days of notice: 60 days instead of 90 days."
    from docgen.domain.plan import PlannedDeparture

    departure = PlannedDeparture(code="terms.notice_days", sentence=sentence)
    plan = replace(waiting.plan, departures=(departure,))
    now = desk.office.ledger.packets.get(waiting.id)
    desk.office.ledger.packets.save(replace(now, plan=plan))
    for place in (AT, f"{AT}/{waiting.id}"):
        page = at_desk(desk).get(place).content.decode()
        assert sentence in page
        assert "Nothing differs" not in page


def test_several_are_signed_one_after_another(desk: Desk) -> None:
    """One showing of who it is, an act for each packet, and the way to the next with its number."""
    put_countersigner(desk)
    packets = [signed_packet(desk, number) for number in (1, 2, 3)]
    client = at_desk(desk)
    client.get(AT)
    for number, packet in enumerate(packets, start=1):
        assert f"{number} of 3" in client.get(f"{AT}/{packet.id}").content.decode()
        agree_and_read(client, packet)
        assert "Sign as Pat Countersigner, " in client.get(f"{AT}/{packet.id}").content.decode()
        assert not is_signed(desk, packet)
        answer = sign(client, packet)
        following = f"/{packets[number].id}" if number < len(packets) else ""
        assert answer["Location"] == f"{AT}{following}"
        assert f"{number} of 3 done" in client.get(answer["Location"]).content.decode()
        assert is_signed(desk, packet)
    assert "Nothing waits for your signature" in client.get(AT).content.decode()
    kinds = desk.history(packets[0].id)
    assert kinds.count("signer.identified") == 2  # the practice by a code, the PSO's at the desk


def test_one_can_be_left_for_later(desk: Desk) -> None:
    """The link leads to the next; the one left stays where it was."""
    put_countersigner(desk)
    first, second = (signed_packet(desk, number) for number in (1, 2))
    client = at_desk(desk)
    assert f'href="{AT}/{second.id}">Leave' in client.get(f"{AT}/{first.id}").content.decode()
    assert f'href="{AT}/{first.id}">Leave' in client.get(f"{AT}/{second.id}").content.decode()


def test_nothing_is_signed_without_showing_it_again(desk: Desk, waiting: Packet) -> None:
    """A stale session is asked first, each time; what it sent is not carried out."""
    stale = desk.as_("pso_countersigner", fresh=False)
    place = f"{AT}/{waiting.id}"
    for fields in ({"agree": "yes", "agreed": "yes"}, {"sign": "yes"}):
        answer = stale.post(place, fields)
        assert answer["Location"].startswith("/account/again")
        assert waiting.id in answer["Location"]
    client = at_desk(desk)
    agree_and_read(client, waiting)
    desk.clock.advance(FRESH)
    assert sign(client, waiting)["Location"].startswith("/account/again")
    assert not is_signed(desk, waiting)
    assert sign(at_desk(desk), waiting).status_code == 302
    assert is_signed(desk, waiting)


def test_signed_in_through_the_pages_it_is_recorded_how(desk: Desk, waiting: Packet) -> None:
    """A real sign-in by mailed code counts as showing it; later the code is asked for again."""
    person = desk.office.ledger.people.get("pso_countersigner")
    client, place = desk.client(), f"{AT}/{waiting.id}"
    client.post("/account/sign-in", {"email": person.email})
    client.post("/account/sign-in/code", {"code": desk.code_of(person.email)})
    agree_and_read(client, waiting)
    desk.clock.advance(FRESH)
    again = sign(client, waiting)["Location"]
    client.post(again, {"send": "yes"})
    assert client.post(again, {"code": desk.code_of(person.email)})["Location"] == place
    assert sign(client, waiting).status_code == 302
    told = desk.office.ledger.history.of_kind("signer.identified", [waiting.id])
    mine = [item.details for item in told if item.actor == "signer:pso"]
    assert [item["ways"] for item in mine] == [["code"], ["code"]]
    assert mine[0]["shown_at"] != mine[1]["shown_at"]


def test_the_history_names_who_signed_as_they_signed(desk: Desk, waiting: Packet) -> None:
    """Under the name and title of the signature, whoever was invited."""
    at = f"/desk/packets/{waiting.id}/history"
    signed = [
        item for item in desk.office.ledger.history.of(waiting.id) if item.kind == "signer.signed"
    ]
    page = desk.as_("auditor").get(at).content.decode()
    assert f"as {signed[-1].details['name']}, {signed[-1].details['title']}" in page
    assert "PSO agreement (PSA)" in page  # which document was read, and not its short name alone


def test_a_double_click_signs_once(desk: Desk, waiting: Packet) -> None:
    """The same form twice: both answers lead on, one signature."""
    client = at_desk(desk)
    agree_and_read(client, waiting)
    place = f"{AT}/{waiting.id}"
    fields = {"sign": "yes", "typed": "Pat", "authority": "yes", **hidden(client.get(place))}
    answers = [client.post(place, fields) for _ in range(2)]
    assert [item.status_code for item in answers] == [302, 302]
    told = desk.office.ledger.history.of(waiting.id)
    mine = [item for item in told if (item.kind, item.actor) == ("signer.signed", "signer:pso")]
    assert len(mine) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"authority": ""}, "authority"),
        ({"typed": " "}, "type or draw"),
        ({"shown_psa": "0" * 64}, "changed since it was shown"),
    ],
)
def test_what_is_missing_is_said_and_nothing_signed(
    desk: Desk, waiting: Packet, changed: dict[str, str], words: str
) -> None:
    """No tick, no signature, or another document than shown."""
    client = at_desk(desk)
    agree_and_read(client, waiting)
    answer = sign(client, waiting, **changed)
    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert not is_signed(desk, waiting)


def test_steps_cannot_be_skipped(desk: Desk, waiting: Packet) -> None:
    """No reading before agreeing, no agreeing without the tick, no button before reading."""
    client, place = at_desk(desk), f"{AT}/{waiting.id}"
    assert client.get(f"{place}/read/psa")["Location"] == place
    assert client.post(place, {"agree": "yes"}).status_code == 409
    assert 'name="sign"' not in client.get(place).content.decode()
    assert client.post(place, {"sign": "yes", "typed": "x", "authority": "yes"}).status_code == 409
    assert client.post(place, {}).status_code == 422
    assert not is_signed(desk, waiting)


def test_another_countersigner_may_not(desk: Desk, waiting: Packet) -> None:
    """The role opens the queue, not somebody else's packet, by any of its addresses."""
    client, place = desk.as_("everything"), f"{AT}/{waiting.id}"
    for address in (place, f"{place}/read/psa", f"{place}/files/psa.pdf"):
        assert client.get(address).status_code == 403
    for fields in ({"agree": "yes", "agreed": "yes"}, {"sign": "yes", "authority": "yes"}):
        assert client.post(place, fields).status_code == 403
    assert client.post(f"{place}/read/psa", {"shown": "0" * 64}).status_code == 403
    page = client.get(f"{AT}?whose=all").content.decode()
    assert f'href="/desk/packets/{waiting.id}"' in page
    assert f'href="{place}"' not in page


def test_a_coordinator_reads_the_queue_only(desk: Desk, waiting: Packet) -> None:
    """They see what waits and for whom; the review and the signature are not theirs."""
    client = desk.as_("coordinator")
    page = client.get(AT).content.decode()
    assert waiting.plan.practice in page
    assert "Take over" not in page
    assert client.get(f"{AT}/{waiting.id}").status_code == 403
    assert client.post(f"{AT}/take-over", {"packet": waiting.id}).status_code == 403


def test_a_voided_packet_leads_back(desk: Desk, waiting: Packet) -> None:
    """Taken back while the page was open: a sentence, and nothing signed."""
    client = at_desk(desk)
    agree_and_read(client, waiting)
    withdraw(desk.office, waiting.id, desk.office.ledger.people.get("coordinator"), "Wrong.")
    answer = sign(client, waiting)
    assert answer["Location"] == AT
    assert "no longer open" in client.get(AT).content.decode()
    assert not is_signed(desk, waiting)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"decline": "yes", "reason": "Wrong entity."}, "signer.declined"),
        ({"paper": "yes"}, "signer.asked_for_paper"),
    ],
)
def test_the_ways_out_are_open_at_the_desk_too(
    desk: Desk, waiting: Packet, fields: dict[str, str], kind: str
) -> None:
    """What the disclosure promises: decline with a reason, or paper; by a fresh showing only."""
    place = f"{AT}/{waiting.id}"
    stale = desk.as_("pso_countersigner", fresh=False)
    assert stale.post(place, fields)["Location"].startswith("/account/again")
    assert at_desk(desk).post(place, {"decline": "yes", "reason": " "}).status_code == 409
    assert kind not in desk.history(waiting.id)
    assert at_desk(desk).post(place, fields)["Location"] == AT
    assert desk.history(waiting.id).count(kind) == 1
    assert not is_signed(desk, waiting)


def test_a_session_of_unknown_origin_signs_nothing(desk: Desk, waiting: Packet) -> None:
    """Fresh or not: without a trace of how it was opened there would be nothing to record."""
    untraced = desk.as_("pso_countersigner")
    answer = untraced.post(f"{AT}/{waiting.id}", {"agree": "yes", "agreed": "yes"})
    assert answer.status_code == 409
    assert "signer.consented" not in desk.history(waiting.id)[-1:]
    agree_and_read(at_desk(desk), waiting)


def test_the_pdf_is_the_one_that_is_signed(desk: Desk, waiting: Packet) -> None:
    """With the practice's signature in it; by the address of other bytes nothing is handed over."""
    at = f"{AT}/{waiting.id}/files/psa.pdf"
    answer = at_desk(desk).get(at)
    ceremony = desk.office.ledger.ceremonies.get(waiting.envelope_id)
    (psa,) = [item for item in ceremony.documents if item.slug == "psa"]
    assert psa.current_sha256 != psa.sent_sha256
    assert answer.content == desk.office.work.open(psa.current_sha256)
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert at_desk(desk).get(f"{at}?shown={psa.current_sha256}").content == answer.content
    assert at_desk(desk).get(f"{at}?shown={psa.sent_sha256}").status_code == 409
    assert "attachment" in at_desk(desk).get(f"{at}?save")["Content-Disposition"]
    unknown = at_desk(desk).get(f"{AT}/{waiting.id}/files/none.pdf")
    assert unknown.status_code == 404


def appoint_everything(desk: Desk) -> None:
    """Appoint the person with every role."""
    day = desk.office.today()
    given = Appointment(
        person="everything", title="Vice President", first=day, last=day + 7 * DAY, reason="Leave."
    )
    appoint(desk.office, given, desk.office.ledger.people.get("pso_countersigner"))


def test_a_stand_in_takes_over_and_signs(desk: Desk, waiting: Packet) -> None:
    """Appointed on the page, packets picked in the queue, signed with their own name and title."""
    day = desk.office.today()
    fields = {
        "person": "everything",
        "title": "Vice President",
        "first": day.isoformat(),
        "last": (day + 7 * DAY).isoformat(),
        "reason": "On leave.",
    }
    named, other = at_desk(desk), at_desk(desk, "everything")
    assert "You stand in" not in other.get(AT).content.decode()
    assert desk.send(named, f"{AT}/stand-ins", **fields).status_code == 302
    assert "in force" in named.get(f"{AT}/stand-ins").content.decode()
    assert "You stand in for" in other.get(AT).content.decode()
    desk.send(other, f"{AT}/take-over", page=AT, packet=[waiting.id])
    agree_and_read(other, waiting)
    assert "Sign as Every Role, Vice President" in other.get(f"{AT}/{waiting.id}").content.decode()
    sign(other, waiting, typed="Every Role")
    assert is_signed(desk, waiting)
    assert desk.history("user:everything") == ["stand_in.appointed"]
    assert named.get(f"{AT}/{waiting.id}").status_code == 403


def test_taking_over_without_an_appointment_is_refused(desk: Desk, waiting: Packet) -> None:
    """A form made by hand moves nothing; neither does an empty one."""
    other = desk.as_("everything")
    once = {"once": "x" * 32}
    other.post(f"{AT}/take-over", {**once, "packet": waiting.id})
    assert "No appointment lets you stand in today" in other.get(AT).content.decode()
    appoint_everything(desk)
    desk.send(other, f"{AT}/take-over", page=AT)
    assert "Pick at least one" in other.get(AT).content.decode()
    assert "signer.reassigned" not in desk.history(waiting.id)


def test_picked_packets_move_together_or_not_at_all(desk: Desk, waiting: Packet) -> None:
    """One that cannot be taken over holds back the others; the control moves both."""
    second = signed_packet(desk, 2)
    appoint_everything(desk)
    other = desk.as_("everything")
    desk.send(other, f"{AT}/take-over", page=AT, packet=[waiting.id, "pkt_unknown"])
    assert "signer.reassigned" not in desk.history(waiting.id)
    desk.send(other, f"{AT}/take-over", page=AT, packet=[waiting.id, second.id])
    assert "signer.reassigned" in desk.history(waiting.id)
    assert "signer.reassigned" in desk.history(second.id)


def test_who_may_appoint(desk: Desk, waiting: Packet) -> None:
    """The one named and administrators see the form; others read; all by a fresh showing."""
    assert waiting.id
    for key, sees in (("pso_countersigner", True), ("administrator", True), ("coordinator", False)):
        page = desk.as_(key).get(f"{AT}/stand-ins").content.decode()
        assert ("Appoint</button>" in page) is sees
    stale = desk.as_("administrator", fresh=False)
    answer = stale.post(f"{AT}/stand-ins", {"person": "everything"})
    assert answer["Location"].startswith("/account/again")
    day = desk.office.today().isoformat()
    fields = {"person": "everything", "title": "VP", "first": day, "last": day, "reason": "x"}
    refused = desk.as_("coordinator").post(f"{AT}/stand-ins", {**fields, "once": "x" * 32})
    assert refused.status_code == 403
    wrong = desk.send(desk.as_("administrator"), f"{AT}/stand-ins", **{**fields, "reason": " "})
    assert wrong.status_code == 422
    assert desk.office.ledger.stand_ins.latest(5) == []


def test_an_appointment_is_ended_once(desk: Desk, waiting: Packet) -> None:
    """By its page; then nothing more is taken over."""
    appoint_everything(desk)
    (stand_in,) = desk.office.ledger.stand_ins.latest(5)
    place = f"{AT}/stand-ins/{stand_in.id}/end"
    assert desk.as_("coordinator").post(place, {"once": "x" * 32}).status_code == 403
    client = desk.as_("administrator")
    found = ONCE.search(client.get(f"{AT}/stand-ins").content.decode())
    assert found is not None
    for _ in range(2):
        client.post(place, {"once": found.group(1)})
    assert desk.history("user:everything").count("stand_in.ended") == 1
    desk.as_("everything").post(f"{AT}/take-over", {"once": "y" * 32, "packet": waiting.id})
    assert "signer.reassigned" not in desk.history(waiting.id)


@pytest.mark.usefixtures("app")
def test_both_places_mean_the_same_ten_minutes() -> None:
    """The pages ask again exactly when the service would refuse."""
    from docgen.web.account.again import HOLDS

    assert FRESH == HOLDS


def test_pages_ask_the_database_a_fixed_number_of_times(desk: Desk, waiting: Packet) -> None:
    """However many packets wait."""
    client = at_desk(desk)
    assert desk.queries(client, f"{AT}/{waiting.id}") <= QUERIES_OF_REVIEW
    one = desk.queries(client, AT)
    assert one <= QUERIES_OF_QUEUE
    for number in (2, 3):
        signed_packet(desk, number)
    assert desk.queries(client, AT) == one


def test_an_address_that_leads_nowhere_is_said(desk: Desk) -> None:
    """Unknown packets, odd pages of the list."""
    put_countersigner(desk)
    client = at_desk(desk)
    assert client.get(f"{AT}/pkt_none").status_code == 404
    assert client.get(f"{AT}?page=x&whose=;--").status_code == 200


def test_the_role_alone_names_nobody(desk: Desk) -> None:
    """With nobody at the address of the settings, the page of stand-ins says so."""
    page = desk.as_("administrator").get(f"{AT}/stand-ins").content.decode()
    assert "name no active countersigner" in page
    roles = desk.office.ledger.people.get("pso_countersigner").roles
    assert roles == {Role.PSO_COUNTERSIGNER}
