"""Every question to the register takes the same few queries, however much there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docgen.ports.register import ArchiveOrder, ArchiveQuery, Paging
from tests.benchmarks.desk import measure, questions

if TYPE_CHECKING:
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
    _empty()
    with few.ledger.transaction():
        fill(72, 240)
    assert counted(few) == before


def test_the_measurement_runs(few: Office) -> None:
    """Every question is answered and timed; how fast is judged nowhere here."""
    found = measure(questions(few.register), 2)
    assert set(found) == set(questions(few.register))
    assert all(taken["p50"] <= taken["p95"] for taken in found.values())


def _empty() -> None:
    from django.apps import apps

    for model in apps.get_app_config("ledger").get_models():
        model._default_manager.all().delete()


def test_a_name_that_many_share_finds_each_of_them_once(office: Office) -> None:
    """Beyond what is found by a list of ids, near and far pages hold what they hold without a name."""
    from tests.benchmarks.crowd import fill

    with office.ledger.transaction():
        fill(230, 1400)
    archived = office.register.archived
    total = archived(ArchiveQuery()).total
    assert total > 700
    for order in ArchiveOrder:
        for number in (1, 2, 8):
            page = Paging(number=number, size=100)
            named = archived(ArchiveQuery(text="enr", order=order, page=page))
            assert named == archived(ArchiveQuery(order=order, page=page))
    named = archived(ArchiveQuery(text="enr oncology", order=ArchiveOrder.PRACTICE))
    assert {"Oncology" in item.practice for item in named.items} == {True}
    assert 0 < named.total < total
