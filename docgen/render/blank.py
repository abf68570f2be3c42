"""Stand-ins for values that nobody has given: bracketed blanks, for review ahead of enrollment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARISON = re.compile(r"(\w+) (==|!=) [\"'](\w+)[\"']")
_COUNT = re.compile(r"(\w+) \| length == (\d+)")
_TAG = re.compile(r"{%-?\s*(if|elif|else|endif|for|endfor)\b\s*(.*?)\s*-?%}", re.DOTALL)
# What a blank copy would leave out without a word: a branch that blanks, which all count as yes, do
# not take.
_UNTAKEN = re.compile(r"\bnot\b|==|!=")


class Blank:
    """Prints as a bracketed description of itself, and so does everything below it."""

    def __init__(self, group: str, path: str = "") -> None:
        self._group = group
        self._path = path

    def __getattr__(self, name: str) -> Blank:
        if name.startswith("_"):
            raise AttributeError(name)
        return Blank(self._group, f"{self._path} {name}".strip())

    def __str__(self) -> str:
        group = spoken(self._group)
        return f"[{group}: {spoken(self._path)}]" if self._path else f"[{group}]"

    def __iter__(self) -> Iterator[Blank]:
        yield self

    def __len__(self) -> int:
        return 1

    def __contains__(self, item: object) -> bool:
        return True


def spoken(name: str) -> str:
    """Write a field's name as words."""
    return name.removesuffix("_text").replace("_", " ")


def condition_words(condition: str) -> str:
    """Write a condition as words."""
    words = _COMPARISON.sub(
        lambda match: f"{match[1]} {'is' if match[2] == '==' else 'is not'} “{match[3]}”",
        _COUNT.sub(r"number of \1 is \2", " ".join(condition.split())),
    )
    return words.replace("flags.", "").replace(".", ": ").replace("_", " ")


def condition_note(condition: str) -> str:
    """Write a condition as a note for readers, in our inline markup."""
    return f"*[The next part is printed when: {condition_words(condition)}.]*"


@dataclass(slots=True)
class _Choice:
    """One conditional passage within a text: where its tags stand, whether it lies in a list."""

    tags: list[re.Match[str]]
    in_list: bool

    @property
    def is_told(self) -> bool:
        """True when a blank copy would otherwise show only a part of it."""
        branches = self.tags[1][1] != "endif"
        return not self.in_list and (branches or bool(_UNTAKEN.search(self.tags[0][2])))


def with_every_branch(source: str) -> str:
    """Write out each alternative of a text in brackets, after the condition under which it stands.

    A passage that is printed or left out, and that blanks print, stays as it is; so do the passages
    of a list, which turn on each of its rows.
    """
    told: dict[int, str] = {}
    for choice in _choices(source):
        if choice.is_told:
            told |= {tag.start(): _told(source, tag) for tag in choice.tags}
    return _TAG.sub(lambda tag: told.get(tag.start(), tag[0]), source)


def _choices(source: str) -> Iterator[_Choice]:
    """Find the conditional passages of a text; one that loads is properly nested."""
    opened: list[_Choice | None] = []  # None stands for a list, whose `else` is its own
    for tag in _TAG.finditer(source):
        if tag[1] == "for":
            opened.append(None)
        elif tag[1] == "if":
            opened.append(_Choice(tags=[tag], in_list=None in opened))
        elif (choice := opened[-1]) is not None:
            choice.tags.append(tag)
        if tag[1] in {"endif", "endfor"} and (done := opened.pop()) is not None:
            yield done


def _told(source: str, tag: re.Match[str]) -> str:
    """Write one tag as a reader sees it; a space within its branch stands outside the bracket."""
    before = " " if source[: tag.start()].endswith((" ", "\n")) else ""
    after = " " if source[tag.end() :].startswith((" ", "\n")) else ""
    match tag[1]:
        case "if":
            return f"{after}[*if {condition_words(tag[2])}:* "
        case "elif":
            return f"] [*or if {condition_words(tag[2])}:* "
        case "else":
            return "] [*otherwise:* "
        case _:
            return f"]{before}"
