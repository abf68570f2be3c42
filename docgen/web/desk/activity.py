"""The history in words, for the timelines of packets and enrollments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.domain.enrollment.vocabulary import SignedDocument
from docgen.domain.enrollment.wording import phrase
from docgen.render.completion import WORDS
from docgen.web.desk.parts import Moment, Tone
from docgen.web.desk.wording import person_words, service_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docgen.domain.history import Activity

_TONES = {
    "packet.executed": Tone.GOOD,
    "packet.archived": Tone.GOOD,
    "signer.signed": Tone.GOOD,
    "plan.approved": Tone.GOOD,
    "terms.agreed": Tone.GOOD,
    "packet.not_filed": Tone.BAD,
    "object.damaged": Tone.BAD,
    "object.mended": Tone.WAIT,
    "packet.contradicted": Tone.BAD,
    "packet.envelope_missing": Tone.BAD,
    "signer.declined": Tone.BAD,
    "mail.bounced": Tone.BAD,
    "signer.says_other_person": Tone.WAIT,
    "signer.asked_for_paper": Tone.WAIT,
    "review.returned": Tone.WAIT,
}
_TOLD = (
    "reason",
    "words",
    "hint",
    "document",
    "capacity",
    "service",
    "slug",
    "round",
    "status",
    "mail",
    "place",
    "damage",
)


def moments_of(
    history: Sequence[Activity], people: Mapping[str, str], signers: Mapping[str, str]
) -> list[Moment]:
    """Tell a history, newest first; `people` and `signers` name those who acted by their keys."""
    return [
        Moment(
            at=item.at,
            words=WORDS.get(item.kind, item.kind.replace(".", " ").replace("_", " ")),
            who=_who(item, people, signers),
            more=_more(item),
            tone=_TONES.get(item.kind, Tone.QUIET),
        )
        for item in reversed(history)
    ]


def _who(item: Activity, people: Mapping[str, str], signers: Mapping[str, str]) -> str:
    kind, _, key = item.actor.partition(":")
    about = signers.get(str(item.details.get("recipient", "")), "")
    if kind == "user":
        return person_words(key, people)
    if kind == "signer":
        return signers.get(key, key)
    if kind == "practice" and key.startswith("frm_"):
        return "the practice"
    if kind == "practice":
        return f"a key contact ({key})"
    return f"to {about}" if about else ""


def _more(item: Activity) -> str:
    """Give what a person said or chose; digests and ids are in the evidence bundle."""
    if item.kind == "signer.signed":
        # As signed: who was invited may have corrected name and title on the page.
        return f"as {item.details['name']}, {item.details['title']}"
    told = [_words(name, str(item.details[name])) for name in _TOLD if item.details.get(name)]
    return "; ".join(told)


def _words(name: str, value: str) -> str:
    if name == "service":
        return service_words(value)
    if name in {"document", "slug"} and value in set(SignedDocument):
        return phrase(SignedDocument(value))
    return value.replace("_", " ")
