"""What people type in quality inspection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cangke.foundation.wording import either
from cangke.people.public import Employee

from .rules import FatalItem, ScoreItem


class ScoreForm(forms.Form):
    """Points for each item of the score sheet, what is fatal, and the words."""

    comment = forms.CharField(
        label=_("评语"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4, "data-ck-grow": ""}),
        help_text=_("扣了分就写明依据：哪句话、为什么；也写做得好的地方。"),
    )

    def __init__(
        self,
        *args: Any,
        items: Sequence[ScoreItem],
        fatal: Sequence[FatalItem],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [each.code for each in items]
        for each in items:
            self.fields[f"item_{each.code}"] = forms.IntegerField(
                label=either(each.name, each.name_en),
                min_value=0,
                max_value=each.points,
                help_text=_("满分 %(points)s") % {"points": each.points},
                widget=forms.NumberInput({"min": 0, "max": each.points, "inputmode": "numeric"}),
            )
        self.fields["fatal"] = forms.MultipleChoiceField(
            label=_("否决项"),
            required=False,
            choices=[(each.code, either(each.name, each.name_en)) for each in fatal],
            widget=forms.CheckboxSelectMultiple,
        )
        self.order_fields([*(f"item_{code}" for code in self.codes), "fatal", "comment"])

    def points(self) -> dict[str, int]:
        return {code: self.cleaned_data[f"item_{code}"] for code in self.codes}


class ReasonForm(forms.Form):
    """Why something is left out, or stands as it is."""

    reason = forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea({"rows": 3, "data-ck-grow": ""})
    )


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("申诉理由"),
        max_length=1000,
        widget=forms.Textarea({"rows": 4, "data-ck-grow": ""}),
        help_text=_("写明哪一项、为什么不同意。只能申诉一次。"),
    )


class AddForm(forms.Form):
    """Whose part of a conversation is to be read, and why."""

    agent = forms.ModelChoiceField(label=_("客服"), queryset=Employee.objects.none())
    reason = forms.CharField(label=_("为什么检查"), max_length=300)

    def __init__(self, *args: Any, agents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agent"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = agents
