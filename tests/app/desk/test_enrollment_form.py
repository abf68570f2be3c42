"""The enrollment form on the desk: typed, checked, stored; nothing that was typed is lost."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from docgen.domain.enrollment import Stage, examine_enrollment
from docgen.domain.enrollment.record import Enrollment
from docgen.services.enroll import enroll
from docgen.web.enrollment_form.sections import KEPT_BY_THE_SITE, SECTIONS
from tests.unit.domain.enrollment.samples import VALID, raw_sample, sample_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from docgen.ports.ledger import EnrollmentVersion
    from tests.app.desk.staff import Desk

QUERIES = {
    "form": 12,
    "form/practice": 12,
    "form/facilities": 12,
    "form/facilities/1": 12,
    "versions": 14,
}
CONTROLS = {"csrfmiddlewaretoken", "do"}


class Page(HTMLParser):
    """Reads a form the way a browser would send it."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a field and what it holds."""
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name not in CONTROLS:
            self.names.add(name)
            if given.get("type") != "checkbox" or "checked" in given:
                self._put(name, given.get("value", ""))
        elif tag == "select":
            self.names.add(name)
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._put(self._select, given.get("value", ""))
        elif tag == "textarea":
            self.names.add(name)
            self._area = name
            self._put(name, "")

    def handle_endtag(self, tag: str) -> None:
        """Leave a list or a text."""
        self._select = "" if tag == "select" else self._select
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        """Take the text of a text field; its first line end is not part of it."""
        if self._area:
            text = data.removeprefix("\n").replace("\n", "\r\n")
            self.fields[self._area][-1] += text

    def _put(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


def opened(client: Client, address: str) -> Page:
    """Open a page of the form."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return parsed(answer)


def parsed(answer: Any) -> Page:
    """Read the answer's form."""
    page = Page()
    found = re.search(
        r'<form method="post"[^>]*class="record".*?</form>', answer.content.decode(), re.DOTALL
    )
    page.feed(found.group() if found else "")
    return page


def begun(desk: Desk, **practice: object) -> EnrollmentVersion:
    """Store a draft that holds next to nothing."""
    raw = {
        "practice": {"display_name": "Riverside Radiation Oncology", **practice},
        "source": "web",
    }
    return enroll(desk.office, raw, draft=True, actor="user:coordinator").version


def at(version: EnrollmentVersion, place: str = "") -> str:
    """Give the address of a page of the form."""
    return f"/desk/enrollments/{version.enrollment_id}/form{place}"


def latest(desk: Desk, version: EnrollmentVersion) -> dict[str, Any]:
    """Give what is stored now."""
    found: dict[str, Any] = json.loads(
        desk.office.ledger.enrollments.latest(version.enrollment_id).record
    )
    return found


def written(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Type a record's values as a person would: fields by their names."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from written(one, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, one in enumerate(value):
            yield from written(one, f"{name}.{index}")
    elif isinstance(value, list):
        for one in value:
            yield name, str(one)
    else:
        yield name, ("no", "yes")[value] if isinstance(value, bool) else str(value)


@pytest.mark.sqlite_only("of each page it asks the database what any page of the form asks")
@pytest.mark.parametrize("name", VALID)
def test_any_sample_typed_through_the_form_comes_back_equal(desk: Desk, name: str) -> None:
    """Control: through the form's own fields alone, page after page, each value arrives as it was."""
    wanted = sample_record(name)
    values: dict[str, Any] = wanted.to_json()
    client, version = desk.as_("coordinator"), begun(desk)
    for section in SECTIONS:  # people and places come before what refers to them
        if section.rows is None:
            type_in(
                client,
                at(version, f"/{section.key}"),
                {one: values[one] for one in section.names if one in values},
            )
            continue
        name, items = section.names[0], values.get(section.names[0], [])
        for index, item in enumerate(items):
            known = {key: held for key, held in item.items() if key != "parent_entity_id"}
            type_in(client, at(version, f"/{section.key}/new"), known, f"{name}.{index}")
        for index, item in enumerate(items):
            if "parent_entity_id" in item:  # the parent may stand below
                parent = {"parent_entity_id": item["parent_entity_id"]}
                address = at(version, f"/{section.key}/{index + 1}")
                type_in(client, address, parent, f"{name}.{index}", keep=True)
    got = latest(desk, version)
    for left in KEPT_BY_THE_SITE:
        got.pop(left, None)
        values.pop(left, None)
    assert read(desk, got) == read(desk, values)


def read(desk: Desk, values: dict[str, Any]) -> Enrollment:
    """Read values as the record does."""
    now = desk.office.clock.now().date()
    return examine_enrollment(values, today=now, stage=Stage.DRAFT).record


def type_in(
    client: Client, address: str, values: dict[str, Any], prefix: str = "", *, keep: bool = False
) -> None:
    """Fill in one page: rows by their button first, then every field, then save."""
    page = opened(client, address)
    fields = dict(page.fields)
    given: dict[str, list[str]] = {}
    for name, text in written(values, prefix):
        given.setdefault(name, []).append(text)
    adds = (
        {re.sub(r"\.[0-9]+\.[^.]*$", "", name) for name in given}
        if not prefix
        else {
            f"{prefix}.{one}"
            for one, held in values.items()
            if isinstance(held, list) and held and isinstance(held[0], dict)
        }
    )
    for name in sorted(adds):
        counts = {
            int(found[1])
            for one in given
            if (found := re.match(rf"{re.escape(name)}\.([0-9]+)\.", one))
        }
        for _ in counts:
            answer = client.post(address, fields | {"do": f"add:{name}"})
            page = parsed(answer)
            fields = dict(page.fields)
    assert set(given) <= page.names, set(given) - page.names
    body = client.get(address).content.decode()
    given = {
        name: texts for name, texts in given.items() if texts != ["no"] or name not in ticked(body)
    }
    for name, texts in given.items():
        is_area = f'name="{name}" rows=' in body
        fields[name] = ["\r\n".join(texts) + "\r\n"] if is_area else texts
    # A box that is not ticked is not sent.
    fields = {
        name: held
        for name, held in fields.items()
        if keep or name in given or name not in ticked(body)
    }
    answer = client.post(address, fields | {"do": "back"})
    assert answer.status_code == 302, told(answer)


def ticked(body: str) -> set[str]:
    """List the names of tick boxes."""
    return set(re.findall(r'type="checkbox" id="[^"]*" name="([^"]*)"', body))


def told(answer: Any) -> list[str]:
    """List the problems a page shows on top."""
    body = answer.content.decode()
    found = re.search(r'id="problem".*?</div>', body, re.DOTALL)
    return [
        unescape(re.sub(r"<[^>]+>", "", one))
        for one in re.findall(r"<li>(.*?)</li>", found.group() if found else "", re.DOTALL)
    ]


HOSTILE = {
    "{{ pso.secret }}": "val.name",
    "{% include 'x' %}": "val.name",
    "Riverside\x07 Clinic": "val.name",
    "Riverside\u202e Clinic": "val.name",
    "R" * 5_000: "val.limits",
    "patient DOB: 01/02/1960": "val.no_phi",
    "<script>alert(1)</script>": "",
}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_named_beside_its_field_and_kept(desk: Desk, text: str) -> None:
    """Attack: nothing is stored, what was typed is shown again whole; markup is shown as text."""
    client, version = desk.as_("coordinator"), begun(desk)
    page = opened(client, at(version, "/practice"))
    sent = page.fields | {"practice.display_name": [text], "practice.referral_source": ["a friend"]}
    answer = client.post(at(version, "/practice"), sent | {"do": "stay"})
    if not HOSTILE[text]:
        assert answer.status_code == 302
        assert text not in client.get(at(version, "/practice")).content.decode()
        return
    assert answer.status_code == 422
    again = parsed(answer)
    assert again.fields["practice.display_name"] == [text]
    assert again.fields["practice.referral_source"] == ["a friend"]
    body = answer.content.decode()
    assert 'href="#f-practice-display_name"' in body
    assert 'id="f-practice-display_name-error"' in body
    assert latest(desk, version)["practice"]["display_name"] == "Riverside Radiation Oncology"
    # Leaving and coming back finds it again; storing it corrected forgets it.
    assert parsed(client.get(at(version, "/practice"))).fields["practice.display_name"] == [text]
    good = sent | {"practice.display_name": ["Riverside"], "do": "stay"}
    assert client.post(at(version, "/practice"), good).status_code == 302
    assert latest(desk, version)["practice"]["referral_source"] == "a friend"
    assert "not stored yet" not in client.get(at(version, "/practice")).content.decode()


def test_unknown_fields_and_wrong_references_are_refused(desk: Desk) -> None:
    """Attack: fields nobody declared, rows that do not exist, and a word out of no list."""
    client, version = desk.as_("coordinator"), begun(desk)
    page = opened(client, at(version, "/practice"))
    for extra, rule in (
        ({"practice.balance": ["1"]}, "the form has no such field"),
        ({"facilities": ["x"]}, "the form has no such field"),
        ({"<b>": ["x"]}, "the form has no such field"),
        ({"practice.setting": ["castle"]}, "choose one of these words"),
    ):
        answer = client.post(at(version, "/practice"), page.fields | extra | {"do": "stay"})
        assert answer.status_code == 422, extra
        assert rule in answer.content.decode(), extra
    reviewer = opened(client, at(version, "/reviewers/new")).fields | {
        "reviewers.0.contact_id": ["nobody"], "do": "back",
    }  # fmt: skip
    answer = client.post(at(version, "/reviewers/new"), reviewer)
    assert answer.status_code == 422
    assert "“nobody”, which is not in the list" in answer.content.decode()
    assert latest(desk, version).get("reviewers") is None


def test_too_many_fields_and_half_a_form_store_nothing(desk: Desk) -> None:
    """Attack: 10,000 fields, and a form cut off on the way, which would empty what is stored."""
    client, version = desk.as_("coordinator"), begun(desk, referral_source="a friend")
    flood = {f"practice.x{number}": "1" for number in range(10_000)}
    assert client.post(at(version, "/practice"), flood).status_code == 400
    half = {"practice.display_name": ["Riverside"], "base": ["1"], "do": "stay"}
    answer = client.post(at(version, "/practice"), half)
    assert answer.status_code == 422
    assert "did not arrive whole" in answer.content.decode()
    assert latest(desk, version)["practice"]["referral_source"] == "a friend"


def test_rows_are_added_moved_and_removed_by_buttons(desk: Desk) -> None:
    """Each button submits and comes back with everything typed so far; empty rows are not stored."""
    client, version = desk.as_("coordinator"), begun(desk)
    address, rows = at(version, "/practice"), "practice.existing_pso_relationships"
    page = opened(client, address)
    for number, name in enumerate(("Other PSO North", "Other PSO South", "")):
        page = parsed(client.post(address, page.fields | {"do": f"add:{rows}"}))
        page.fields[f"{rows}.{number}.pso_name"] = [name]
    page = parsed(client.post(address, page.fields | {"do": f"up:{rows}.1"}))
    assert page.fields[f"{rows}.0.pso_name"] == ["Other PSO South"]
    assert latest(desk, version)["practice"].get("existing_pso_relationships") is None
    assert client.post(address, page.fields | {"do": "stay"}).status_code == 302
    stored = latest(desk, version)["practice"]["existing_pso_relationships"]
    assert [one["pso_name"] for one in stored] == ["Other PSO South", "Other PSO North"]
    page = parsed(client.post(address, opened(client, address).fields | {"do": f"remove:{rows}.0"}))
    assert page.fields[f"{rows}.0.pso_name"] == ["Other PSO North"]
    for act in (
        "up:practice",
        "remove:a.b.c",
        "down:practice.dba.9",
        f"remove:{rows}.77",
        "add:x.y",
    ):
        assert client.post(address, page.fields | {"do": act}).status_code == 200


def test_items_of_a_list_get_ids_an_order_and_are_taken_out(desk: Desk) -> None:
    """A facility's id comes from its name; one that is referred to cannot be taken out."""
    client, version = desk.as_("coordinator"), begun(desk)
    for name in ("Main Center", "East Clinic", "Main Center East"):
        fields = opened(client, at(version, "/facilities/new")).fields
        number = len(latest(desk, version).get("facilities", ()))
        sent = fields | {f"facilities.{number}.name": [name], "do": "another"}
        answer = client.post(at(version, "/facilities/new"), sent)
        assert answer["Location"] == at(version, "/facilities/new")
    ids = [one["facility_id"] for one in latest(desk, version)["facilities"]]
    assert ids == ["main-center", "east-clinic", "main-center-east"]
    base = opened_list(client, at(version, "/facilities"))
    client.post(at(version, "/facilities"), base | {"do": "down:facilities.0"})
    base = opened_list(client, at(version, "/facilities"))
    client.post(at(version, "/facilities"), base | {"do": "remove:facilities.2"})
    ids = [one["facility_id"] for one in latest(desk, version)["facilities"]]
    assert ids == ["east-clinic", "main-center"]
    person = opened(client, at(version, "/contacts/new"))
    assert {"contacts.0.facility_ids"} <= person.names
    sent = person.fields | {
        "contacts.0.given_name": ["Ada"],
        "contacts.0.facility_ids": ["main-center"],
    }
    assert client.post(at(version, "/contacts/new"), sent | {"do": "back"}).status_code == 302
    base = opened_list(client, at(version, "/facilities"))
    answer = client.post(at(version, "/facilities"), base | {"do": "remove:facilities.1"})
    assert answer.status_code == 422
    assert f"{at(version, '/contacts/1')}#" in answer.content.decode()


def opened_list(client: Client, address: str) -> dict[str, str]:
    """Open the page of a list; give the version it was opened on."""
    found = re.search(r'name="base" value="(\d+)"', client.get(address).content.decode())
    assert found is not None
    return {"base": found[1]}


def test_a_newer_version_is_shown_and_nothing_is_overwritten_unseen(desk: Desk) -> None:
    """Two people at once: the second sees what changed, keeps the own entries, may save them then."""
    one, two, version = desk.as_("coordinator"), desk.as_("everything"), begun(desk)
    address = at(version, "/practice")
    mine, theirs = opened(one, address).fields, opened(two, address).fields
    assert (
        two.post(
            address, theirs | {"practice.website": ["https://two.example.org"], "do": "stay"}
        ).status_code
        == 302
    )
    answer = one.post(address, mine | {"practice.referral_source": ["a friend"], "do": "stay"})
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "https://two.example.org" in body
    assert "Practice, website" in body
    assert latest(desk, version)["practice"].get("referral_source") is None
    again = parsed(answer)
    assert again.fields["practice.referral_source"] == ["a friend"]
    assert one.post(address, again.fields | {"do": "stay"}).status_code == 302
    stored = latest(desk, version)["practice"]
    assert stored["referral_source"] == "a friend"
    assert stored["website"] == "https://two.example.org"


def test_the_same_page_sent_twice_is_stored_once(desk: Desk) -> None:
    """A double click on a new item makes one item, and tells no conflict with oneself."""
    client, version = desk.as_("coordinator"), begun(desk)
    fields = opened(client, at(version, "/facilities/new")).fields
    sent = fields | {"facilities.0.name": ["Main Center"], "do": "back"}
    for _ in range(2):
        assert client.post(at(version, "/facilities/new"), sent).status_code == 302
    assert len(latest(desk, version)["facilities"]) == 1
    assert desk.office.ledger.enrollments.latest(version.enrollment_id).version == 2


def test_an_item_that_moved_meanwhile_is_followed(desk: Desk) -> None:
    """Somebody moved the facility down: what was typed lands on it, not on its neighbor."""
    client, version = desk.as_("coordinator"), begun(desk)
    raw = latest(desk, version) | {
        "facilities": [
            {"facility_id": "a", "name": "Site A"},
            {"facility_id": "b", "name": "Site B"},
        ]
    }
    enroll(desk.office, raw, draft=True, actor="user:ada", onto=version.enrollment_id)
    mine = opened(client, at(version, "/facilities/1")).fields
    turned = raw | {"facilities": raw["facilities"][::-1]}
    enroll(desk.office, turned, draft=True, actor="user:ada", onto=version.enrollment_id)
    answer = client.post(at(version, "/facilities/1"), mine | {"facilities.0.short_name": ["A"]})
    assert answer.status_code == 409
    assert f'action="{at(version, "/facilities/2")}"' in answer.content.decode()
    again = parsed(answer).fields | {"do": "back"}
    assert client.post(at(version, "/facilities/2"), again).status_code == 302
    assert latest(desk, version)["facilities"][1]["short_name"] == "A"


def test_what_was_typed_survives_a_session_that_ended(desk: Desk) -> None:
    """Sent without a session: after signing in the page shows it again, and nothing was stored."""
    client, version = desk.as_("coordinator"), begun(desk)
    address = at(version, "/practice")
    sent = opened(client, address).fields | {"practice.referral_source": ["a friend"], "do": "stay"}
    browser = desk.client()
    answer = browser.post(address, sent)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/sign-in?next=")
    assert latest(desk, version)["practice"].get("referral_source") is None
    desk.sign_in("coordinator", browser)
    body = browser.get(address).content.decode()
    assert "a friend" in body
    assert "not stored yet" in body
    # Attack control: somebody without the role is not shown the page, typed or not.
    assert desk.sign_in("auditor", desk.client()).get(address).status_code == 403


def test_what_was_typed_survives_signing_in_again_in_another_tab(desk: Desk) -> None:
    """The page's token is an old one by then: it is shown again, not stored, and stored next time."""
    version, browser = begun(desk), desk.as_("coordinator", csrf=True)
    address, here = at(version, "/practice"), {"Origin": "http://testserver"}
    fields = opened(browser, address).fields | {"practice.referral_source": ["a friend"]}
    old = {**fields, "do": "stay", "csrfmiddlewaretoken": "x" * 64}
    answer = browser.post(address, old, headers=here)
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert latest(desk, version)["practice"].get("referral_source") is None
    again = browser.get(address)
    assert "not stored yet" in again.content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', again.content.decode())
    assert token is not None
    new = {**parsed(again).fields, "do": "stay", "csrfmiddlewaretoken": token[1]}
    assert browser.post(address, new, headers=here).status_code == 302
    assert latest(desk, version)["practice"]["referral_source"] == "a friend"


@pytest.mark.parametrize(
    ("key", "origin"),
    [
        ("coordinator", "http://evil.example.org"),
        ("coordinator", "null"),
        ("", "http://testserver"),
    ],
)
def test_another_site_puts_nothing_into_a_form(desk: Desk, key: str, origin: str) -> None:
    """Attack: what a foreign page sends, or nobody who is signed in, is refused and not kept."""
    version = begun(desk)
    address, client = at(version, "/practice"), desk.as_(key, csrf=True)
    sent = {"practice.referral_source": "evil", "do": "stay"}
    assert client.post(address, sent, headers={"Origin": origin}).status_code == 403
    client.cookies["desk"] = desk.session("coordinator")
    assert "evil" not in client.get(address).content.decode()


def test_a_form_is_begun_filled_and_submitted(desk: Desk) -> None:
    """From the name of the practice to a submitted form; what is missing is named on the way."""
    client = desk.as_("coordinator")
    assert desk.send(client, "/desk/enrollments/new", name=" ").status_code == 422
    assert desk.send(client, "/desk/enrollments/new", name="{{x}}").status_code == 422
    answer = desk.send(client, "/desk/enrollments/new", name="Riverside Radiation Oncology")
    overview = answer["Location"].removesuffix("/practice")
    body = client.get(overview).content.decode()
    assert "missing to submit the form" in body
    assert f'href="{overview}/facilities"' in body
    version = desk.office.ledger.enrollments.latest(overview.split("/")[3])
    whole = json.loads(desk.enrollment.record) | {"record_id": version.enrollment_id}
    enroll(desk.office, whole, draft=True, actor="user:ada", onto=version.enrollment_id)
    assert "Submit the form" in client.get(overview).content.decode()
    assert desk.send(client, overview).status_code == 302
    assert not desk.office.ledger.enrollments.latest(version.enrollment_id).is_draft


def test_what_many_sites_lack_alike_is_one_line_that_counts_them(desk: Desk) -> None:
    """Fourteen sites without a Reviewer: the overview counts each and says it once."""
    raw = raw_sample("network-joinder") | {
        "reviewers": [{"contact_id": "sofia-alvarez", "facility_ids": ["midtown"]}]
    }
    version = enroll(desk.office, raw, draft=True, actor="user:ada").version
    body = desk.as_("coordinator").get(at(version, "")).content.decode()
    assert body.count("name a Reviewer for this facility") == 1
    assert "and 11 more, 14 in all: name a Reviewer for this facility" in body
    assert re.search(r"needed fields; missing[^;<]*\b14 for the PSES policy", body)


def test_an_accepted_form_is_not_made_worse_by_accident(desk: Desk) -> None:
    """What a submitted form needs cannot be emptied, unless it is meant to be a draft again."""
    client, version = desk.as_("coordinator"), desk.enrollment
    fields = opened(client, at(version, "/practice")).fields | {"practice.setting": [""]}
    answer = client.post(at(version, "/practice"), fields | {"do": "stay"})
    assert answer.status_code == 422
    assert client.post(at(version, "/practice"), fields | {"do": "draft"}).status_code == 302
    assert desk.office.ledger.enrollments.latest(version.enrollment_id).is_draft


@pytest.mark.parametrize("place", QUERIES)
def test_pages_take_few_queries(desk: Desk, place: str) -> None:
    """A page's queries do not grow with the form."""
    address = f"/desk/enrollments/{desk.enrollment.enrollment_id}/{place}"
    assert desk.queries(desk.as_("coordinator"), address) <= QUERIES[place]


def test_versions_say_who_when_and_what(desk: Desk) -> None:
    """Each version with its author; two of them side by side by the form's own labels."""
    version = begun(desk)
    raw = latest(desk, version)
    raw["practice"]["website"] = "https://riverside.example.org"
    enroll(desk.office, raw, draft=True, actor="user:coordinator", onto=version.enrollment_id)
    client, address = desk.as_("auditor"), f"/desk/enrollments/{version.enrollment_id}/versions"
    body = client.get(address).content.decode()
    for words in (
        "Version 2",
        "Casey Coordinator",
        "Practice, website",
        "https://riverside.example.org",
    ):
        assert words in body
    assert "Choose two different" in client.get(f"{address}?old=1&new=1").content.decode()
    for wrong in ("?old=0", "?new=99", "?old=-1&new=2"):
        assert client.get(address + wrong).status_code in {200, 404}
    assert client.get(f"{address}?new=99").status_code == 404


def test_an_item_of_which_nothing_is_known_is_not_stored(desk: Desk) -> None:
    """Saved by mistake it would be one contact more; one word is enough to be stored."""
    version, client = begun(desk), desk.as_("coordinator")
    place = at(version, "/contacts/new")
    given = opened(client, place).fields | {"do": ["another"]}
    answer = client.post(place, given)
    assert answer.status_code == 422
    assert "Nothing is filled in yet, so nothing was stored." in answer.content.decode()
    assert "contacts" not in latest(desk, version)
    assert client.post(place, {**given, "contacts.0.title": ["Manager"]}).status_code == 302
    assert len(latest(desk, version)["contacts"]) == 1
    page = client.get(at(version, "/contacts")).content.decode()
    assert "Contact without a name yet" in page
    assert "contacts-1" not in re.sub(r"<[^>]+>", " ", page)


@pytest.mark.parametrize("section", [one.key for one in SECTIONS])
def test_an_address_of_an_item_that_no_section_has_is_not_found(desk: Desk, section: str) -> None:
    """Sections that are no list have no items, whatever their first field holds; lists have new ones."""
    client, form = desk.as_("coordinator"), f"/desk/enrollments/{desk.enrollment.enrollment_id}"
    (listed,) = (one.rows is not None for one in SECTIONS if one.key == section)
    for item in ("new", "1"):
        answer = client.get(f"{form}/form/{section}/{item}")
        assert answer.status_code == (200 if listed else 404)
    for item in ("0", "99", "-1", "x", "new.", "1" * 400):
        assert client.get(f"{form}/form/{section}/{item}").status_code == 404
        assert client.post(f"{form}/form/{section}/{item}", {"do": "stay"}).status_code in {
            404,
            422,
        }
