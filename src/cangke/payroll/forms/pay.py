"""The forms of runs, terms, items and questions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.ui.public import DateInput, MonthField, SearchSelect
from cangke.people.public import Employee, Site

from ..models import tax_choices
from ..models.runs import run_kind_choices

MOST: dict[str, Any] = {"min_value": 0, "max_digits": 12, "decimal_places": 2}


class RunForm(forms.Form):
    """Which month of which site, or which leaver."""

    kind = forms.ChoiceField(
        label=_("类别"),
        choices=run_kind_choices,
        required=False,
        help_text=_("补发：已锁定的月份漏了人或金额。离职结算：离职日当月单独结清。"),
    )
    site = forms.ModelChoiceField(label=_("站点"), queryset=Site.objects.all(), required=False)
    month = MonthField(label=_("月份"), required=False)
    employee = forms.ModelChoiceField(
        label=_("离职员工"),
        queryset=Employee.objects.none(),
        required=False,
        widget=SearchSelect(),
        help_text=_("只有离职结算要选。"),
    )

    def __init__(self, *args: Any, leavers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = leavers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["kind"] = values.get("kind") or "regular"
        wanted = ("employee",) if values["kind"] == "final" else ("site", "month")
        for name in wanted:
            if not values.get(name) and name not in self.errors:
                self.add_error(name, _("请填写这一项。"))
        return values


class ReasonForm(forms.Form):
    """Why; kept with the act."""

    reason = forms.CharField(
        label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class PaidForm(forms.Form):
    """On which day the bank carried it out."""

    paid_on = forms.DateField(label=_("发放日"), widget=DateInput())


class TermsForm(forms.Form):
    """What somebody is paid by from a day on."""

    from_date = forms.DateField(label=_("生效日"), widget=DateInput())
    base_pay = forms.DecimalField(label=_("底薪"), **MOST)
    insurance_total = forms.DecimalField(
        label=_("每月保险合计"),
        help_text=_("公司与员工两部分的总额；按制度的比例分摊。"),
        initial="0.00",
        **MOST,
    )
    tax = forms.ChoiceField(label=_("个税"), choices=tax_choices)
    special_additional = forms.DecimalField(
        label=_("专项附加扣除"), initial="0.00", required=False, **MOST
    )
    scheme = forms.CharField(label=_("薪资方案"), max_length=200, required=False)
    reason = forms.CharField(label=_("事由"), max_length=200)


class BankForm(forms.Form):
    """Where somebody's pay goes."""

    holder = forms.CharField(label=_("户名"), max_length=60)
    bank = forms.CharField(label=_("开户行"), max_length=80)
    number = forms.RegexField(
        r"[0-9A-Za-z][0-9A-Za-z -]{3,38}[0-9A-Za-z]",
        label=pgettext_lazy("bank", "账号"),
        error_messages={"invalid": _("账号只用数字、字母、空格和连字符。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class _ForSomebody(forms.Form):
    employee = forms.ModelChoiceField(
        label=_("员工"), queryset=Employee.objects.none(), widget=SearchSelect()
    )
    month = MonthField(label=_("月份"))
    amount = forms.DecimalField(
        label=_("金额"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = people  # type: ignore[attr-defined]


class ItemForm(_ForSomebody):
    """Performance pay or a recovery, entered by hand."""

    kind = forms.ChoiceField(
        label=_("类别"), choices=[("performance", _("绩效")), ("recovery", _("追偿扣款"))]
    )
    reason = forms.CharField(
        label=_("事由与来源"),
        max_length=300,
        help_text=_("例如：考核 92 分，来自 4 月绩效表；或责任判定编号。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("employee", "month", "kind", "amount", "reason")


class AwardForm(_ForSomebody):
    """An award for outstanding performance."""

    reason = forms.CharField(
        label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class QuestionForm(forms.Form):
    """What somebody asks about their slip."""

    code = forms.ChoiceField(label=_("哪一项"), required=False)
    text = forms.CharField(
        label=_("疑问"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [("", _("整张工资条")), *lines]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What personnel answers."""

    answer = forms.CharField(
        label=_("答复"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


class CashForm(forms.Form):
    """What came in in cash, and how one knows."""

    amount = forms.DecimalField(
        label=_("金额"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    note = forms.CharField(
        label=_("说明"), max_length=300, help_text=_("例如：收据编号、转账日期。")
    )


class MeasureForm(forms.Form):
    """The words of a notice or a proposal."""

    text = forms.CharField(
        label=_("内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6})
    )
