"""The simulators' page: whoever tries one out has its people act, and it misbehave, by buttons."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator

import pytest
import requests
from pypdf import PdfReader

from integrations.simulators.docuseal import DocusealSimulator
from integrations.simulators.lies import one_digit_altered
from integrations.simulators.mischief import CHOICES, Delivery, Handing, Trouble
from integrations.system.clock import StandingClock
from tests.contracts.esign import AT, plain_pdf, two_of_each
from tests.integrations.esign.docuseal.running import API_KEY, OLD, Running

PEOPLE = ("practice_1@example.org", "pso@example.org")


class Heard(DocusealSimulator):
    """A service whose callbacks are counted, not posted."""

    heard: int = 0

    def deliver(self, mode: Delivery = Delivery.NORMAL) -> list[int]:
        """Count them."""
        self.heard += len(self.letters(mode))
        return []


@pytest.fixture
def both() -> Iterator[Running]:
    """Run a simulator with the adapter connected."""
    clock = StandingClock(AT)
    url = "https://enrollment.example.org/callbacks/docuseal"
    with Heard(api_key=API_KEY, secret=OLD, callback_url=url, now=clock.now) as simulator:
        yield Running(clock=clock, simulator=simulator)


def press(both: Running, **fields: str) -> str:
    """Press a button; give the page that follows."""
    answer = requests.post(f"{both.simulator.url}/_people", data=fields, timeout=10)
    assert answer.status_code == 200
    return answer.text


def test_people_act_by_buttons(both: Running) -> None:
    """Each in turn; the page says how they stand."""
    envelope = both.simulator.envelopes[both.service().send(two_of_each())]
    first, second = (envelope.person(email).id for email in PEOPLE)
    press(both, act="view", envelope=envelope.id, person=first)
    press(both, act="sign", envelope=envelope.id, person=first)
    assert ": signed" in press(both, act="decline", envelope=envelope.id, person=second)
    assert envelope.ended == "declined"


def test_the_page_offers_whatever_can_go_wrong(both: Running) -> None:
    """Every trouble, what becomes of callbacks, how files are sealed and what is handed over."""
    page = requests.get(f"{both.simulator.url}/_people", timeout=10).text
    for name, _, kinds in CHOICES:
        [options] = re.findall(f'<select name="{name}">(.*?)</select>', page)
        offered = [html.unescape(one) for one in re.findall("<option>(.*?)</option>", options)]
        assert offered == list(kinds)


def test_a_trouble_is_for_the_next_request_alone(both: Running) -> None:
    """Pressed once, it happens once."""
    press(both, trouble="throttled")
    assert both.simulator.troubles == [(Trouble.THROTTLED, "")]
    url, headers = f"{both.simulator.url}/api/submitters", {"X-Auth-Token": API_KEY}
    answers = [requests.get(url, headers=headers, timeout=10).status_code for _ in range(2)]
    assert answers == [429, 200]


@pytest.mark.parametrize(("mode", "heard"), [("normal", 1), ("lost", 0), ("doubled", 2)])
def test_what_becomes_of_callbacks_lasts_until_it_is_changed(
    both: Running, mode: str, heard: int
) -> None:
    """For every act after it."""
    envelope = both.simulator.envelopes[both.service().send(two_of_each())]
    both.simulator.waiting.clear()
    press(both, delivery=mode)
    for number in (1, 2):
        press(both, act="view", envelope=envelope.id, person=envelope.turn[0].id)
        assert isinstance(both.simulator, Heard)
        assert both.simulator.heard == heard * number


def test_sealing_is_slow_until_it_is_not(both: Running) -> None:
    """The envelope signed meanwhile waits for its files."""
    service = both.service()
    for word, waits in (("slow", True), ("at once", False)):
        press(both, sealing=word)
        asked = two_of_each(word)
        envelope = both.simulator.envelopes[service.send(asked)]
        both.simulator.sign_all(envelope.id)
        assert bool(envelope.seal_waits) is waits


def words(pdf: bytes) -> str:
    """Read what a file says on its first page."""
    return PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.parametrize("kind", list(Handing))
def test_signed_files_are_handed_over_as_it_was_told(both: Running, kind: Handing) -> None:
    """As they were signed, another customer's, with one digit altered, or without the seal."""
    press(both, handing=kind)
    service, asked = both.service(), two_of_each()
    envelope_id = service.send(asked)
    both.simulator.sign_all(envelope_id)
    ours, given = words(asked.documents[0].pdf), both.simulator.envelopes[envelope_id].sealed[0]
    assert (b"/ByteRange" in given) is (kind is not Handing.UNSIGNED)
    if kind is Handing.ALTERED:
        changed = [(was, now) for was, now in zip(ours, words(given), strict=False) if was != now]
        assert len(changed) == 1
        assert all(was.isdigit() and now.isdigit() for was, now in changed)
    else:
        assert (ours in words(given)) is (kind is not Handing.STRANGER)


def test_a_file_without_digits_cannot_have_one_altered() -> None:
    """It is said rather than handed over true."""
    with pytest.raises(ValueError, match="no digit"):
        one_digit_altered(plain_pdf(["No figures at all"]))
