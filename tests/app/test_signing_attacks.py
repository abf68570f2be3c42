"""The signing pages under attack: links, codes, sessions, forms, documents. Each has its control."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.errors import Refused
from docgen.services.ceremony.enter import MOST_CODES, MOST_TRIES, visit_by_link
from docgen.services.ceremony.read import accept_disclosure, record_reading
from docgen.services.ceremony.secret import link_token
from docgen.services.ceremony.sign import Intent, decline_packet, sign_packet
from docgen.services.sweep import sweep
from docgen.web.middleware import HEADERS
from tests.app.signing_site import (
    FIRST,
    SECOND,
    TOKEN,
    Site,
    arrive,
    consent,
    envelope_document,
    identify,
    read,
    ready_to_sign,
    recipients,
    shown,
    sign,
    sign_wholly,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from docgen.services.office import Office
    from integrations.system.clock import StandingClock

SCANNERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks",
    "Barracuda Sentinel (EE)",
    "curl/8.5.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1)",
)
PAGES = ("", "/code", "/not-me", "/next", "/consent", "/read/psa", "/documents/psa.pdf", "/sign")
MORE_PAGES = ("/decline", "/paper", "/done")
FLIPS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "bcdefghijklmnopqrstuvwxyza")


@pytest.fixture
def site(office: Office, clock: StandingClock) -> Site:
    """Give a site on an empty database."""
    return Site.of(office, clock)


def nothing_signed(site: Site, envelope: str) -> bool:
    """Say whether every document still is as it was sent."""
    ceremony = site.office.ledger.ceremonies.get(envelope)
    return all(item.current_sha256 == item.sent_sha256 for item in ceremony.documents)


# --- the link ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", SCANNERS)
def test_opening_the_link_changes_nothing(site: Site, agent: str) -> None:
    """Fifty GETs and HEADs by a mail scanner leave state, history, errands and letters as they were."""
    envelope = site.send()
    before, token = site.state(envelope), site.token(envelope)
    for count in range(50):
        browser = site.client()
        ask = browser.get if count % 2 else browser.head
        answer = ask(f"/sign/{token}", follow=True, headers={"user-agent": agent})
        assert answer.status_code == 200
        browser.get(f"/signing/{envelope}/code", headers={"user-agent": agent})
        browser.get(f"/signing/{envelope}/not-me", headers={"user-agent": agent})
        assert browser.options(f"/sign/{token}").status_code in {200, 405}
    assert site.state(envelope) == before
    assert site.signer(envelope).viewed_at is None
    sign_wholly(site, envelope)  # the control: the link still works for the person


def test_gets_inside_the_session_change_nothing(site: Site) -> None:
    """Not even the identified person's GETs record anything; only what they send does."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    before = site.state(envelope)
    for page in (*PAGES, *MORE_PAGES):
        for ask in (browser.get, browser.head):
            assert ask(f"/signing/{envelope}{page}").status_code in {200, 302}
    assert site.state(envelope) == before


def test_every_wrong_link_gives_the_same_answer(site: Site) -> None:
    """Unknown, mutated, borrowed, replaced and malformed tokens cannot be told apart."""
    envelope, other = site.send(), site.send()
    good = site.token(envelope)
    env, key, mac = good.split(".")
    secret = site.office.rules.link_secret
    wrong = (
        f"{env}.{key}.{mac.translate(FLIPS)}",
        f"{env}.{key}.{mac[:-1]}",
        f"{env}.{key}.{mac}=",
        f"{env}.{SECOND}.{mac}",
        f"{other}.{key}.{mac}",
        f"{env}.nobody.{mac}",
        f"env_unknown.{key}.{mac}",
        link_token(secret, env, key, 1),
        link_token(b"another secret", env, key, 0),
        good.upper(),
        good + ".",
        "..",
        "x",
        "%00.a.b",
        "٠.١.٢",
        "a" * 5000,
    )
    bodies = set()
    for token in wrong:
        answer = site.client().get(f"/sign/{token}")
        assert answer.status_code == 404, token
        bodies.add(answer.content)
        assert mac[:20] not in answer.content.decode()
    assert len(bodies) == 1
    assert site.client().get(f"/sign/{good}").status_code == 303


