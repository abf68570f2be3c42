"""Forms of our pages: whatever a field finds wrong is said as a sentence that tells what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

if TYPE_CHECKING:
    from collections.abc import Mapping

# By kind of field, the narrower before the wider; a field's own words, where it has some, stay.
_WORDS: tuple[tuple[type[forms.Field], Mapping[str, str]], ...] = (
    (
        forms.MultipleChoiceField,
        {
            "required": "Choose at least one of these.",
            "invalid_choice": "Choose among these; what was sent is none of them.",
            "invalid_list": "Choose among these; what was sent is none of them.",
        },
    ),
    (
        forms.ChoiceField,
        {
            "required": "Choose one of these.",
            "invalid_choice": "Choose one of these; what was sent is none of them.",
        },
    ),
    (forms.BooleanField, {"required": "Tick the box to go on."}),
    (
        forms.FileField,
        {
            "required": "Choose the file.",
            "invalid": "Choose the file again; none came with the form.",
            "missing": "Choose the file again; none came with the form.",
            "empty": "Choose another file; this one is empty.",
            "max_length": "Give the file a name of at most %(max)d characters.",
        },
    ),
    (forms.DateField, {"invalid": "Give the day as year-month-day, such as 2026-11-20."}),
    (
        forms.IntegerField,
        {
            "invalid": "Give a whole number, in digits.",
            "min_value": "Give a number that is not below %(limit_value)s.",
            "max_value": "Give a number that is not above %(limit_value)s.",
        },
    ),
    (forms.EmailField, {"invalid": "Give one e-mail address, such as ada@example.org."}),
    (
        forms.Field,
        {
            "required": "Fill this in.",
            "max_length": "Shorten this to at most %(limit_value)d characters.",
            "null_characters_not_allowed": "Retype this; it holds a character that cannot be kept.",
        },
    ),
)


class Form(forms.Form):
    """A Django form that says in our words what its fields find wrong."""

    def full_clean(self) -> None:
        """Check everything that was sent, each field with our words in place of Django's own."""
        for field in self.fields.values():
            _give_words(field)
        super().full_clean()


def _give_words(field: forms.Field) -> None:
    """Put our words for whatever this field would say in Django's."""
    theirs: dict[str, object] = {}
    for kind in reversed(type(field).__mro__):
        theirs.update(getattr(kind, "default_error_messages", {}))
    ours: dict[str, str] = {}
    for kind, words in reversed(_WORDS):
        if isinstance(field, kind):
            ours.update(words)
    messages = field.error_messages
    for code, sentence in ours.items():
        if messages.get(code) == theirs.get(code):
            messages[code] = sentence
