"""Sentences that name a command of the terminal: somebody at a page is told the page instead."""

from __future__ import annotations

import re

_INSTEAD = (
    ("`docgen status` lists them", "the lists in the menu show what there is"),
    ("add them with `docgen users add`", "an administrator adds people"),
    (" `docgen init` writes a commented example.", ""),
    ("a key from `docgen users list`", "a short name from the page of people"),
    (
        "with `docgen intake-scan`; to end what was signed, then use `docgen terminate`",
        "under Paper and end, where what was signed can be ended too",
    ),
    ("with `docgen intake-scan`", "under Paper and end"),
    (
        "template: `docgen paper generate ENROLLMENT --document SLUG`",
        "template, under Documents’ sources of the enrollment",
    ),
    (
        "Adopt it with `docgen templates adopt`, then",
        "A legal approver adopts it under Templates; then",
    ),
    ("again with `docgen status PACKET`", "again on the packet’s page"),
    ("send it with `docgen send PACKET --as PERSON`", "send it from the packet’s page"),
    ("with `docgen generate` if", "from the enrollment’s page if"),
    ("What was signed is ended with `docgen terminate`", "What was signed is ended there too"),
    ("of `docgen enroll --template csv FILE`", "of the blank CSV"),
    ("`docgen archive scrub` restores it from", "an operator can have it restored from"),
    (
        "run `docgen archive scrub`, which names each, and restore them",
        "an operator can have each named, and restore them",
    ),
)

_WITH_NAMES = (
    (re.compile(r"add one with `docgen users add [^`]*`"), "add one under People"),
    (re.compile(r"runs `docgen templates adopt [^`]*`"), "adopts it under Templates"),
)


def for_pages(sentence: str) -> str:
    """Name pages where the sentence names commands; any other sentence stays as it is."""
    if "`docgen " not in sentence:
        return sentence
    for command, page in _INSTEAD:
        sentence = sentence.replace(command, page)
    for pattern, page in _WITH_NAMES:
        sentence = pattern.sub(page, sentence)
    return sentence
