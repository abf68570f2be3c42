"""Acrobat Sign's calls: where the account lives, files in transit, agreements and their parts.

https://opensource.adobe.com/acrobat-sign/developer_guide/apiusage.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docgen.errors import ServiceUnavailable
from integrations.vendor.page import own_page
from integrations.vendor.part import address_part
from integrations.vendor.session import LARGEST_FILE, Form, Words, service_address
from integrations.vendor.told import listed, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integrations.vendor.secret import Secrets
    from integrations.vendor.session import Answer, ServiceSession

KEY = "adobe_sign"
WORDS = Words(
    code_at=("code",),
    wait_at=("retryAfter",),
    throttled=frozenset({"THROTTLING_TOO_MANY_REQUESTS", "THROTTLING_HIGH_SYSTEM_LOAD"}),
    missing=frozenset({"INVALID_AGREEMENT_ID"}),
    later=frozenset(
        {
            # Both are said by 404 of an agreement that is on its way to its first signer.
            "DOCUMENT_NOT_YET_AVAILABLE",
            "AGREEMENT_NOT_SIGNABLE",
            "RESOURCE_MODIFIED",
            "INVALID_API_ACCESS_POINT",  # where the account lives is asked again first
        }
    ),
)
# Each shard has its pages for signing at a host of its own; the older name still leads there.
HOSTS = (".adobesign.com", ".adobesign.us", ".echosign.com")
# Agreements and participant sets alike ("CBJCHBCAABAA" and more); older ids end with a star.
ID = re.compile(r"[A-Za-z0-9_*-]{1,300}")
INDEX_LAGS_S = 120.0  # agreements are listed from an index that runs behind


class AdobeSignClient:
    """Speaks with one account, at the address the account itself names."""

    def __init__(
        self,
        session: ServiceSession,
        address: str,
        keys: Secrets,
        *,
        user: str = "",
        loopback: bool = False,
    ) -> None:
        self._session = session
        self._address = address
        self._keys = keys
        self._user = user
        self._loopback = loopback
        self._point = ""

    def upload(self, name: str, pdf: bytes) -> str:
        """Hand a file over; it waits seven days for its agreement."""
        form = Form(
            fields={"File-Name": name, "Mime-Type": "application/pdf"},
            files=(("File", (name, pdf, "application/pdf")),),
        )
        answer = self._json("POST", "/transientDocuments", form=form)
        return str(told(answer, "transientDocumentId", KEY))

    def create(self, body: Mapping[str, object]) -> str:
        """Create an agreement; give its id.

        Raises:
            ServiceUnavailable: with an unknown outcome the wait covers what the index runs behind.
        """
        try:
            return str(told(self._json("POST", "/agreements", body=body), "id", KEY))
        except ServiceUnavailable as error:
            raise ServiceUnavailable(
                str(error),
                service=KEY,
                request_id=error.request_id,
                retry_after_s=max(error.retry_after_s or 0, INDEX_LAGS_S),
            ) from error

    def agreement(self, agreement_id: str) -> Any:
        """Read an agreement."""
        agreement = self._json("GET", f"/agreements/{_part(agreement_id)}")
        told(agreement, "id", KEY)
        return agreement

    def listed(self, external_id: str) -> list[str]:
        """Give the ids of the agreements with this id of ours, as far as the index has them."""
        found = self._json("GET", "/agreements", params={"externalId": external_id})
        return [str(told(item, "id", KEY)) for item in listed(found, "userAgreementList", KEY)]

    def members(self, agreement_id: str) -> tuple[list[Any], str]:
        """Read the participant sets, and the mark with which they may be changed."""
        answer = self._ask("GET", f"/agreements/{_part(agreement_id)}/members")
        return listed(answer.json(KEY), "participantSets", KEY), answer.headers.get("etag", "")

    def events(self, agreement_id: str) -> list[Any]:
        """Read what happened to an agreement."""
        found = self._json("GET", f"/agreements/{_part(agreement_id)}/events")
        return listed(found, "events", KEY)

    def documents(self, agreement_id: str) -> list[Any]:
        """Read which files were joined, in order."""
        found = self._json("GET", f"/agreements/{_part(agreement_id)}/documents")
        return listed(found, "documents", KEY)

    def put_fields(self, agreement_id: str, fields: list[dict[str, object]]) -> None:
        """Lay the fields of an agreement that is being authored."""
        path = f"/agreements/{_part(agreement_id)}/formFields"
        mark = self._ask("GET", path).headers.get("etag", "")
        self._ask("PUT", path, mark=mark, body={"fields": fields})

    def put_state(self, agreement_id: str, body: Mapping[str, object]) -> None:
        """Send an authored agreement, or cancel one."""
        mark = self._ask("GET", f"/agreements/{_part(agreement_id)}").headers.get("etag", "")
        self._ask("PUT", f"/agreements/{_part(agreement_id)}/state", mark=mark, body=body)

    def put_participants(
        self, agreement_id: str, set_id: str, body: Mapping[str, object], mark: str
    ) -> None:
        """Change who is in a participant set."""
        path = f"/agreements/{_part(agreement_id)}/members/participantSets/{_part(set_id)}"
        self._ask("PUT", path, mark=mark, body=body)

    def remind(self, agreement_id: str, participant_id: str) -> None:
        """Have a participant written to again."""
        body = {"recipientParticipantIds": [participant_id], "status": "ACTIVE"}
        self._ask("POST", f"/agreements/{_part(agreement_id)}/reminders", body=body)

    def signing_urls(self, agreement_id: str) -> dict[str, str]:
        """Give the signing addresses of whose turn it is, by e-mail address in small letters.

        Raises:
            ServiceRejected: an address is not Adobe's.
        """
        found = self._json("GET", f"/agreements/{_part(agreement_id)}/signingUrls")
        here = self._address if self._loopback else ""
        return {
            str(told(url, "email", KEY)).casefold(): own_page(
                str(told(url, "esignUrl", KEY)), HOSTS, KEY, simulated=here
            )
            for one in listed(found, "signingUrlSetInfos", KEY)
            for url in listed(one, "signingUrls", KEY)
        }

    def hook(self, body: Mapping[str, object]) -> None:
        """Ask for callbacks about one agreement."""
        self._ask("POST", "/webhooks", body=body)

    def file(self, agreement_id: str, which: str) -> bytes:
        """Fetch `combinedDocument` or `auditTrail`."""
        plain = {"attachAuditReport": "false", "attachSupportingDocuments": "false"}
        return self._ask(
            "GET",
            f"/agreements/{_part(agreement_id)}/{which}",
            params=plain if which == "combinedDocument" else {},
            largest=LARGEST_FILE,
        ).body

    def _json(self, method: str, path: str, **asked: Any) -> Any:
        return self._ask(method, path, **asked).json(KEY)

    def _ask(self, method: str, path: str, mark: str = "", **asked: Any) -> Answer:
        headers = self._headers() | ({"If-Match": mark} if mark else {})
        try:
            return self._session.ask(method, f"{self._base()}{path}", headers, **asked)
        except ServiceUnavailable as error:
            if error.retry_after_s is None:
                self._point = ""  # the account may have moved to another shard
            raise

    def _headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._keys.texts[0]}"}
        return headers | ({"x-api-user": f"email:{self._user}"} if self._user else {})

    def _base(self) -> str:
        """Ask where the account's requests belong; shards differ and are never guessed.

        It is remembered until a request finds nobody there.
        """
        if not self._point:
            url = f"{self._address}/api/rest/v6/baseUris"
            answer = self._session.ask("GET", url, self._headers()).json(KEY)
            found = str(told(answer, "apiAccessPoint", KEY)).rstrip("/")
            point = service_address(found, KEY, loopback=self._loopback)
            self._point = f"{point}/api/rest/v6"
        return self._point


def _part(text: str) -> str:
    return address_part(text, ID, KEY)
