"""The terms in force: what was agreed, else the PSO's standard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docgen.domain.enrollment.kinds import specs_of
from docgen.domain.enrollment.record import Terms
from docgen.domain.enrollment.vocabulary import EffectiveDateRule, Execution
from docgen.domain.merge.phrases import DISPOSITION, UNITS, governing_law, said
from docgen.domain.merge.words import long_date, spelled

if TYPE_CHECKING:
    from docgen.domain.pso import PsoSettings

_TEXTS = {
    "term_text": "psa_term_months",
    "notice_text": "notice_days",
    "cure_text": "cure_days",
    "breach_notice_text": "baa_breach_notice_days",
    "incident_notice_text": "baa_incident_notice_days",
    "access_text": "baa_access_turnaround_days",
    "amendment_text": "baa_amendment_turnaround_days",
    "accounting_text": "baa_accounting_turnaround_days",
}


def agreed_terms(terms: Terms, pso: PsoSettings, override: Terms | None = None) -> Terms:
    """Return the terms with each gap closed: by the override first, then the record, the standard.

    A special term of the override replaces those of the record as a whole.
    """
    filled: dict[str, object] = {}
    for name in specs_of(Terms):
        offers = (
            getattr(override, name, None),
            getattr(terms, name),
            getattr(pso.standard_terms, name, None),
        )
        filled[name] = next((one for one in offers if one not in (None, "", ())), offers[1])
    return replace(terms, **filled)  # type: ignore[arg-type] # names and values come from Terms


def terms_fields(terms: Terms, pso: PsoSettings, execution: Execution) -> dict[str, object]:
    """Return the merge fields of `terms`; the terms have no gaps."""
    fields: dict[str, object] = {
        field: spelled(getattr(terms, name), UNITS[name]) for field, name in _TEXTS.items()
    }
    renewal = spelled(terms.renewal_months, "month")
    return fields | {
        "auto_renew": bool(terms.auto_renew),
        "renewal_text": f"successive periods of {renewal}" if terms.auto_renew else "",
        "effective_date_text": _effective_date(terms, pso, execution),
        "signature_date_text": _signature_date(pso, execution),
        "governing_law": governing_law(terms.governing_law),
        "disposition": str(terms.disposition_on_termination or ""),
        "disposition_text": said(DISPOSITION, terms.disposition_on_termination),
        "special_terms": list(terms.special_terms),
    }


def _effective_date(terms: Terms, pso: PsoSettings, execution: Execution) -> str:
    last = "the date of the last signature on this Agreement"
    if terms.effective_date_rule is EffectiveDateRule.FIXED and terms.effective_date:
        last = (
            f"{long_date(terms.effective_date)} or, if later, the date of the last signature "
            "needed to bind PSO and Practice"
        )
    mark = "," if execution is Execution.WET_INK else ":"
    return f"{last}{mark} {_signature_date(pso, execution)}"


def _signature_date(pso: PsoSettings, execution: Execution) -> str:
    """Say which date is the last signature's: agreements signed together date it alike."""
    if execution is Execution.WET_INK:
        return "as written beside that signature"
    # Nobody must sign electronically, so the last signature may be one by hand all the same.
    return (
        f"for an electronic signature, the date of its time stamp in the {pso.time_zone} "
        "time zone; for a signature by hand, the date written beside it"
    )
