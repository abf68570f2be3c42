"""Where one version of an agreement stands, in words: adopted, by whom, and which text it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.errors import NotFound
from docgen.services.survey import survey
from docgen.web.desk.parts import Badge, Tone
from docgen.web.desk.wording import day_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docgen.domain.person import Adoption
    from docgen.services.office import Office
    from docgen.services.survey import Version

NOT_ADOPTED = "Not adopted: nothing is sent with it outside demo mode."
CHANGED = "The text was changed after its adoption, so that adoption does not count for it."
_SHORT = 12


def versions_of(office: Office, slug: str) -> tuple[Version, ...]:
    """Give an agreement's versions, the newest first, or raise `NotFound`."""
    found = survey(office, only=slug).get(slug) if slug else None
    if found is None:
        raise NotFound("There is no agreement of this name here.")
    return found


def version_of(versions: tuple[Version, ...], number: str) -> Version:
    """Give one version, or raise `NotFound`."""
    found = next((item for item in versions if item.version == number), None)
    if found is None:
        raise NotFound("There is no such version of this agreement here.")
    return found


def short(version: Version) -> str:
    """Give the first letters of a text's digest, as a blank sample shows them."""
    return version.template.digest[:_SHORT] if version.template else "–"


def badge_of(version: Version) -> Badge:
    """Say in a word where a version stands."""
    if version.fault:
        return Badge(words="cannot be used", tone=Tone.BAD)
    if version.template is None:
        return Badge(words="text not here", tone=Tone.QUIET)
    if version.adoption:
        return Badge(words="adopted", tone=Tone.GOOD)
    return Badge(words="not adopted", tone=Tone.WAIT)


def who_adopted(version: Version, people: Mapping[str, str]) -> str:
    """Say who adopted a version and when, or another text under its number; "" for nobody."""
    if version.adoption:
        return _by(version.adoption, people)
    if version.earlier is None:
        return ""
    if version.template is None:
        return f"was adopted {_by(version.earlier, people)}"
    return f"an earlier text of this number was adopted {_by(version.earlier, people)}"


def told(version: Version, people: Mapping[str, str]) -> str:
    """Say in a sentence whether a version is adopted and what follows from it."""
    if version.adoption:
        return f"Adopted {_by(version.adoption, people)}."
    if version.earlier:
        return f"{NOT_ADOPTED} {CHANGED}"
    return NOT_ADOPTED


def _by(adoption: Adoption, people: Mapping[str, str]) -> str:
    return f"by {people.get(adoption.person, adoption.person)}, {day_words(adoption.at.date())}"
