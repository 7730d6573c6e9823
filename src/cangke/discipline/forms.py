"""What people type about conduct."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.ui.public import DateInput, SearchSelect
from cangke.people.public import Employee

from . import queries
from .models import Incident, attitude_choices, rating_choices
from .rules import Ground, Kind, RewardKind


def words_for(label: Any, rows: int = 4, **more: Any) -> forms.CharField:
    """A field for several lines of text."""
    return forms.CharField(
        label=label,
        max_length=more.pop("max_length", 2000),
        widget=forms.Textarea({"rows": rows, "data-ck-grow": ""}),
        **more,
    )


def options(rows: Iterable[Kind | Ground | RewardKind]) -> list[tuple[str, str]]:
    """Codes with their names in the reader's language."""
    return [(each.code, queries.in_words(each, each.code)) for each in rows]


class _AboutSomebody(forms.Form):
    employee = forms.ModelChoiceField(
        label=pgettext_lazy("one", "员工"), queryset=Employee.objects.none(), widget=SearchSelect()
    )

    def __init__(self, *args: Any, people: QuerySet[Employee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["employee"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people


class CaseForm(_AboutSomebody):
    """A matter put forward by hand (L17, L18)."""

    ground = forms.ChoiceField(label=pgettext_lazy("conduct", "事由"))
    happened_on = forms.DateField(label=_("发生日期"), widget=DateInput())
    matter = words_for(
        _("事情经过"),
        help_text=_("写事实：何时、何地、做了什么、谁在场；不写评价。"),
    )
    incidents = forms.ModelMultipleChoiceField(
        label=_("相关的事实记录"),
        queryset=Incident.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        grounds: Iterable[Ground],
        incidents: QuerySet[Incident],
        today: dt.date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["ground"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = options(grounds)
        self.fields["happened_on"].initial = today
        facts = self.fields["incidents"]
        assert isinstance(facts, forms.ModelMultipleChoiceField)
        facts.queryset = incidents
        facts.label_from_instance = _fact_text  # type: ignore[method-assign,assignment]
        if not incidents.exists():
            del self.fields["incidents"]


def _fact_text(incident: Incident) -> str:
    return f"{incident.employee.name} {incident.happened_on:%m-%d} {incident.text}"


class StatementForm(forms.Form):
    text = words_for(
        _("我的说明"),
        rows=6,
        help_text=_("写下您看到的经过和原因。只能提交一次，作决定的人会看到。"),
    )


class ReasonForm(forms.Form):
    reason = words_for(_("理由"), max_length=1000)


class DecisionForm(forms.Form):
    """The measure, the three ratings and the reasons (L16)."""

    kind = forms.ChoiceField(label=_("处分"))
    severity = forms.ChoiceField(
        label=_("情节轻重"), choices=rating_choices, widget=forms.RadioSelect
    )
    consequence = forms.ChoiceField(
        label=_("后果大小"), choices=rating_choices, widget=forms.RadioSelect
    )
    attitude = forms.ChoiceField(
        label=_("认识态度"), choices=attitude_choices, widget=forms.RadioSelect
    )
    amount = forms.DecimalField(
        label=_("金额"),
        required=False,
        max_digits=12,
        decimal_places=2,
        help_text=_("只有罚款和赔偿填写。"),
    )
    suspended_from = forms.DateField(
        label=_("停职起"), required=False, widget=DateInput(), help_text=_("只有停职填写。")
    )
    suspended_to = forms.DateField(label=_("停职止"), required=False, widget=DateInput())
    reasoning = words_for(
        _("决定的理由"),
        help_text=_("依据哪些事实、怎样看本人的说明、为什么是这一种处分。"),
    )

    def __init__(self, *args: Any, kinds: Iterable[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["kind"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = options(kinds)


class AppealForm(forms.Form):
    text = words_for(_("申诉理由"), help_text=_("写明哪里不符、为什么。只能申诉一次。"))


class AnswerForm(forms.Form):
    """What becomes of a decision after the appeal."""

    outcome = forms.ChoiceField(
        label=_("结果"),
        choices=[("upheld", _("维持")), ("changed", _("改为更轻的处分")), ("lifted", _("撤销"))],
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(label=_("改为"), required=False)
    reason = words_for(_("理由"))

    def __init__(self, *args: Any, kinds: Iterable[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["kind"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [("", "—"), *options(kinds)]


class NoticeForm(forms.Form):
    text = words_for(
        _("通报文字"), rows=6, help_text=_("全公司都会看到。只写事实和处分，不写隐私。")
    )


class RewardForm(_AboutSomebody):
    """A commendation, or an award (L14)."""

    kind = forms.ChoiceField(label=_("种类"))
    date = forms.DateField(label=_("日期"), widget=DateInput())
    reason = words_for(_("事迹"), help_text=_("写具体做了什么、带来什么。"))
    amount = forms.DecimalField(
        label=_("奖金"),
        required=False,
        max_digits=12,
        decimal_places=2,
        min_value=0,
        help_text=_("有奖金的须经审批，批准后计入当月工资。"),
    )
    public = forms.BooleanField(label=_("向全公司表彰"), required=False)

    def __init__(
        self, *args: Any, kinds: Iterable[RewardKind], today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["kind"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = options(kinds)
        self.fields["date"].initial = today


class CoachingForm(_AboutSomebody):
    """What help somebody got (L23)."""

    ground = forms.ChoiceField(label=_("针对"))
    date = forms.DateField(label=_("日期"), widget=DateInput())
    text = words_for(_("做了什么"), help_text=_("谈了什么、示范了什么、约定了什么。"))

    def __init__(
        self, *args: Any, grounds: Iterable[Ground], today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["ground"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = options(grounds)
        self.fields["date"].initial = today
