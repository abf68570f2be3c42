"""Finding practices by their words, cheaply for counting and for a first page alike."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from docgen.db.models import RegisterWordsRow
from docgen.domain.search import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.db.models import QuerySet

_FEW, _SEVERAL = 500, 2000  # practices
_LINES_EACH = 20  # a practice, about
_LONGEST_ID = "z" * 60
_EACH: Mapping[str, tuple[str, Callable[[Sequence[str]], object]]] = {
    "sqlite": ("SELECT value FROM json_each(%s)", json.dumps),
    "postgresql": ("SELECT unnest(%s::text[])", list),
}
_PART = 3  # letters; shorter words are in no index
_PACKET_ID = re.compile(r"pkt_[0-9a-z_]{1,60}")
_FOUND = (
    "SELECT words.enrollment_id FROM register_words_search AS search "
    "JOIN register_words AS words ON words.id = search.rowid "
    "WHERE search.words MATCH %s LIMIT %s"
)
_ROWS = "SELECT rowid FROM register_words_search WHERE words MATCH %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Which practices are meant, as conditions: `every` of them, and `listed` to list lines by.

    Where many are meant, the first lines are found soonest by going through all in order and
    looking at each one's words. `some` then holds for a part of the practices, to count at least
    those; it is None where `every` is as cheap. `by_ids` says that `listed` names practices, whose
    lines are then soonest sorted, not gone through in order until some of theirs are met.
    """

    every: Q
    listed: Q
    some: Q | None = None
    by_ids: bool = False


def find_named(text: str, *, packets: bool = False, reach: int = 0) -> Named:
    """Find the practices in whose words each of these occurs; no words ask for all.

    With `packets`, the beginning of a packet's id finds just that one. `reach` says how many lines
    are gone through until the page asked for ends.
    """
    bare, words = text.strip(), words_of(text)
    if packets and _PACKET_ID.fullmatch(bare):
        # The range is what an index answers; the beginning is what was asked for.
        near = Q(packet_id__range=(bare, bare + _LONGEST_ID))
        return _once(near & Q(packet_id__startswith=bare))
    if not words:
        return _once(Q())
    named = _indexed(words)
    ids = _first(words, named)
    if len(ids) <= _FEW:
        return Named(every=_among(ids), listed=_among(ids), by_ids=True)
    mine = _containing(words).filter(enrollment_id=OuterRef("enrollment_id"))
    walked = Q(Exists(mine))
    is_far = _is_far(reach, len(ids))
    return Named(
        every=Q(enrollment_id__in=named.values_list("enrollment_id", flat=True)),
        listed=_among(ids) if is_far else walked,
        by_ids=is_far,
        some=_among(ids[:_FEW]),
    )


def _once(condition: Q) -> Named:
    return Named(every=condition, listed=condition)


def _is_far(reach: int, named: int) -> bool:
    """Say whether fewer lines are sorted by the list of ids than gone through in order."""
    if named > _SEVERAL:
        return False
    passed = reach * RegisterWordsRow.objects.count() // named
    return passed > named * _LINES_EACH


def _among(ids: Sequence[str]) -> Q:
    """Ask for any of these by one parameter; as many as ids, they would take the longest."""
    statement, given = _EACH[connection.vendor]
    return Q(enrollment_id__in=RawSQL(statement, [given(ids)]))  # noqa: S611  # a parameter too


def _containing(words: Sequence[str]) -> QuerySet[RegisterWordsRow]:
    found = RegisterWordsRow.objects.all()
    for word in words:
        found = found.filter(words__contains=word)
    return found


def _indexed(words: Sequence[str]) -> QuerySet[RegisterWordsRow]:
    """Ask for the words by their index; PostgreSQL finds its own by itself."""
    asked = _phrases(words)
    if not asked:
        return _containing(words)
    short = _containing([word for word in words if len(word) < _PART])
    return short.filter(id__in=RawSQL(_ROWS, [asked]))  # noqa: S611  # the words are a parameter


def _first(words: Sequence[str], named: QuerySet[RegisterWordsRow]) -> list[str]:
    """Give the practices found, at most one more than several; it stops there."""
    asked = _phrases(words)
    if not asked or min(map(len, words)) < _PART:
        return list(named.values_list("enrollment_id", flat=True)[: _SEVERAL + 1])
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [asked, _SEVERAL + 1])
        return [row[0] for row in cursor.fetchall()]


def _phrases(words: Sequence[str]) -> str:
    """Write the words as SQLite's full-text search wants them; they hold no marks, see `fold`."""
    if connection.vendor != "sqlite":
        return ""
    return " ".join(f'"{word}"' for word in words if len(word) >= _PART)
