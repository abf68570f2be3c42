"""What the documents print, derived from a record: plain texts, flags and lists."""

from __future__ import annotations

from docgen.domain.merge.contract import ExecutedAgreement, contract_fields
from docgen.domain.merge.sites import holder_of, policy_approver
from docgen.domain.merge.words import numbers_in_words

__all__ = [
    "ExecutedAgreement",
    "contract_fields",
    "holder_of",
    "numbers_in_words",
    "policy_approver",
]
