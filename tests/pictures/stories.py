"""What takes more than opening an address: signing on a phone, and getting the executed set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docgen.services.ceremony.invite import signing_link
from docgen.services.distribute import entitled_to
from docgen.services.sweep import run_due
from tests.pictures.table import Size

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.app.desk.staff import Desk
    from tests.pictures.stock import Stock

_CODE = re.compile(r"\b\d{6}\b")
_LINK = re.compile(r"https?://[^/\s]+(/practice/link/\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells a story in one window, taking pictures on the way."""

    desk: Desk
    stock: Stock
    page: Page
    address: str
    take: Callable[[str], None]

    def open(self, place: str) -> None:
        """Open a page of the site."""
        self.page.goto(f"{self.address}{place}")

    def press(self, name: str) -> None:
        """Press a button and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()

    def code(self) -> str:
        """Read the code from the newest letter that has one."""
        run_due(self.desk.office)
        found = [_CODE.findall(item.text) for item in self.desk.mailer.sent]
        return str([codes for codes in found if codes][-1][0])


def sign(teller: Teller) -> None:
    """Sign as the first signer of a packet, from the link in the letter to the end."""
    office, packet = teller.desk.office, teller.stock.sent
    ceremony = office.ledger.ceremonies.get(packet.envelope_id)
    link = signing_link(office, ceremony, ceremony.turn[0])
    teller.open("/sign/" + link.rpartition("/")[2])
    teller.take("sign-welcome")
    teller.press("E-mail me")
    teller.page.get_by_label("One-time code").fill(teller.code())
    teller.take("sign-code")
    teller.press("Continue")
    teller.page.get_by_label("I agree to read").check()
    teller.take("sign-consent")
    teller.press("Continue to the documents")
    teller.take("sign-read")
    teller.page.get_by_role("button", name="See the pages").click()
    teller.take("sign-pages")
    while teller.page.get_by_role("button", name="I have read this document").count():
        teller.press("I have read this document")
    teller.page.get_by_label("type your name").fill(ceremony.turn[0].name)
    teller.page.get_by_label(re.compile("authority")).check()
    teller.take("sign-sign")
    teller.press("Sign")
    teller.take("sign-done")


def collect(teller: Teller) -> None:
    """Get the executed set again, with a mailed code."""
    packet = teller.stock.executed
    contact = entitled_to(teller.desk.office, packet)[0]
    teller.open(f"/executed/{packet.id}")
    teller.page.get_by_label("e-mail").fill(contact.email)
    teller.press("")
    teller.page.get_by_label("code").fill(teller.code())
    teller.press("")
    teller.take("executed-set")


def fill_in(teller: Teller) -> None:
    """Open the practice's own form by the mailed link."""
    texts = [item.text for item in teller.desk.mailer.sent]
    found = [match[1] for text in texts if (match := _LINK.search(text))]
    teller.open(found[-1])
    teller.press("E-mail me a one-time code")
    teller.page.get_by_label("One-time code").fill(teller.code())
    teller.press("Continue")
    teller.take("practice-form")
    teller.open(f"/practice/{teller.stock.guest}/form/facilities")
    teller.take("practice-section")


STORIES: tuple[tuple[Callable[[Teller], None], Size, tuple[str, ...]], ...] = (
    (
        sign,
        Size.PHONE,
        (
            "sign-welcome",
            "sign-code",
            "sign-consent",
            "sign-read",
            "sign-pages",
            "sign-sign",
            "sign-done",
        ),
    ),
    (collect, Size.DESKTOP, ("executed-set",)),
    (fill_in, Size.DESKTOP, ("practice-form", "practice-section")),
)
