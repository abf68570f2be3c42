"""Every bar the product is held against, and the same result as a table to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.benchmarks.sealing import CALLBACK, SEAL, SEAL_AND_ARCHIVE, SIGN, STAMP
from tests.benchmarks.spread import Ratio, judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.benchmarks.spread import Spread

ONE_SHOT, RUNNING = "(a) docxtpl + soffice one-shot", "(b) docxtpl + unoserver"
RATIOS = (
    Ratio(figure="packet", of=RUNNING, bar=0.16),
    Ratio(figure="packet", of=ONE_SHOT),
    Ratio(figure="render alone", of=RUNNING, bar=0.10),
    Ratio(figure="render alone", of=ONE_SHOT, bar=0.035),
    Ratio(figure="DOCX set", of="DOCX set, stock docxtpl", bar=0.12),
    Ratio(figure=RUNNING, of=ONE_SHOT),
    Ratio(figure="gate", of="packet"),
    Ratio(figure="render alone", of="packet"),
    Ratio(figure="merge of our PDFs", of="packet"),
    Ratio(figure=STAMP, of=SIGN),
    Ratio(figure=SEAL_AND_ARCHIVE, of=SEAL),
    Ratio(figure=CALLBACK, of=SIGN),
)
WORKER_MB, WEB_MB, GROWTH = 450.0, 150.0, 0.10
_FROM, _TO = "after 100", "after 1000"


def verdicts(
    spreads: Mapping[str, Spread],
    bulk: Mapping[str, Mapping[str, Any]],
    worker: Mapping[str, float],
    web: Mapping[str, float],
) -> dict[str, object]:
    """Hold each absolute figure against its bar; a figure that was not measured holds nothing."""
    sign = spreads[SIGN].median
    growth = worker[_TO] / worker[_FROM] - 1 if _TO in worker else None
    return {
        "a signature without its time stamp (B-B, computed: B-T less one time stamp), ms": judged(
            sign - spreads[STAMP].median, 25
        ),
        f"{SIGN}, ms": judged(sign, 80),
        f"{SEAL}, ms": judged(spreads[SEAL].median, 150),
        "packets per minute": judged(_rate(bulk, "whole packets"), least=400),
        "packets per minute, PDF alone": judged(_rate(bulk, "PDF alone"), least=600),
        "worker memory, MB": judged(max(worker.values(), default=None), WORKER_MB),
        "worker growth from packet 100 to 1,000": judged(growth, GROWTH),
        "web process memory, MB": judged(max(web.values(), default=None), WEB_MB),
    }


def _rate(bulk: Mapping[str, Mapping[str, Any]], name: str) -> float | None:
    rate = bulk[name].get("packets_per_minute")
    return None if rate is None else float(rate)


def as_text(result: Mapping[str, Any]) -> str:
    """Lay the result out as a table."""
    return "\n".join(_lines(result))


def _lines(result: Mapping[str, Any]) -> Iterator[str]:
    yield f"{result['at']}  {result['machine']}"
    yield f"{result['rounds']} rounds in turn; pages: {result['pages']}"
    yield ""
    for name, figure in result["figures"].items():
        spread = f"[{figure['min']:.1f}..{figure['max']:.1f}]"
        yield f"{name:45s} {figure['median']:10.1f} ms {spread}"
    yield ""
    for group in ("ratios", "bars"):
        for name, verdict in result[group].items():
            yield f"{name:80s} {_judgement(verdict)}"
        yield ""
    for name in ("bulk", "worker_resident_mb", "web_resident_mb"):
        yield f"{name}: {result[name]}"
    for command in result["to_measure_the_peers_install"]:
        yield f"The peers were not measured; install them first: {command}"


def _judgement(verdict: Mapping[str, Any]) -> str:
    if verdict["value"] is None:
        return "not measured"
    words = [f"{verdict['value']:g}"]
    for limit, sign in (("at_most", "<="), ("at_least", ">=")):
        if limit in verdict:
            words.append(
                f"(bar {sign} {verdict[limit]:g}: {'holds' if verdict['holds'] else 'NO'})"
            )
    return " ".join(words)
