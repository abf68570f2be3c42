"""A file with an enrollment: read apart, shown for confirmation, then stored."""

from __future__ import annotations

from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from docgen.domain.enrollment.repetition import told_once
from docgen.errors import EnrolledAlready, EnrollmentInvalid, InputError, NotFound
from docgen.outcome import outcome_of
from docgen.services.enroll import enroll
from docgen.services.propose import KINDS, propose
from docgen.web.account.visitor import acting_person
from docgen.web.desk.enrollments.record import head
from docgen.web.desk.parts import Crumb
from docgen.web.once import once
from docgen.web.site import office_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

    from docgen.services.office import Office
    from docgen.services.propose import Finding, ProposedEnrollment

PAGES = ["GET", "HEAD", "POST"]
MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 500
MOST_AT_ONCE = 2  # each reads in a process of its own, with up to 1 GiB
SLOT, MOST_KEPT = "uploads", 3
_REPEATED = frozenset({"warning", "missing"})
_BUSY = "Another file is being read just now. Please send yours again in a minute."
_GONE = "This upload is not kept any more. Please choose the file again."
_places = BoundedSemaphore(MOST_AT_ONCE)
_reading: set[str] = set()
_lock = Lock()


@contextmanager
def turn(who: str) -> Iterator[None]:
    """Take one of the few places for reading; one file a person at a time."""
    with _lock:
        if who in _reading or not _places.acquire(blocking=False):
            raise InputError(_BUSY)
        _reading.add(who)
    try:
        yield
    finally:
        with _lock:
            _reading.discard(who)
            _places.release()


@require_http_methods(PAGES)
def upload(request: HttpRequest, enrollment_id: str = "") -> HttpResponse:
    """Take a file, read it, and lead to what it says; nothing is stored yet."""
    office = office_of(request)
    context = _head(office, enrollment_id) | {"kinds": ",".join(KINDS), "most": MOST_BYTES}
    if request.method != "POST":
        return render(request, "docgen/desk/enrollments/upload.html", context)
    try:
        key = _read(request, office, enrollment_id)
    except (InputError, NotFound) as refusal:
        context["problem"] = str(refusal)
        status = outcome_of(refusal).status
        return render(request, "docgen/desk/enrollments/upload.html", context, status=status)
    return redirect("desk:enrollments-uploaded", key=key)


def _head(office: Office, enrollment_id: str) -> dict[str, object]:
    crumbs = [Crumb(words="Enrollments", url=reverse("desk:enrollments"))]
    if not enrollment_id:
        return {"crumbs": crumbs, "line": None}
    line = office.register.enrollment(enrollment_id)
    name = str(head(line, "enrollment-form")["title"])
    crumbs.append(Crumb(words=name, url=reverse("desk:enrollment", args=[enrollment_id])))
    return {"crumbs": crumbs, "line": line}


def _read(request: HttpRequest, office: Office, onto: str) -> str:
    """Read the file and keep what it says with the session; give its key."""
    sent = request.FILES.get("file")
    if sent is None or not sent.name:
        raise InputError("Choose a file first.")
    if sent.size is None or sent.size > MOST_BYTES:
        raise InputError("The file is larger than 10 MB, which no enrollment form is.")
    with turn(acting_person(request).key):
        proposal = propose(office, sent.name, sent.read(MOST_BYTES + 1), onto=onto or None)
    if len(proposal.rows) > MOST_ROWS:
        raise InputError(f"The file has more than {MOST_ROWS} practices; split it.")
    if not proposal.rows:
        raise InputError("There is nothing to read in the file; fill it in and send it again.")
    key = office.ids.token()
    held = request.session.get(SLOT, {})
    held[key] = {
        "kind": proposal.kind,
        "sha256": proposal.sha256,
        "onto": onto,
        "rows": [_kept(one) for one in proposal.rows],
    }
    request.session[SLOT] = dict(list(held.items())[-MOST_KEPT:])
    return key


def _kept(row: ProposedEnrollment) -> dict[str, Any]:
    """Give what is kept of one row: its values, and what to look at before confirming."""
    found = [
        {"weight": one.weight, "message": one.message, "where": one.where}
        for one in _few(row.findings)
    ]
    practice = row.values.get("practice")
    name = practice.get("display_name", "") if isinstance(practice, dict) else ""
    needs = [one for one in row.findings if one.weight == "missing"]
    return {
        "values": row.values,
        "name": name if isinstance(name, str) else "",
        "onto": row.onto,
        "findings": found,
        "shown": [{"label": one.label, "text": one.text, "where": one.where} for one in row.shown],
        "unread": [{"where": one.where, "why": one.why} for one in row.unread],
        "is_good": not row.problems and not row.refusals,
        "is_whole": not any("form is submitted" in one.message for one in needs),
    }


def _few(findings: tuple[Finding, ...]) -> list[Finding]:
    """Give what is found: many equal warnings once, what must be corrected cell by cell."""
    before = [one for one in findings if one.weight not in _REPEATED]
    after = [one for one in findings if one.weight in _REPEATED]
    return before + told_once(after, placed_by=("path", "where"))


@require_http_methods(PAGES)
def uploaded(request: HttpRequest, key: str) -> HttpResponse:
    """Show what the file says; confirmed, store it."""
    held = request.session.get(SLOT, {}).get(key)
    if held is None:
        raise NotFound(_GONE)
    office = office_of(request)
    if request.method == "POST":
        return once(request, lambda: _store(request, office, key, held))
    rows = [_told(one) for one in held["rows"]]
    context = _head(office, held["onto"]) | {
        "kind": held["kind"],
        "rows": rows,
        "one": rows[0] if len(rows) == 1 else None,
        "good": sum(bool(one["is_good"]) for one in rows),
        "is_stored": any(one.get("result") for one in rows),
    }
    return render(request, "docgen/desk/enrollments/uploaded.html", context)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    by_weight: dict[str, list[Any]] = {
        weight: [one for one in row["findings"] if one["weight"] == weight]
        for weight in ("problem", "note", "warning", "missing")
    }
    return row | {"by": by_weight}


def _store(request: HttpRequest, office: Office, key: str, held: dict[str, Any]) -> str:
    """Store every row that can be, once; keep for each what became of it."""
    is_draft = request.POST.get("act") != "submit"
    as_new = request.POST.get("act") == "as-new"
    actor = f"user:{acting_person(request).key}"
    for row in held["rows"]:
        if not row["is_good"] or row.get("result"):
            continue
        try:
            stored = enroll(
                office,
                row["values"],
                draft=is_draft,
                actor=actor,
                onto=row["onto"],
                as_new=as_new,
            ).version
        except EnrollmentInvalid as refusal:
            row["refused"] = [one.message for one in refusal.problems]
        except EnrolledAlready as refusal:
            row |= {"refused": [str(refusal)], "known": refusal.enrollment_id}
        else:
            row["result"] = {"id": stored.enrollment_id, "version": stored.version}
    request.session[SLOT] = request.session[SLOT] | {key: held}
    only = held["rows"][0].get("result") if len(held["rows"]) == 1 else None
    if only:
        return reverse("desk:enrollment-form", args=[only["id"]])
    return reverse("desk:enrollments-uploaded", args=[key])
