"""DocuSeal's calls: submissions, submitters, and files under addresses that soon end.

https://www.docuseal.com/docs/api
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docgen.errors import (
    ConfigurationError,
    NotFound,
    ServiceRejected,
    ServiceUnavailable,
    UnsupportedFeature,
)
from integrations.vendor.part import address_part
from integrations.vendor.session import LARGEST_FILE, Words
from integrations.vendor.told import listed, told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from integrations.vendor.secret import Secrets
    from integrations.vendor.session import Answer, ServiceSession

KEY = "docuseal"
WORDS = Words(code_at=("error",))
# Printable ASCII alone, without a backslash and without a user, so that nobody reads the host in
# another way than we do.
_ADDRESS = re.compile(r"(https?)://([A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?/[!-\[\]-~]*")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")
ID = re.compile(r"[0-9]{1,18}")  # a number of its database, of submissions and submitters alike
_USUAL_PORT = {"http": "80", "https": "443"}


class DocusealClient:
    """Speaks with one account. `file_hosts` may hold files besides the address itself."""

    def __init__(
        self,
        session: ServiceSession,
        address: str,
        api_key: Secrets,
        *,
        file_hosts: Iterable[str] = (),
    ) -> None:
        self._session = session
        self._address = address
        self._api_key = api_key
        self._origins = {_origin(f"{address}/"), *(_host_origin(name) for name in file_hosts)}

    def create(self, body: Mapping[str, object]) -> str:
        """Create and send a submission; give its id.

        Raises:
            UnsupportedFeature: the server is a free one, which takes no finished PDF.
        """
        try:
            return str(told(self._json("POST", "/submissions/pdf", body=body), "id", KEY))
        except NotFound as error:
            raise UnsupportedFeature(
                "This DocuSeal server does not take finished PDFs: it is the free self-hosted "
                "edition, or its address lacks /api at the end. Use a server with a Pro licence "
                "or DocuSeal's cloud, or send the packet through another service.",
                service=KEY,
            ) from error

    def submission(self, submission_id: str) -> Any:
        """Read one submission with its submitters."""
        submission = self._json("GET", f"/submissions/{_number(submission_id)}")
        told(submission, "id", KEY)
        return submission

    def submitters(self, external_id: str) -> list[Any]:
        """List the submitters that carry this id of ours."""
        found = self._json("GET", "/submitters", params={"external_id": external_id})
        return listed(found, "data", KEY)

    def archive(self, submission_id: str) -> None:
        """Archive a submission: its links stop, and nothing is destroyed."""
        self._json("DELETE", f"/submissions/{_number(submission_id)}")

    def update_submitter(self, submitter_id: str, change: Mapping[str, object]) -> Any:
        """Change a submitter who has not signed; give them with their link."""
        return self._json("PUT", f"/submitters/{_number(submitter_id)}", body=change)

    def documents(self, submission_id: str) -> list[str]:
        """Give the addresses of a submission's documents, which end within the hour."""
        found = self._json("GET", f"/submissions/{_number(submission_id)}/documents")
        return [str(told(item, "url", KEY)) for item in listed(found, "documents", KEY)]

    def file(self, url: str) -> bytes:
        """Fetch a file at once, without our key: the address alone opens it.

        Raises:
            ServiceRejected: the address leads to a host that is not the service's.
            ServiceUnavailable: the address has ended; a later try gets a fresh one.
        """
        try:
            return self._session.ask("GET", self.own_address(url), {}, largest=LARGEST_FILE).body
        except NotFound as error:
            raise ServiceUnavailable(
                "DocuSeal no longer hands out a file under the address it gave; a fresh address "
                "is asked for later.",
                service=KEY,
            ) from error

    def own_address(self, url: str) -> str:
        """Give the address back if it leads to the service's own hosts.

        Raises:
            ServiceRejected: it does not; nothing is fetched or shown.
        """
        if _origin(url) not in self._origins:
            found = _ADDRESS.fullmatch(url)
            host = f" ({found[2]})" if found else ""
            raise ServiceRejected(
                f"DocuSeal names an address on a host that is not its own{host}, and it is not "
                "used. If the host is yours, add it to file_hosts in [services.docuseal].",
                service=KEY,
            )
        return url

    def _json(self, method: str, path: str, **asked: Any) -> Any:
        return self._ask(method, path, **asked).json(KEY)

    def _ask(self, method: str, path: str, **asked: Any) -> Answer:
        return self._session.ask(method, f"{self._address}{path}", self._headers(), **asked)

    def _headers(self) -> dict[str, str]:
        return {"X-Auth-Token": self._api_key.texts[0], "Accept": "application/json"}


def _number(text: str) -> str:
    return address_part(text, ID, KEY)


def _origin(url: str) -> str:
    """Give scheme, host and port of an address, or "" for one that could be read in two ways."""
    found = _ADDRESS.fullmatch(url)
    if not found:
        return ""
    scheme, host, port = found[1], found[2].lower(), found[3] or _USUAL_PORT[found[1]]
    return f"{scheme}://{host}:{port}"


def _host_origin(name: str) -> str:
    """Read one name of `file_hosts`; such hosts are always asked over https.

    Raises:
        ConfigurationError: it is no host name.
    """
    if not _HOST.fullmatch(name):
        raise ConfigurationError(
            "[services.docuseal] file_hosts holds host names alone, separated by spaces, such as "
            '"files.example.org".'
        )
    return _origin(f"https://{name}/")