def test_a_link_is_256_bits_and_is_stored_nowhere(site: Site) -> None:
    """The token's last part decodes to 32 bytes, and no table holds it."""
    from django.apps import apps

    envelope = site.send()
    mac = site.token(envelope).rpartition(".")[2]
    assert len(mac) == 43
    for model in apps.get_app_config("ledger").get_models():
        for row in model._default_manager.values_list():
            assert mac not in repr(row)


def test_the_token_leaves_the_address_at_once(site: Site) -> None:
    """Only the mailed address holds the token: no page, form, redirect or later address does."""
    envelope = site.send()
    token = site.token(envelope)
    first = site.client().get(f"/sign/{token}")
    assert first.headers["Location"] == f"/signing/{envelope}"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    browser = ready_to_sign(site, envelope)
    for page in (*PAGES, *MORE_PAGES):
        answer = browser.get(f"/signing/{envelope}{page}")
        assert TOKEN.search(answer.content.decode("latin-1")) is None
        assert TOKEN.search(answer.headers.get("Location", "")) is None


# --- the code ---------------------------------------------------------------------------------------


def give_code(_site: Site, browser: object, envelope: str, code: str) -> HttpResponse:
    """Send a code."""
    answer: HttpResponse = browser.post(f"/signing/{envelope}/code", {"code": code})  # type: ignore[attr-defined]
    return answer


def wrong_code(site: Site, envelope: str) -> str:
    """Make a code that is not the one sent."""
    return f"{(int(site.code(envelope)) + 1) % 1_000_000:06d}"


def test_guessing_a_code_is_stopped(site: Site) -> None:
    """After five wrong tries even the right code is refused; a new code works."""
    envelope = site.send()
    browser = arrive(site, envelope)
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    for _ in range(MOST_TRIES):
        assert give_code(site, browser, envelope, wrong_code(site, envelope)).status_code == 409
    assert give_code(site, browser, envelope, site.code(envelope)).status_code == 409
    assert site.signer(envelope).identified_at is None
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    assert give_code(site, browser, envelope, site.code(envelope)).status_code == 302


def test_four_wrong_tries_still_leave_the_right_one(site: Site) -> None:
    """The control: a person may mistype."""
    envelope = site.send()
    browser = arrive(site, envelope)
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    for _ in range(MOST_TRIES - 1):
        give_code(site, browser, envelope, wrong_code(site, envelope))
    spaced = f" {site.code(envelope)[:3]} {site.code(envelope)[3:]} "
    assert give_code(site, browser, envelope, spaced).status_code == 302


def test_codes_run_out(site: Site) -> None:
    """With one link ten codes are mailed and no more."""
    envelope = site.send()
    browser = arrive(site, envelope)
    for _ in range(MOST_CODES):
        assert browser.post(f"/signing/{envelope}/code", {"send": "yes"}).status_code == 302
    letters = len(site.mailer.sent)
    assert browser.post(f"/signing/{envelope}/code", {"send": "yes"}).status_code == 409
    assert len(site.mailer.sent) == letters


def test_codes_grow_old_and_work_once(site: Site) -> None:
    """A code is good for ten minutes and for one session; an older code is none."""
    envelope = site.send()
    browser = arrive(site, envelope)
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    first = site.code(envelope)
    site.clock.advance(timedelta(minutes=10, seconds=1))
    assert give_code(site, browser, envelope, first).status_code == 409
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    second = site.code(envelope)
    assert give_code(site, browser, envelope, first).status_code == 409
    site.clock.advance(timedelta(minutes=9, seconds=59))
    assert give_code(site, browser, envelope, second).status_code == 302
    assert give_code(site, site.client(), envelope, second).status_code == 404
    assert give_code(site, arrive(site, envelope), envelope, second).status_code == 409


