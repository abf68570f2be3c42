"""Dropbox Sign's calls: signature requests under one API key.

https://developers.hellosign.com/api/reference/authentication/
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

from integrations.vendor.part import address_part
from integrations.vendor.session import LARGEST_FILE, Form, Words
from integrations.vendor.told import listed, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from integrations.vendor.secret import Secrets
    from integrations.vendor.session import Answer, ServiceSession

KEY = "dropbox_sign"
WORDS = Words(
    code_at=("error", "error_name"),
    reset="x-ratelimit-reset",
    throttled=frozenset({"exceeded_rate"}),
    missing=frozenset({"not_found"}),
    later=frozenset({"conflict", "unprocessable_entity", "maintenance", "unavailable"}),
)
# In the vendor's examples an id has 40 such digits, in older ones 24.
DIGITS = re.compile(r"[0-9a-f]{24,40}")
PAGE, PAGES = 100, 10
ID, REQUESTS = "signature_request_id", "signature_requests"
NEWEST = 1  # page of the list without a question


class DropboxSignClient:
    """Speaks with one account."""

    def __init__(self, session: ServiceSession, address: str, keys: Secrets) -> None:
        self._session = session
        self._address = f"{address}/v3"
        self._keys = keys

    def create(self, fields: Mapping[str, object], files: Sequence[tuple[str, bytes]]) -> str:
        """Create and send a signature request; give its id. It is converted after the answer."""
        form = Form(
            fields={
                name: value if isinstance(value, str) else json.dumps(value)
                for name, value in fields.items()
            },
            files=tuple(
                (f"files[{number}]", (name, data, "application/pdf"))
                for number, (name, data) in enumerate(files)
            ),
        )
        return str(_request(self._json("POST", "/signature_request/send", form=form))[ID])

    def request(self, request_id: str) -> Any:
        """Read one signature request."""
        return _request(self._json("GET", f"/signature_request/{_part(request_id)}"))

    def asked_for(self, words: str) -> Iterator[Any]:
        """Give the requests in which the words stand, page by page as they are asked for.

        The search knows a request only some time after it was made.
        https://developers.hellosign.com/api/reference/search/
        """
        for number in range(1, PAGES + 1):
            page = self._list({"page": str(number), "query": words})
            yield from listed(page, REQUESTS, KEY)
            if number >= int(told(told(page, "list_info", KEY), "num_pages", KEY)):
                return

    def newest(self) -> list[Any]:
        """Give the newest requests, which the search may not know yet."""
        return listed(self._list({"page": str(NEWEST)}), REQUESTS, KEY)

    def cancel(self, request_id: str) -> None:
        """Ask for a cancellation, which is carried out a little later."""
        self._ask("POST", f"/signature_request/cancel/{_part(request_id)}")

    def remind(self, request_id: str, *, name: str, email: str) -> None:
        """Have a signer written to again; the name tells two apart who share an address."""
        path = f"/signature_request/remind/{_part(request_id)}"
        self._ask("POST", path, body={"email_address": email, "name": name})

    def update(self, request_id: str, signature_id: str, *, name: str, email: str) -> None:
        """Put another person in a signer's place; the signature gets a new id."""
        body = {"signature_id": signature_id, "name": name, "email_address": email}
        self._ask("POST", f"/signature_request/update/{_part(request_id)}", body=body)

    def file(self, request_id: str) -> bytes:
        """Fetch all documents and the audit trail as one PDF."""
        path, params = f"/signature_request/files/{_part(request_id)}", {"file_type": "pdf"}
        return self._ask("GET", path, params=params, largest=LARGEST_FILE).body

    def _list(self, params: Mapping[str, str]) -> Any:
        params = {**params, "page_size": str(PAGE)}
        return self._json("GET", "/signature_request/list", params=params)

    def _json(self, method: str, path: str, **asked: Any) -> Any:
        return self._ask(method, path, **asked).json(KEY)

    def _ask(self, method: str, path: str, **asked: Any) -> Answer:
        return self._session.ask(method, f"{self._address}{path}", self._headers(), **asked)

    def _headers(self) -> dict[str, str]:
        secret = base64.b64encode(f"{self._keys.texts[0]}:".encode()).decode()
        return {"Authorization": f"Basic {secret}"}


def _part(request_id: str) -> str:
    return address_part(request_id, DIGITS, KEY)


def _request(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take the signature request out of an answer that tells of one."""
    request: Mapping[str, Any] = told(answer, "signature_request", KEY)
    told(request, ID, KEY)
    return request
