"""The server's log: useful to an operator, and free of everything personal or secret."""

from __future__ import annotations

import json
import logging
import re
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import requests

from docgen.bootstrap.logs import JsonLines, set_up_logs
from docgen.services.sweep import sweep
from tests.app.browser.serving import served
from tests.app.signing_site import (
    SECOND,
    Site,
    ready_to_sign,
    recipients,
    sign,
    sign_wholly,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

NAME, PRACTICE, REASON = "Canary Quillfeather", "Canary Practice of Zzyzx", "canary-reason-81"
CANARIES = (
    NAME,
    "Quillfeather",
    PRACTICE,
    "Zzyzx",
    REASON,
    "dana@example.org",
    "robin@example.org",
)


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Iterator[Site]:
    """Give a site on an empty database, its log set up as in a server."""
    set_up_logs()
    yield Site.of(office, clock)


class Unforeseen:
    """An office whose ledger fails with everything personal in its words and in its frames."""

    def __init__(self, site: Site, canary: str) -> None:
        self._office, self._canary = site.office, canary

    def __getattr__(self, name: str) -> Any:
        if name == "ledger":
            local = f"{self._canary} {NAME}"
            raise RuntimeError(local)
        return getattr(self._office, name)


def lines(text: str) -> list[dict[str, Any]]:
    """Read the log; every line of it is JSON."""
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def test_a_whole_ceremony_and_failures_leave_no_personal_trace(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    """Names, addresses, reasons, links, codes, cookies and bodies: none is in the server's log."""
    from django.test import Client

    envelope = site.send(recipients(NAME, practice=PRACTICE), practice=PRACTICE)
    token = site.token(envelope)
    first = sign_wholly(site, envelope)
    code, session = site.code(envelope), first.cookies[f"session-{envelope}"].value
    second = ready_to_sign(site, envelope, SECOND)
    sign(site, second, envelope, name="")
    second.post(f"/signing/{envelope}/decline", {"reason": REASON})
    sweep(site.office, reconcile=False)
    broken = Client(raise_request_exception=False, **{"docgen.office": Unforeseen(site, token)})
    assert broken.get(f"/sign/{token}").status_code == 500
    broken.cookies = first.cookies
    assert broken.post(f"/signing/{envelope}/code", {"code": code}).status_code == 500
    with served(site) as address:
        for path in (f"/sign/{token}x", f"/nothing/{token}", f"/sign/{NAME}", f"/nowhere?q={NAME}"):
            assert requests.get(address + path, timeout=10).status_code == 404
        host = {"Host": f"{token[:20]}.example"}
        assert requests.get(f"{address}/health", headers=host, timeout=10).status_code == 400
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
            raw.sendall(f"GET /{token} {NAME} HTTP/9.9\r\n{NAME}\r\n\r\n".encode())
            assert b" 400 " in raw.recv(4096)
    output = capfd.readouterr()
    log = output.err + output.out
    assert lines(output.err), "there is a log"
    for canary in (*CANARIES, token, token.rpartition(".")[2], code, session, envelope):
        assert canary not in log, canary
    assert not re.search(r"Traceback|RuntimeError\(|csrfmiddlewaretoken", log)


def test_the_log_says_what_an_operator_needs(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    """Each answer: time, level, kind, pattern, status, number; a failure also its class and place."""
    from django.test import Client

    envelope = site.send()
    site.client().get(f"/sign/{site.token(envelope)}")
    broken = Client(raise_request_exception=False, **{"docgen.office": Unforeseen(site, "")})
    answer = broken.get("/health")
    written = lines(capfd.readouterr().err)
    visit = next(item for item in written if item.get("path") == "sign/<str:token>")
    assert (visit["method"], visit["status"], visit["level"]) == ("GET", 303, "info")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", visit["time"])
    failure = next(item for item in written if item["level"] == "error")
    assert failure["error"] == ["builtins.RuntimeError"]
    assert failure["path"] == "health"
    assert failure["request_id"] == answer.headers["X-Request-Id"]
    assert any(place.startswith("docgen.web.callbacks:") for place in failure["at"])


def test_a_full_disk_is_logged_by_its_code(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    """One of our own failures becomes a page and a line that names its code."""
    from docgen.errors import StorageError

    class Full:
        def open(self, digest: str) -> bytes:
            raise StorageError(f"No space for {NAME}.")

    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    site.office = replace(site.office, work=Full())  # type: ignore[arg-type]  # only `open` is used
    other = site.client()
    other.cookies = browser.cookies
    answer = other.get(f"/signing/{envelope}/documents/psa.pdf")
    assert answer.status_code == 507
    assert NAME not in answer.content.decode()
    failures = [item for item in lines(capfd.readouterr().err) if item["level"] == "error"]
    ours = [item for item in failures if item["kind"] == "docgen.web"]
    assert [item["message"] for item in ours] == ["failed: storage"]
    assert NAME not in json.dumps(failures)


def test_only_our_own_loggers_are_quoted() -> None:
    """A library's words are dropped, ours are kept; neither ever brings a traceback."""
    error = ValueError(NAME)
    for name, quoted in (("docgen.web", True), ("pyhanko.sign", False), ("docgenx", False)):
        record = logging.LogRecord(
            name, logging.ERROR, __file__, 1, "told of %s", (REASON,), (ValueError, error, None)
        )
        line = json.loads(JsonLines().format(record))
        assert (line.get("message") == f"told of {REASON}") is quoted
        assert NAME not in json.dumps(line)
        assert line["error"] == ["builtins.ValueError"]


def test_a_line_stays_one_line() -> None:
    """Line ends in what is logged cannot forge another line."""
    record = logging.LogRecord("docgen", logging.INFO, "", 1, 'a\n{"level": "forged"}', (), None)
    assert "\n" not in JsonLines().format(record)
