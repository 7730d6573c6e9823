"""Choices that speak the person's language."""

from __future__ import annotations

from typing import Any

from django import forms

from cangke.foundation.wording import either

from ..models import HandlingResult, QuestionType


def spoken_name(each: QuestionType | HandlingResult) -> str:
    return either(each.name, each.name_en)


class NamedChoice(forms.ModelChoiceField):
    """A choice that speaks the person's language."""

    def label_from_instance(self, obj: Any) -> str:
        return spoken_name(obj)
