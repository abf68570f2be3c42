"""The register's questions as conditions of the database."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import F, OrderBy, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from docgen.db.lines import spaced
from docgen.domain.packet import IN_EFFECT
from docgen.ports.register_query import ArchiveOrder, EnrollmentOrder, PacketOrder, RetentionState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from docgen.ports.register_query import ArchiveQuery, EnrollmentQuery, PacketQuery, Period

ENROLLMENT_ORDERS: Mapping[EnrollmentOrder, Sequence[str]] = {
    EnrollmentOrder.NEWEST: ("-changed_at", "-enrollment_id"),
    EnrollmentOrder.PRACTICE: ("practice", "enrollment_id"),
    EnrollmentOrder.DUE: ("due_on", "enrollment_id"),
    EnrollmentOrder.WAITING: ("waiting_since", "enrollment_id"),
}
PACKET_ORDERS: Mapping[PacketOrder, Sequence[str]] = {
    PacketOrder.NEWEST: ("-changed_at", "-packet_id"),
    PacketOrder.PRACTICE: ("practice", "packet_id"),
    PacketOrder.CREATED: ("-created_at", "-packet_id"),
    PacketOrder.WAITING: ("waiting_since", "packet_id"),
    PacketOrder.SIGNED: ("-effective_on", "-packet_id"),
}
ARCHIVE_ORDERS: Mapping[ArchiveOrder, Sequence[str]] = {
    ArchiveOrder.SIGNED: ("-effective_on", "-id"),
    ArchiveOrder.PRACTICE: ("practice", "id"),
    ArchiveOrder.RETENTION: ("retain_until", "id"),
}
_BY_SIGNING = frozenset({PacketOrder.SIGNED, ArchiveOrder.SIGNED})
# What may be missing comes last, whichever way the rest is sorted.
_MAY_BE_MISSING = frozenset({"due_on", "effective_on", "retain_until"})


def sorting(names: Sequence[str], *, reverse: bool = False) -> list[OrderBy]:
    """Give the order in full; two lines never stand equal."""
    found = []
    for name in names:
        bare = name.removeprefix("-")
        last = True if bare in _MAY_BE_MISSING else None
        found.append(
            OrderBy(F(bare), descending=name.startswith("-") is not reverse, nulls_last=last)
        )
    return found


def apart(order: OrderBy) -> OrderBy:
    """Give the same order, but one that no index can lead through."""
    column = order.expression
    return OrderBy(
        Coalesce(column, column),
        descending=order.descending,
        nulls_first=order.nulls_first,
        nulls_last=order.nulls_last,
    )


def enrollment_filter(query: EnrollmentQuery) -> Q:
    """Give the condition for enrollments, but for the text."""
    found = Q()
    if query.stages:
        found &= Q(stage__in=query.stages)
    if query.statuses:
        found &= Q(status__in=query.statuses)
    if query.draft is not None:
        found &= Q(is_draft=query.draft)
    if query.waits_on is not None:
        found &= Q(waits_on=query.waits_on)
    if query.alert is not None:
        found &= Q(alerts__contains=spaced(query.alert))
    if query.overdue_on is not None:
        found &= Q(due_on__lt=query.overdue_on)
    return found


def packet_filter(query: PacketQuery) -> Q:
    """Give the condition for packets, but for the text."""
    asked: dict[str, object] = {
        "enrollment_id": query.enrollment_id,
        "state__in": query.states,
        "kind": query.kind,
        "waits_on": query.waits_on,
        "need": query.need,
        "waiting_since__lt": query.waiting_since,
        "service": query.service,
        "templates__contains": " {}@{} ".format(*query.template) if query.template else "",
    }
    found = _asked(asked)
    if query.alert is not None:
        found &= Q(is_alerted=True, alerts__contains=spaced(query.alert))
    if query.departs is not None:
        found &= Q(departs=query.departs)
    return found & _kept(query)


def archive_filter(query: ArchiveQuery) -> Q:
    """Give the condition for executed documents, but for the text."""
    asked: dict[str, object] = {
        "enrollment_id": query.enrollment_id,
        "packet_id": query.packet_id,
        "packet_id__in": query.packet_ids,
        "slug": query.slug,
        "template_version__in": query.template_versions,
        "execution": query.execution,
    }
    found = _asked(asked) & _any_of("source", query.sources) & _any_of("state", query.states)
    return found & _kept(query)


def _any_of(name: str, values: Collection[str]) -> Q:
    """Ask for one of these values.

    One value is found by its index, in order. Several are not: what stands under each would have to
    be put in order first, and there may be a million lines; so their column is hidden from indexes.
    """
    if len(values) == 1:
        return Q(**{name: next(iter(values))})
    return Q(In(Coalesce(F(name), Value("")), sorted(values))) if values else Q()


def _asked(asked: Mapping[str, object]) -> Q:
    """Join what was asked for; empty means that it was not."""
    return Q(**{name: value for name, value in asked.items() if value})


def _kept(query: PacketQuery | ArchiveQuery) -> Q:
    """Give the conditions that packets and documents share."""
    found = Q()
    if query.signed is not None:
        found &= Q(effective_on__range=(query.signed.first, query.signed.last))
    if query.in_effect is not None:
        found &= _in_effect(query.in_effect, in_order=query.order in _BY_SIGNING)
    if query.retention is not None:
        found &= _retention(query.retention, query.today)
    if query.on_hold is not None:
        found &= Q(on_hold=query.on_hold)
    return found


def _in_effect(period: Period, *, in_order: bool) -> Q:
    """Ask for what was in effect; the day it began leads the way only where it sorts."""
    still = Q(ended_on=None) | Q(ended_on__gte=period.first)
    begun = Q(effective_on__lte=period.last)
    if not in_order:
        begun = Q(effective_on__isnull=False) & ~Q(effective_on__gt=period.last)
    return begun & still


def _retention(state: RetentionState, today: date) -> Q:
    effective = _any_of("state", IN_EFFECT)
    there, gone = Q(disposed_on=None), Q(disposed_on__isnull=False)
    come = Q(retain_until__lte=today, on_hold=False)
    match state:
        case RetentionState.OPEN:
            return Q(retain_until=None) & ~effective
        case RetentionState.IN_EFFECT:
            return effective
        case RetentionState.KEPT:
            # Any date; a range is found by its index.
            return Q(retain_until__gt=date.min) & ~come & there
        case RetentionState.MAY_GO:
            return come & there
        case RetentionState.DISPOSED:
            return gone
