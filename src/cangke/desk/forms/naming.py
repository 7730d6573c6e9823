"""Choices that speak the person's language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language

from ..models import HandlingResult, QuestionType


def spoken_name(each: QuestionType | HandlingResult) -> str:
    return each.name_en if get_language() == "en" and each.name_en else each.name


class NamedChoice(forms.ModelChoiceField):
    """A choice that speaks the person's language."""

    def label_from_instance(self, obj: Any) -> str:
        return spoken_name(obj)