@pytest.mark.parametrize("code", ["", "000000 or 1=1", "١٢٣٤٥٦", "1" * 100_000, "\x00", "-1"])
def test_a_strange_code_is_only_wrong(site: Site, code: str) -> None:
    """Whatever is sent as a code: refused in words."""
    envelope = site.send()
    browser = arrive(site, envelope)
    browser.post(f"/signing/{envelope}/code", {"send": "yes"})
    assert give_code(site, browser, envelope, code).status_code == 409


def test_nobody_asks_for_codes_out_of_turn(site: Site) -> None:
    """The second signer's link, were it known early, gives no code."""
    envelope = site.send()
    token = link_token(site.office.rules.link_secret, envelope, SECOND, 0)
    browser = site.client()
    assert b"Not your turn yet" in browser.get(f"/sign/{token}", follow=True).content
    assert browser.post(f"/signing/{envelope}/code", {"send": "yes"}).status_code == 409
    assert site.history() == ["envelope.opened", "signer.invited"]


# --- the session ------------------------------------------------------------------------------------


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


# --- other people's things --------------------------------------------------------------------------


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


# --- signing ----------------------------------------------------------------------------------------


def test_other_bytes_than_shown_are_not_signed(site: Site) -> None:
    """When a document changes between page and form, nothing is signed and it must be read again."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    before = shown(site, envelope)
    answer = sign(site, browser, envelope, shown_psa="0" * 64)
    assert answer.status_code == 409
    assert nothing_signed(site, envelope)
    assert site.signer(envelope).viewed == ("baa",)
    assert "signer.shown_outdated" in site.history()
    assert sign(site, browser, envelope).status_code == 409, "not before it is read again"
    assert read(site, browser, envelope, "psa").status_code == 302
    assert sign(site, browser, envelope).status_code == 302
    assert shown(site, envelope)["psa"] != before["psa"]


def test_a_document_swapped_under_the_reader_is_not_taken_as_read(site: Site) -> None:
    """What was on the page counts as read, not what lies in store when the form arrives."""
    envelope = site.send()
    browser = identify(site, envelope)
    consent(browser, envelope)
    answer = browser.post(f"/signing/{envelope}/read/psa", {"shown": "f" * 64})
    assert answer.status_code == 409
    assert b"changed since it was shown" in answer.content
    assert site.signer(envelope).viewed == ()
    assert read(site, browser, envelope, "psa").status_code == 302


def test_signing_twice_signs_once(site: Site) -> None:
    """The second press of the button finds the packet signed and changes nothing."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    assert sign(site, browser, envelope).status_code == 302
    before = site.state(envelope)
    assert sign(site, browser, envelope).status_code == 409
    assert site.state(envelope) == before


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "Please give your full name"),
        ({"name": " \t "}, "Please give your full name"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"title": ""}, "Please give your title"),
        ({"title": "x" * 121}, "at most 120 characters"),
        ({"typed": "x" * 121}, "at most 120 characters"),
        ({"typed": ""}, "Please type or draw your signature"),
        ({"authority": ""}, "confirm that you have authority"),
        ({"authority": "on"}, "confirm that you have authority"),
        ({"name": "Dana\x00Example"}, "cannot be used"),
        ({"name": "Dana\nExample"}, "cannot be used"),
        ({"name": "Dana \u202egnimE"}, "cannot be used"),
        ({"typed": "\u200b\u2060"}, "cannot be used"),
        ({"typed": "123"}, "cannot be used"),
        ({"title": "Dir\u0007ector"}, "cannot be used"),
        ({"drawn": "[[[1,2,3]]]"}, "could not be read"),
        ({"drawn": "[" * 10_000}, "could not be read"),
        ({"drawn": '{"a": 1}'}, "could not be read"),
        ({"drawn": "[[[NaN,1]]]"}, "too large"),
        ({"drawn": "[[[1e400,1]]]"}, "too large"),
        ({"drawn": "[[[-1,1]]]"}, "too large"),
        ({"drawn": str([[[1, 1]] * 5001])}, "too large"),
        ({"drawn": str([[[1, 1]]] * 101)}, "too large"),
    ],
)
def test_an_incomplete_declaration_signs_nothing(
    site: Site, changed: dict[str, str], words: str
) -> None:
    """Each missing, overlong or unprintable part is refused in words, and nothing is signed."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    answer = sign(site, browser, envelope, **changed)
    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert nothing_signed(site, envelope)
    assert site.signer(envelope).signed_at is None
    assert sign(site, browser, envelope).status_code == 302


def test_missing_consent_and_unread_documents_stop_the_signature(site: Site) -> None:
    """Without consent nothing is read, without reading nothing is signed; the page says what to do."""
    envelope = site.send()
    browser = identify(site, envelope)
    assert sign(site, browser, envelope).status_code == 409
    read(site, browser, envelope, "psa")
    assert site.signer(envelope).viewed == ()
    assert browser.post(f"/signing/{envelope}/consent", {}).status_code == 409
    assert site.signer(envelope).consented_at is None
    consent(browser, envelope)
    read(site, browser, envelope, "psa")
    answer = sign(site, browser, envelope)
    assert answer.status_code == 409
    assert "Please read “Business Associate Agreement”" in answer.content.decode()
    assert nothing_signed(site, envelope)
    read(site, browser, envelope, "baa")
    assert sign(site, browser, envelope).status_code == 302


def test_nobody_acts_out_of_turn(site: Site) -> None:
    """Even past the pages, the services refuse a second signer before the first has signed."""
    envelope = site.send()
    token = link_token(site.office.rules.link_secret, envelope, SECOND, 0)
    visit = visit_by_link(site.office, token)
    intent = Intent(
        name="Robin Sample",
        title="President",
        typed="Robin Sample",
        drawn=None,
        attests_authority=True,
        shown=shown(site, envelope),
        client={},
    )
    for act in (
        lambda: accept_disclosure(site.office, visit),
        lambda: record_reading(site.office, visit, "psa", shown(site, envelope)["psa"]),
        lambda: sign_packet(site.office, visit, intent),
        lambda: decline_packet(site.office, visit, "no"),
    ):
        with pytest.raises(Refused, match="Somebody else signs first"):
            act()
    sign_wholly(site, envelope, FIRST)
    sign_wholly(site, envelope, SECOND)


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script> Example",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }} {% debug %}",
        "مثال العربية",
        "示例 太郎",
        "O'Brien & Søns “Ex”",
        "\u202eelpmaxE",
    ],
)
def test_hostile_names_are_only_text(site: Site, name: str) -> None:
    """Names from an enrollment appear as written on every page, and never as markup or template."""
    from django.utils.html import escape

    documents = (envelope_document("psa", f"Agreement of {name}"),)
    envelope = site.send(recipients(name, practice=name), documents=documents, practice=name)
    browser = ready_to_sign(site, envelope)
    for page in ("", "/code", "/not-me", "/read/psa", "/sign"):
        text = browser.get(f"/signing/{envelope}{page}").content.decode()
        if page != "/code":
            assert escape(name) in text, page
        assert not re.search(r"<script>|<img|onerror=alert\(1\)>", text)
        assert "49 " not in text
    assert sign(site, browser, envelope).status_code == 302


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.text(max_size=130), title=st.text(max_size=130), typed=st.text(max_size=130))
def test_whatever_is_typed_signs_or_is_refused_in_words(
    office: Office, clock: StandingClock, name: str, title: str, typed: str
) -> None:
    """No text of a person's leads to anything but a signature or a sentence."""
    from django.apps import apps

    for model in apps.get_app_config("ledger").get_models():
        model._default_manager.all().delete()
    site = Site.of(office, clock)
    envelope = site.send(documents=(envelope_document("psa", "Agreement"),))
    browser = ready_to_sign(site, envelope)
    answer = sign(site, browser, envelope, name=name, title=title, typed=typed)
    assert answer.status_code in {302, 409}
    assert nothing_signed(site, envelope) is (answer.status_code == 409)


