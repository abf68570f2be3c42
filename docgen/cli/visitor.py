"""A visitor that knows only what a person knows: letters in the mail and pages as served."""

from __future__ import annotations

import re
import time
from email import policy
from email.parser import BytesParser
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import requests

from docgen.domain.signing import OWN_SIGNER
from docgen.errors import ServiceRejected

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

MAIL_LIMIT_S = 60
TIMEOUT_S = 60
MOST_PAGES = 12


class Form(HTMLParser):
    """The first form of a page that is not a side door, with its fields as served."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.boxes: dict[str, str] = {}
        self.buttons: dict[str, str] = {}
        self.action = ""
        self.heading = ""
        self._forms = 0
        self._in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms, their inputs and the page's heading."""
        named = {name: value or "" for name, value in attrs}
        self._in_heading = tag == "h1" and not self.heading
        if tag == "form":
            self._forms += 1
            if self._forms == 1:
                self.action = named.get("action", "")
        elif self._forms == 1 and named.get("name"):
            self._note_field(tag, named)

    def _note_field(self, tag: str, named: dict[str, str]) -> None:
        if tag == "button":
            self.buttons[named["name"]] = named.get("value", "")
        elif named.get("type") == "checkbox":
            self.boxes[named["name"]] = named.get("value", "on")
        elif tag in {"input", "textarea"}:
            self.fields[named["name"]] = named.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Count the first form as over once it closes."""
        if tag == "form":
            self._forms += 1

    def handle_data(self, data: str) -> None:
        """Keep the heading's words."""
        if self._in_heading and data.strip():
            self.heading += data.strip()


class Visitor:
    """Signs as one person after the other, each in a browser session of their own."""

    def __init__(self, base_url: str, mail: Path) -> None:
        self._base_url = base_url
        self._mail = mail

    def sign(self, packet_id: str, address: str, envelope_id: str) -> None:
        """Follow the invitation, give the code, read, and sign.

        Raises:
            ServiceRejected: a page did not lead on; the message names its heading.
        """
        browser = requests.Session()
        browser.trust_env = False
        letter = self._letter(address, f"invite.{envelope_id}")
        link = self._find(letter, r"https?://\S+/sign/\S+")
        page = self._get(browser, link)
        page = self._submit(browser, page, {})
        code = self._find(self._letter(address, f"code.{envelope_id}"), r"\b\d{6}\b")
        page = self._submit(browser, page, {"code": code})
        for _ in range(MOST_PAGES):
            form = self._form(page)
            if "typed" in form.fields:
                page = self._submit(browser, page, {"typed": form.fields["name"]})
            elif form.fields:
                page = self._submit(browser, page, {})
            else:
                return
        raise ServiceRejected(
            f"The signing pages of {packet_id} did not come to an end.", service=OWN_SIGNER
        )

    def _letter(self, address: str, key: str) -> EmailMessage:
        """Wait for the newest letter of this kind to this address."""
        limit = time.monotonic() + MAIL_LIMIT_S
        while time.monotonic() < limit:
            for file in sorted(self._mail.glob(f"{key}.*.eml"), reverse=True):
                letter = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
                if address in str(letter["To"]):
                    return letter
            time.sleep(0.05)
        raise ServiceRejected("The expected letter did not arrive.", service="mail")

    def _find(self, letter: EmailMessage, pattern: str) -> str:
        body = letter.get_body(("plain",))
        found = re.search(pattern, body.get_content() if body else "")
        if found is None:
            raise ServiceRejected("A letter lacks its link or code.", service="mail")
        return found.group()

    def _get(self, browser: requests.Session, url: str) -> requests.Response:
        return self._arrived(browser.get(url, timeout=TIMEOUT_S))

    def _form(self, page: requests.Response) -> Form:
        form = Form()
        form.feed(page.text)
        return form

    def _submit(
        self, browser: requests.Session, page: requests.Response, given: dict[str, str]
    ) -> requests.Response:
        """Send the page's first form back with every box ticked and these fields filled in."""
        form = self._form(page)
        data = {**form.fields, **form.boxes, **form.buttons, **given}
        url = urljoin(page.url, form.action)
        return self._arrived(browser.post(url, data=data, timeout=TIMEOUT_S))

    def _arrived(self, page: requests.Response) -> requests.Response:
        if not page.ok:
            heading = self._form(page).heading or "no heading"
            raise ServiceRejected(
                f"A signing page answered {page.status_code}: {heading}.", service=OWN_SIGNER
            )
        return page
