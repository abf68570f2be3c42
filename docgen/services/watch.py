"""What a site says to whoever watches it: whether it is ready, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.packet import PacketState
from docgen.errors import ConfigurationError, DocgenError
from docgen.services.answered import BOUNDS_S
from docgen.services.sweep import CARRIERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from docgen.ports.watch import Figures
    from docgen.services.office import Office

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple["Mapping[str, str]", float]


def unready(office: Office) -> tuple[str, ...]:
    """Name what keeps this process from working; nothing when all is well. Nothing is stored."""
    probes: dict[str, Callable[[], bool]] = {
        "database": lambda: office.ledger.people.list() is not None,
        "tables": office.ledger.watch.is_current,
        "work folder": lambda: not office.work.faults(),
        "archive": lambda: not office.archive.faults(),
    }
    return tuple(name for name, probe in probes.items() if not _holds(probe))


def _holds(probe: Callable[[], bool]) -> bool:
    try:
        return probe()
    except (DocgenError, ConfigurationError, OSError):
        return False


def exposition(office: Office) -> str:
    """Write the site's figures and this process's own in Prometheus' text format.

    Labels are states, kinds and patterns of addresses: nothing of anybody.
    """
    now = office.clock.now()
    figures = office.ledger.watch.figures(now)
    ages = [({"of": name}, (now - at).total_seconds()) for name, at in figures.marks.items()]
    if figures.checkpoint_at is not None:
        ages.append(({"of": "checkpoint"}, (now - figures.checkpoint_at).total_seconds()))
    families = [
        _family("docgen_packets", "gauge", "Packets by state.", _packets(figures)),
        *_errands(figures),
        _family(
            "docgen_callbacks_received_total",
            "counter",
            "Believed callbacks stored, by signing service.",
            [({"service": name}, number) for name, number in figures.callbacks.items()],
        ),
        _family(
            "docgen_callbacks_pending",
            "gauge",
            "Stored callbacks not yet acted on.",
            [({}, figures.callbacks_pending)],
        ),
        _family(
            "docgen_activities", "gauge", "Entries of the history.", [({}, figures.activities)]
        ),
        _family("docgen_age_seconds", "gauge", "Time since this last happened.", ages),
        *_work(figures),
        *_answers(office),
    ]
    return "".join(families)


def _packets(figures: Figures) -> list[Sample]:
    return [({"state": state.value}, figures.packets.get(state, 0)) for state in PacketState]


def _errands(figures: Figures) -> Iterable[str]:
    for name, words in (
        ("open", "Errands not carried out, by kind."),
        ("due", "Errands due now."),
        ("late", "Errands due for more than five minutes."),
        ("failed", "Errands that were tried before and are not carried out."),
    ):
        counted = [
            ({"kind": kind}, getattr(figures.errands[kind], name) if kind in figures.errands else 0)
            for kind in sorted(set(CARRIERS) | set(figures.errands))
        ]
        yield _family(f"docgen_errands_{name}", "gauge", words, counted)


def _work(figures: Figures) -> Iterable[str]:
    if figures.workers is None:
        return
    yield _family("docgen_workers", "gauge", "Worker processes alive.", [({}, figures.workers)])
    jobs = [({"status": name}, number) for name, number in figures.jobs.items()]
    yield _family("docgen_jobs", "gauge", "Jobs of the workers' queue by status.", jobs)


def _answers(office: Office) -> Iterable[str]:
    """Give what this process alone knows."""
    counted = office.answered.statuses()
    refused = sum(
        number
        for (route, method, status), number in counted.items()
        if route.startswith("callbacks/") and method == "POST" and status >= 400  # noqa: PLR2004  # HTTP's own
    )
    yield _family(
        "docgen_callbacks_refused_total",
        "counter",
        "Callbacks refused by this process.",
        [({}, refused)],
    )
    yield _family(
        "docgen_requests_total",
        "counter",
        "Requests answered by this process.",
        [
            ({"route": route, "method": method, "status": str(status)}, number)
            for (route, method, status), number in sorted(counted.items())
        ],
    )
    yield _durations(office)


def _durations(office: Office) -> str:
    name = "docgen_request_seconds"
    lines = [f"# HELP {name} How long this process took to answer.", f"# TYPE {name} histogram"]
    for route, took in sorted(office.answered.durations().items()):
        for bound, number in zip(BOUNDS_S, took.within, strict=True):
            lines.append(_line(f"{name}_bucket", {"route": route, "le": f"{bound:g}"}, number))
        lines.append(_line(f"{name}_bucket", {"route": route, "le": "+Inf"}, took.count))
        lines.append(_line(f"{name}_sum", {"route": route}, took.sum_s))
        lines.append(_line(f"{name}_count", {"route": route}, took.count))
    return "\n".join(lines) + "\n"


def _family(name: str, kind: str, words: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]
    lines += [_line(name, labels, value) for labels, value in samples]
    return "\n".join(lines) + "\n"


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    shown = f"{value:.6f}".rstrip("0").rstrip(".")
    return f"{name}{{{told}}} {shown}" if told else f"{name} {shown}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