# --- every page -------------------------------------------------------------------------------------


def every_answer(site: Site) -> dict[str, HttpResponse]:
    """Collect one answer of every kind: pages, redirects, refusals, errors, files."""
    envelope = site.send()
    browser = ready_to_sign(site, envelope)
    found = {page: browser.get(f"/signing/{envelope}{page}") for page in (*PAGES, *MORE_PAGES)}
    stranger = site.client(csrf=True)
    asset = re.search(rb'href="(/assets/[^"]+\.css)"', found["/sign"].content)
    assert asset is not None
    found["script"] = browser.get(
        re.search(rb'src="(/assets[^"]+)"', found["/sign"].content)[1].decode()
    )  # type: ignore[index]
    found["style"] = browser.get(asset[1].decode())
    found["refused"] = browser.post(f"/signing/{envelope}/sign", {})
    found["link"] = browser.get(f"/sign/{site.token(envelope)}")
    found["404"] = stranger.get("/no/such/page")
    found["wrong link"] = stranger.get("/sign/x")
    found["405"] = browser.post(f"/signing/{envelope}/done")
    found["403"] = stranger.post(f"/signing/{envelope}/sign")
    found["400"] = stranger.get("/health", headers={"host": "evil.example"})
    found["401"] = stranger.post("/callbacks/embedded")
    found["health"] = stranger.get("/health")
    found["500"] = broken(site).get("/health")
    return found


