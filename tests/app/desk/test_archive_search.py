"""A search of the archive is an activity of whoever searches: once, and without what they typed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from docgen.domain.packet import PacketState
from docgen.domain.plan import Source
from docgen.ports.register_query import ArchiveOrder, ArchiveQuery, Paging, Period
from docgen.services.ceremony.flood import PERIOD
from docgen.services.search import SEARCHED, question_of
from tests.app.api.caller import Caller
from tests.app.desk.test_archive_reading import archived

if TYPE_CHECKING:
    from docgen.domain.history import Activity
    from docgen.domain.packet import Packet
    from tests.app.desk.staff import Desk


@pytest.fixture
def packet(desk: Desk) -> Packet:
    """Store the sample packet as executed and archived."""
    return archived(desk)


def searches(desk: Desk, key: str = "auditor") -> list[Activity]:
    """List a person's searches."""
    told = desk.office.ledger.history.of(f"user:{key}")
    return [item for item in told if item.kind == SEARCHED]


def digest(**asked: object) -> str:
    """Digest a question as the auditors' page says."""
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.usefixtures("packet")
def test_who_searched_and_what_was_found_is_known(desk: Desk) -> None:
    """By a digest that whoever knows the question can make again; the words are nowhere."""
    client = desk.as_("auditor")
    client.get("/desk/archive?q=Lakeside+ONCOLOGY&document=psa")
    client.get("/desk/archive?q=nobody-of-this-name")
    first, second = searches(desk)
    assert first.actor == "user:auditor"
    assert first.details == {
        "question_sha256": digest(slug="psa", text="lakeside oncology"),
        "found": "1",
    }
    assert second.details["found"] == "0"
    assert b"lakeside" not in first.leaf.lower()
    assert "lakeside" not in str(first.to_json()).lower()


@pytest.mark.usefixtures("packet")
def test_turning_pages_is_one_search_and_coming_back_another(desk: Desk) -> None:
    """The same question is noted once in ten minutes, for each person; looking at the list, never."""
    client = desk.as_("auditor")
    for more in ("", "&page=2", "&sort=practice", "&sort=-kept&page=3", ""):
        client.get(f"/desk/archive?q=lakeside{more}")
    client.get("/desk/archive")
    client.get("/desk/archive?page=2&sort=practice")
    client.get("/desk/archive?from=nonsense&q=other")
    assert len(searches(desk)) == 1
    desk.as_("coordinator").get("/desk/archive?q=lakeside")
    assert (len(searches(desk)), len(searches(desk, "coordinator"))) == (1, 1)
    desk.clock.advance(PERIOD)
    client.get("/desk/archive?q=lakeside")
    assert len(searches(desk)) == 2


@pytest.mark.usefixtures("packet")
def test_a_program_searches_in_its_persons_name(desk: Desk) -> None:
    """By API it is the same activity."""
    program = Caller.of(desk, "auditor")
    program.get("/archive", q="lakeside", limit=1)
    program.get("/archive")
    (only,) = searches(desk)
    assert only.details["question_sha256"] == digest(text="lakeside")


def test_a_question_is_the_same_however_it_is_shown() -> None:
    """Order, page and today are no part of it; each filter is."""
    query = ArchiveQuery(text="Lakeside", today=date(2026, 11, 2))
    shown = replace(query, order=ArchiveOrder.PRACTICE, reverse=True, page=Paging(number=9))
    assert question_of(query) == question_of(replace(shown, today=date(2026, 11, 3)))
    assert question_of(ArchiveQuery(today=date(2026, 11, 2))) == b""
    day = date(2026, 11, 2)
    others = {
        question_of(item)
        for item in (
            query,
            replace(query, on_hold=True),
            replace(query, on_hold=False),
            replace(query, signed=Period(first=day, last=day + timedelta(days=1))),
            replace(query, sources=frozenset({Source.GENERATED})),
            replace(query, states=frozenset({PacketState.ARCHIVED, PacketState.ON_FILE})),
        )
    }
    assert len(others) == 6
    assert b'"signed":["2026-11-02","2026-11-03"]' in b"".join(others)
