"""Sessions, forms of other sites and other people's envelopes; each attack has its control."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.cli.start import write_settings
from docgen.settings import SETTINGS_FILE
from tests.app.signing_site import (
    FIRST,
    MORE_PAGES,
    PAGES,
    Site,
    arrive,
    consent,
    identify,
    ready_to_sign,
    shown,
)

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site on an empty database."""
    return Site.of(office, clock)


def test_a_session_is_new_each_time_and_ends_the_last(site: Site) -> None:
    """Each identification makes another session; the one before, planted or real, is worth nothing."""
    envelope = site.send()
    name = f"session-{envelope}"
    victim = arrive(site, envelope)
    victim.cookies[name] = f"{envelope}.{FIRST}.planted"
    identify(site, envelope, client=victim)
    first = victim.cookies[name].value
    assert "planted" not in first
    other = identify(site, envelope)
    assert other.cookies[name].value != first
    assert victim.get(f"/signing/{envelope}/consent").status_code == 404
    assert other.get(f"/signing/{envelope}/consent").status_code == 200


def test_a_session_ends_after_two_hours(site: Site) -> None:
    """Up to two hours pages answer, later they ask for the link again and do nothing."""
    envelope = site.send()
    browser = identify(site, envelope)
    site.clock.advance(timedelta(hours=2))
    assert browser.get(f"/signing/{envelope}/consent").status_code == 200
    site.clock.advance(timedelta(seconds=1))
    late = consent(browser, envelope)
    assert late.status_code == 404
    assert b"Your session ended" in late.content
    assert site.signer(envelope).consented_at is None


def test_a_session_is_stored_as_a_hash(site: Site) -> None:
    """The stolen database opens no session."""
    envelope = site.send()
    secret = identify(site, envelope).cookies[f"session-{envelope}"].value.rpartition(".")[2]
    stored = site.signer(envelope).session_sha256
    assert secret not in repr(site.office.ledger.ceremonies.get(envelope))
    thief = site.client()
    thief.cookies[f"session-{envelope}"] = f"{envelope}.{FIRST}.{stored}"
    assert thief.get(f"/signing/{envelope}/consent").status_code == 404


@pytest.mark.parametrize("secure", [False, True])
def test_cookies_are_closed(site: Site, *, secure: bool) -> None:
    """Every cookie is HttpOnly and SameSite; over https also Secure, host-bound and site-wide."""
    envelope = site.send()
    browser = site.client(secure=secure)
    # The in-process client always keeps Secure cookies; over https Django also wants our own Origin.
    origin = {"origin": f"{'https' if secure else 'http'}://testserver"}
    browser.get(f"/sign/{site.token(envelope)}", secure=secure)
    welcome = browser.get(f"/signing/{envelope}", secure=secure)
    path = f"/signing/{envelope}/code"
    browser.post(path, {"send": "yes"}, secure=secure, headers=origin)
    code = {"code": site.code(envelope)}
    assert browser.post(path, code, secure=secure, headers=origin).status_code == 302
    names = {"form", f"link-{envelope}", f"session-{envelope}"}
    if secure:
        # The form cookie's name is set once for a site, by its base_url (see the framework's test).
        names = {"form", f"__Host-link-{envelope}", f"__Host-session-{envelope}"}
    assert names <= set(browser.cookies)
    for name in names - {"form"}:
        cookie = browser.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert bool(cookie["secure"]) is secure
    assert browser.cookies["form"]["httponly"]
    strict = welcome.headers.get("Strict-Transport-Security", "")
    assert bool(strict) is secure


def test_over_https_the_form_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    """A site whose base_url is https names and flags its cookies as browsers enforce."""
    script = (
        "from docgen.bootstrap.application import application\n"
        "application()\n"
        "from django.conf import settings as s\n"
        "print(s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, s.CSRF_COOKIE_HTTPONLY, "
        "s.CSRF_COOKIE_SAMESITE, s.CSRF_COOKIE_DOMAIN, s.DEBUG)\n"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, "
        "s.SESSION_COOKIE_SAMESITE, s.SESSION_COOKIE_DOMAIN)\n"
    )
    for base_url, wanted in (
        (
            "https://sign.example.org",
            "__Host-form True True Lax None False\n__Host-desk True True Lax None",
        ),
        ("http://127.0.0.1:8720", "form False True Lax None False\ndesk False True Lax None"),
    ):
        home = tmp_path / wanted[:4]
        write_settings(home / SETTINGS_FILE, demo=True)
        environment = {**os.environ, "DOCGEN_HOME": str(home), "DOCGEN_BASE_URL": base_url}
        ran = subprocess.run(
            [sys.executable, "-c", script],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert ran.stdout.strip() == wanted


def test_forms_of_other_sites_are_refused(site: Site) -> None:
    """A POST without this browser's form token, or from another origin, does nothing; ours does."""
    envelope = site.send()
    browser = site.client(csrf=True)
    page = browser.get(f"/sign/{site.token(envelope)}", follow=True).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    path, form = f"/signing/{envelope}/code", {"send": "yes"}
    letters = len(site.mailer.sent)
    assert browser.post(path, form).status_code == 403
    ours = form | {"csrfmiddlewaretoken": found.group(1)}
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        answer = browser.post(path, ours, headers={"origin": origin})
        assert answer.status_code == 403
        assert b"This form is too old" in answer.content
    assert len(site.mailer.sent) == letters
    assert browser.post(path, ours, headers={"origin": "http://testserver"}).status_code == 302


def test_a_session_opens_one_envelope_only(site: Site) -> None:
    """With a session of one envelope, every page of another is closed, however it is presented."""
    mine, other = site.send(), site.send()
    browser = identify(site, mine)
    session = browser.cookies[f"session-{mine}"].value
    browser.cookies[f"session-{other}"] = session
    browser.cookies[f"link-{other}"] = browser.cookies[f"link-{mine}"].value
    before = site.state(other)
    for page in (*PAGES, *MORE_PAGES):
        for ask in (browser.get, browser.post):
            assert ask(f"/signing/{other}{page}").status_code in {404, 405}, page
    forged = f"{other}.{FIRST}.{session.rpartition('.')[2]}"
    browser.cookies[f"session-{other}"] = forged
    assert browser.get(f"/signing/{other}/documents/psa.pdf").status_code == 404
    assert site.state(other) == before
    assert browser.get(f"/signing/{mine}/documents/psa.pdf").status_code == 200


def test_documents_are_named_not_addressed(site: Site) -> None:
    """Only the envelope's own documents are served; digests, paths and other names are not."""
    envelope = site.send()
    browser = identify(site, envelope)
    digest = shown(site, envelope)["psa"]
    for name in (digest, "psa.pdf", "../psa", "..%2f..%2fkeys", "psa%00", "PSA", "bundle"):
        assert browser.get(f"/signing/{envelope}/documents/{name}.pdf").status_code == 404
        assert browser.get(f"/signing/{envelope}/read/{name}").status_code == 404


def test_no_page_redirects_elsewhere(site: Site) -> None:
    """No parameter and no Host header moves anybody to another site."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    for page in (*PAGES, *MORE_PAGES):
        query = "?next=https://evil.example&url=//evil.example&redirect=https://evil.example"
        answer = browser.get(f"/signing/{envelope}{page}{query}")
        assert answer.headers.get("Location", "/signing").startswith("/signing")
        assert b"evil.example" not in answer.content
    answer = browser.get(f"/signing/{envelope}/next", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.content
