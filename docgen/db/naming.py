"""Finding practices by their words, cheaply for counting and for a first page alike."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from docgen.db.models import RegisterWordsRow
from docgen.domain.search import words_of

_FEW = 200
_PACKET_ID = re.compile(r"pkt_[0-9a-z_]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The same condition twice: `every` to count by, `first` to list the first lines in order.

    Where many practices are meant, the first lines are found soonest by going through all in order
    and looking at each one's words; counting that way would look at the words of all.
    """

    every: Q
    first: Q


def find_named(text: str, *, packets: bool = False) -> Named:
    """Find the practices in whose words each of these occurs; no words ask for all.

    With `packets`, the beginning of a packet's id finds just that one.
    """
    bare, words = text.strip(), words_of(text)
    if packets and _PACKET_ID.fullmatch(bare):
        return _once(Q(packet_id__startswith=bare))
    if not words:
        return _once(Q())
    named = RegisterWordsRow.objects.all()
    for word in words:
        named = named.filter(words__contains=word)
    ids = named.values_list("enrollment_id", flat=True)
    few = list(ids[: _FEW + 1])
    if len(few) <= _FEW:
        return _once(Q(enrollment_id__in=few))
    mine = named.filter(enrollment_id=OuterRef("enrollment_id"))
    return Named(every=Q(enrollment_id__in=ids), first=Q(Exists(mine)))


def _once(condition: Q) -> Named:
    return Named(every=condition, first=condition)