def broken(site: Site) -> object:
    """Give a client whose site fails inside, in a way nobody foresaw."""
    from django.test import Client

    class Broken:
        rules, pso, signer, ids = (
            site.office.rules,
            site.office.pso,
            site.office.signer,
            site.office.ids,
        )

        @property
        def ledger(self) -> object:
            raise ZeroDivisionError

    return Client(raise_request_exception=False, **{"docgen.office": Broken()})


def test_every_answer_carries_the_protective_headers(site: Site) -> None:
    """Pages, errors, files and callbacks alike; only the PDF and the link say a header of their own."""
    found = every_answer(site)
    for status in ("400", "401", "403", "404", "405", "500"):
        assert found[status].status_code == int(status)
    for what, answer in found.items():
        for name, value in HEADERS.items():
            own = {
                ("/documents/psa.pdf", "Content-Security-Policy"),
                ("link", "Referrer-Policy"),
                ("style", "Cache-Control"),
                ("script", "Cache-Control"),
            }
            if (what, name) not in own:
                assert answer.headers[name] == value, (what, name)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Request-Id"]
        assert "Server" not in answer.headers


def test_no_page_holds_script_style_or_foreign_things(site: Site) -> None:
    """No inline script, no inline style, no handler, and no address outside this site."""
    for what, answer in every_answer(site).items():
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        text = answer.content.decode()
        assert not re.search(
            r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=|javascript:", text
        )
        for address in re.findall(r'(?:src|href|action)="([^"]*)"', text):
            assert address.startswith(("/", "#", "tel:", "mailto:")), (what, address)
            assert not address.startswith("//")
        assert "http://" not in text.replace("http://testserver", "")
        assert "https://" not in text


def test_errors_tell_nothing_of_the_inside(site: Site) -> None:
    """An unforeseen failure shows a sentence and a number to mention, no class, file or value."""
    answer = broken(site).get("/health")  # type: ignore[attr-defined]
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "Something went wrong" in text
    assert answer.headers["X-Request-Id"] in text
    assert not re.search(r"ZeroDivision|Traceback|docgen/|\.py", text)


def test_health_reads_the_database(site: Site) -> None:
    """It answers ok, to GET and HEAD only."""
    assert site.client().get("/health").content == b"ok\n"
    assert site.client().head("/health").status_code == 200
    assert site.client().post("/health").status_code == 405


def test_the_sweep_still_brings_a_quiet_site_to_rest(site: Site) -> None:
    """After a whole ceremony the only errands left are callbacks, which need the served site."""
    envelope = site.send()
    sign_wholly(site, envelope, FIRST)
    sign_wholly(site, envelope, SECOND)
    swept = sweep(site.office, reconcile=False)
    assert all(item.startswith("callback") for item in swept.failures)
