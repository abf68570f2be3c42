"""Every question to the register takes the same few queries, however much there is."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from docgen.domain.search import searchable, words_of
from docgen.ports.register_query import ArchiveOrder, ArchiveQuery, Paging, Period
from tests.benchmarks.desk import measure, questions
from tests.emptied import empty_ledger

if TYPE_CHECKING:
    from docgen.ports.register import ArchivedLine, Page
    from docgen.services.office import Office

MOST = 4


def counted(office: Office) -> dict[str, int]:
    """Ask everything once; give how many queries each question took."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found = {}
    for name, ask in questions(office.register).items():
        with CaptureQueriesContext(connection) as queries:
            ask()
        found[name] = len(queries)
    return found


@pytest.fixture
def few(office: Office) -> Office:
    """Fill the register with a few practices."""
    from tests.benchmarks.crowd import fill

    with office.ledger.transaction():
        fill(12, 40)
    return office


def test_the_number_of_queries_does_not_grow(few: Office) -> None:
    """A few practices or six times as many: the same number, and small."""
    from tests.benchmarks.crowd import fill

    before = counted(few)
    assert max(before.values()) <= MOST, before
    empty_ledger()
    with few.ledger.transaction():
        fill(72, 240)
    assert counted(few) == before


def test_the_measurement_runs(few: Office) -> None:
    """Every question is answered and timed; how fast is judged nowhere here."""
    found = measure(questions(few.register), 2)
    assert set(found) == set(questions(few.register))
    assert all(taken["p50"] <= taken["p95"] for taken in found.values())


@pytest.fixture
def many(office: Office) -> Office:
    """Fill the register with more practices than are found by a list of ids."""
    from tests.benchmarks.crowd import fill

    with office.ledger.transaction():
        fill(520, 1800)
    return office


def every_page(office: Office, query: ArchiveQuery) -> list[Page[ArchivedLine]]:
    """Go on page by page until the last."""
    found = [office.register.archived(query)]
    while found[-1].number < found[-1].last:
        page = replace(query.page, number=found[-1].number + 1)
        found.append(office.register.archived(replace(query, page=page)))
    return found


def test_a_name_that_many_share_finds_each_of_them_once(many: Office) -> None:
    """Beyond what is found by a list of ids, all pages together hold what they hold without a name."""
    archived = many.register.archived
    total = archived(ArchiveQuery()).total
    assert total > 700
    for order in ArchiveOrder:
        for reverse in (False, True):
            query = ArchiveQuery(order=order, reverse=reverse, page=Paging(size=100))
            plain, named = every_page(many, query), every_page(many, replace(query, text="enr"))
            assert [page.items for page in named] == [page.items for page in plain]
            assert (
                len({(item.packet_id, item.slug) for page in named for item in page.items}) == total
            )
            assert {page.exact for page in plain} == {True}
            assert (named[-1].total, named[-1].exact) == (total, True)
    named = [archived(ArchiveQuery(text="enr oncology", order=ArchiveOrder.PRACTICE))]
    assert {"Oncology" in item.practice for item in named[0].items} == {True}
    assert 0 < named[0].total < total


def test_what_is_not_counted_to_the_end_says_so(
    many: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counting ends at many, paging does not; a page beyond the end is the last one."""
    from docgen.db import register

    monkeypatch.setattr(register, "MOST_COUNTED", 100)
    old = Period(first=date(1990, 1, 1), last=date(2090, 1, 1))
    total = many.register.archived(ArchiveQuery()).total
    for query in (ArchiveQuery(signed=old), ArchiveQuery(text="enr"), ArchiveQuery(text="en")):
        first = many.register.archived(query)
        assert (first.exact, first.total) == (False, 100)
        assert first.counted == "more than 100"
        assert sum(len(page.items) for page in every_page(many, query)) == total
        beyond = many.register.archived(replace(query, page=Paging(number=9999)))
        assert beyond.exact
        assert (beyond.total, beyond.number) == (total, beyond.last)
        assert beyond.items == every_page(many, query)[-1].items


def test_few_are_counted_exactly(many: Office) -> None:
    """The control: what is found is less than many, so its number is the number."""
    found = many.register.archived(ArchiveQuery(text=f"enr_{7:026x}"))
    assert found.exact
    assert found.total == len(found.items)


@pytest.mark.usefixtures("office")
def test_the_index_of_words_finds_what_reading_them_finds() -> None:
    """Any piece of any word, short ones too, through changes and removals; nothing else."""
    from docgen.db.models import RegisterWordsRow
    from docgen.db.naming import find_named

    choose = random.Random(5)  # noqa: S311  # invents words, guards nothing
    known: dict[str, str] = {}

    def some() -> str:
        return " ".join(
            "".join(choose.choices("abcdeé12", k=choose.randint(1, 7))) for _ in "12345"
        )

    for turn in range(60):
        key = f"enr_{choose.randint(0, 12)}"
        if turn % 5 == 4:
            RegisterWordsRow.objects.filter(enrollment_id=key).delete()
            known.pop(key, None)
        else:
            known[key] = searchable(some())
            RegisterWordsRow.objects.update_or_create(
                enrollment_id=key, defaults={"words": known[key]}
            )
        text = " ".join("".join(choose.choices("abcde12", k=choose.randint(1, 4))) for _ in "12")
        for asked in (text, choose.choice(list(known.values()) or ["a"])[2:6]):
            words = words_of(asked)
            expected = {key for key, told in known.items() if all(word in told for word in words)}
            rows = RegisterWordsRow.objects.filter(find_named(asked).every)
            assert set(rows.values_list("enrollment_id", flat=True)) == expected, asked
