"""What lists need of a stored record: the words to find it by, and what it already answers."""

from __future__ import annotations

import json
from dataclasses import dataclass

from docgen.domain.enrollment.findings import Findings, Place
from docgen.domain.enrollment.kinds import read_record
from docgen.domain.enrollment.record import Enrollment
from docgen.domain.enrollment.vocabulary import EntityRole, FacilityStatus
from docgen.domain.search import searchable


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One version, for lists. `parties` are the entities that contract."""

    words: str
    facilities: int
    parties: tuple[str, ...]
    guide_reviewed: bool
    workflow_defined: bool
    reviewers_named: bool
    portal_info_given: bool
    training_done: bool
    portal_access_issued: bool


def summary_of(record: bytes) -> Summary:
    """Summarize a stored version; what can no longer be read counts as not given."""
    try:
        raw = json.loads(record)
    except ValueError:
        raw = {}
    found = read_record(Enrollment, raw, Place(), Findings())
    opened = [item for item in found.facilities if item.status is not FacilityStatus.CLOSED]
    reviewed = {key for item in found.reviewers for key in item.facility_ids}
    workflow = found.workflow
    return Summary(
        words=_words(found),
        facilities=len(opened),
        parties=tuple(
            item.entity_id
            for item in found.legal_entities
            if item.role is EntityRole.CONTRACTING_PARTY
        ),
        guide_reviewed=found.participation_guide.reviewed_at is not None,
        workflow_defined=None
        not in (workflow.submission_model, workflow.report_trigger, workflow.review_target_days),
        reviewers_named=bool(opened) and all(item.facility_id in reviewed for item in opened),
        portal_info_given=bool(found.portal.practice_code)
        or (bool(opened) and all(item.short_name for item in opened)),
        training_done=bool(found.reviewers)
        and all(item.training_completed_at for item in found.reviewers),
        portal_access_issued=found.portal.access_issued_at is not None,
    )


def _words(record: Enrollment) -> str:
    """Join every name and number the practice may be asked for by."""
    signing = {item.contact_id for item in record.signatories}
    return searchable(
        record.practice.display_name,
        *record.practice.dba,
        *(
            text
            for item in record.legal_entities
            for text in (item.legal_name, item.ein, item.npi, item.ace_or_hybrid_name)
        ),
        *(text for item in record.facilities for text in (item.name, item.short_name, item.npi)),
        *(item.full_name for item in record.contacts if item.contact_id in signing),
    )
