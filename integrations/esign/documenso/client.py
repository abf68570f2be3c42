"""Documenso's calls: one API token, envelopes under `/api/v2`.

https://docs.documenso.com/developers/public-api
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from docgen.errors import ServiceUnavailable
from integrations.vendor.part import address_part
from integrations.vendor.session import LARGEST_FILE, Form, Words
from integrations.vendor.told import listed, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from integrations.vendor.secret import Secrets
    from integrations.vendor.session import Answer, ServiceSession

KEY = "documenso"
# The limit by the minute says how long to wait; the quota of the month says nothing.
WORDS = Words(code_at=("code",), throttled=frozenset({"TOO_MANY_REQUESTS"}), unsaid_wait_s=3600.0)
# A prefix and letters ("envelope_abcdefghijklmnop"); tokens for signing are of the nanoid alphabet.
ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
PER_PAGE, MOST_PAGES = 100, 100


class DocumensoClient:
    """Speaks with one team's account."""

    def __init__(self, session: ServiceSession, address: str, token: Secrets) -> None:
        self._session = session
        self._address = address
        self._token = token

    def create(self, payload: Mapping[str, object], files: Sequence[tuple[str, bytes]]) -> str:
        """Create an envelope as a draft, which nobody hears of; give its id."""
        form = Form(
            fields={"payload": json.dumps(payload)},
            files=[("files", (name, data, "application/pdf")) for name, data in files],
        )
        return str(told(self._json("POST", "/create", form=form), "id", KEY))

    def distribute(self, envelope_id: str) -> None:
        """Send a draft: its recipients are invited and it is frozen."""
        self._json("POST", "/distribute", body={"envelopeId": envelope_id})

    def envelope(self, envelope_id: str) -> Any:
        """Read one envelope with its recipients and items."""
        envelope = self._json("GET", f"/{_part(envelope_id)}")
        told(envelope, "id", KEY)
        return envelope

    def envelopes(self, query: str) -> list[Any]:
        """List every envelope with these letters in its title, external id or recipients."""
        return self._pages("", {"type": "DOCUMENT", "query": query})

    def audit_log(self, envelope_id: str) -> list[Any]:
        """List what happened to an envelope, the first first."""
        return self._pages(
            f"/{_part(envelope_id)}/audit-log",
            {"orderByColumn": "createdAt", "orderByDirection": "asc"},
        )

    def cancel(self, envelope_id: str, reason: str) -> None:
        """Cancel an envelope that is out for signature."""
        self._json("POST", "/cancel", body={"envelopeId": envelope_id, "reason": reason})

    def redistribute(self, envelope_id: str, recipient_id: int) -> None:
        """Write to one recipient again."""
        self._json(
            "POST", "/redistribute", body={"envelopeId": envelope_id, "recipients": [recipient_id]}
        )

    def signed_item(self, item_id: str) -> bytes:
        """Fetch one file; it holds no signature while the envelope is not completed."""
        return self._file(f"/item/{_part(item_id)}/download", {"version": "signed"})

    def certificate(self, envelope_id: str) -> bytes:
        """Fetch the certificate of a completed envelope."""
        return self._file(f"/{_part(envelope_id)}/certificate/download", {})

    def audit_log_file(self, envelope_id: str) -> bytes:
        """Fetch the audit log as a PDF."""
        return self._file(f"/{_part(envelope_id)}/audit-log/download", {})

    def signing_address(self, token: str) -> str:
        """Give the page at which the recipient with this token signs."""
        return f"{self._address}/sign/{_part(token)}"

    def _pages(self, path: str, asked: Mapping[str, str]) -> list[Any]:
        """Read a list to its end.

        Raises:
            ServiceUnavailable: the list has no end that we would reach.
        """
        found: list[Any] = []
        for page in range(1, MOST_PAGES + 1):
            params = {**asked, "page": str(page), "perPage": str(PER_PAGE)}
            answer = self._json("GET", path, params=params)
            found += listed(answer, "data", KEY)
            if page >= int(told(answer, "totalPages", KEY)):
                return found
        raise ServiceUnavailable(
            "The signing service documenso lists more than we read; it is asked again later.",
            service=KEY,
        )

    def _file(self, path: str, params: Mapping[str, str]) -> bytes:
        return self._ask("GET", path, params=params, largest=LARGEST_FILE).body

    def _json(self, method: str, path: str, **asked: Any) -> Any:
        return self._ask(method, path, **asked).json(KEY)

    def _ask(self, method: str, path: str, **asked: Any) -> Answer:
        url = f"{self._address}/api/v2/envelope{path}"
        return self._session.ask(method, url, self._headers(), **asked)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": self._token.texts[0], "Accept": "*/*"}


def _part(text: str) -> str:
    return address_part(text, ID, KEY)
