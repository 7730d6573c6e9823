"""The forms of the personnel file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.ui.public import DateInput, FileDrop, SearchSelect

from .. import models, queries, rules

SCORES = [
    ("", "—"),
    ("5", _("5 很强")),
    ("4", _("4 较强")),
    ("3", _("3 合格")),
    ("2", _("2 要提高")),
    ("1", _("1 不足")),
]


class AbilityForm(forms.Form):
    """A score and a note for each of the six abilities; one left empty is not rated."""

    month = forms.ChoiceField(label=_("月份"))

    def __init__(
        self, *args: Any, lines: list[queries.AbilityLine], months: list[dt.date], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["month"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(f"{day:%Y-%m-%d}", f"{day:%Y-%m}") for day in months]
        names = dict(models.ability_choices())
        for line in lines:
            rating = line.rating
            self.fields[line.ability] = forms.TypedChoiceField(
                label=names[line.ability],
                choices=SCORES,
                coerce=int,
                empty_value=None,
                required=False,
                initial=str(rating.score) if rating else "",
            )
            self.fields[f"{line.ability}_note"] = forms.CharField(
                label=_("说明"),
                max_length=300,
                required=False,
                initial=rating.note if rating and rating.month == months[0] else "",
            )

    def clean_month(self) -> dt.date:
        return dt.date.fromisoformat(self.cleaned_data["month"])

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[each], self[f"{each}_note"]) for each in rules.Ability]

    def said(self) -> dict[str, Any]:
        """The arguments of the action: month, scores, notes."""
        values = self.cleaned_data
        scores = {each: values[each] for each in rules.Ability if values.get(each)}
        return {
            "month": values["month"],
            "scores": {str(key): score for key, score in scores.items()},
            "notes": {str(key): values.get(f"{key}_note", "") for key in scores},
        }


class ContractForm(forms.Form):
    number = forms.CharField(label=_("合同编号"), max_length=60)
    kind = forms.ChoiceField(
        label=pgettext_lazy("contract", "类别"), choices=models.contract_kind_choices
    )
    from_date = forms.DateField(label=_("开始日"), widget=DateInput())
    to_date = forms.DateField(label=_("到期日"), widget=DateInput(), required=False)
    note = forms.CharField(label=_("备注"), max_length=300, required=False)
    scan = forms.FileField(
        label=_("扫描件"),
        required=False,
        widget=FileDrop(hint=_("签好的合同，PDF 或照片；只有本人和能看合同的人打得开。")),
    )


class VoidForm(forms.Form):
    reason = forms.CharField(label=_("作废原因"), max_length=200)


class HandoverForm(forms.Form):
    to = forms.ModelChoiceField(
        label=_("接手人"),
        queryset=models.Employee.objects.none(),
        widget=SearchSelect(),
        help_text=_("只列在岗、有账户的同事。"),
    )
    reason = forms.CharField(label=_("事由"), max_length=200)

    def __init__(self, *args: Any, employee: models.Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = (
                models.Employee.objects.at_work()
                .filter(account__is_active=True)
                .exclude(pk=employee.pk)
                .order_by("number")
            )


class EvidenceForm(forms.Form):
    first_date = forms.DateField(label=_("从"), widget=DateInput())
    last_date = forms.DateField(label=_("到"), widget=DateInput())
    reason = forms.CharField(
        label=_("事由"),
        max_length=200,
        min_length=4,
        help_text=_("为什么要查，至少四个字；提取本身也有记录。"),
    )
