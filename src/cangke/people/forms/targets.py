"""The form of a sales target."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cangke.foundation.money.public import currency_choices


class SalesTargetForm(forms.Form):
    month = forms.DateField(
        label=_("月份"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
    )
    amount = forms.DecimalField(
        label=_("金额"),
        max_digits=12,
        decimal_places=2,
        min_value=0,
        help_text=_("填 0 就是取消这个月的目标；以前定过的留在记录里"),
    )
    currency = forms.ChoiceField(label=_("币种"), choices=currency_choices, initial="CNY")
