"""The forms of attendance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.calendar.public import day_kind_choices
from cangke.foundation.ui.public import DateInput, DateTimeInput, FileDrop, SearchSelect
from cangke.people.public import Employee

from .models import ShiftType
from .models.duties import duty_kind_choices
from .models.posts import post_kind_choices
from .models.punches import side_choices
from .models.rolls import mood_choices, roll_state_choices
from .queries.rolls import Expected
from .queries.rosters import WEEKDAYS


class ShiftTypeForm(forms.ModelForm):
    class Meta:
        model = ShiftType
        fields = (
            "name",
            "name_en",
            "code",
            "mark",
            "start",
            "end",
            "break_minutes",
            "tone",
            "place",
            "active",
        )
        widgets = {
            "start": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "end": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "code": gettext_lazy("小写英文，导入时用它认班次。"),
            "mark": gettext_lazy("一两个字，例如“白”。"),
            "end": gettext_lazy("不晚于上班时间的，算次日。"),
            "break_minutes": gettext_lazy("不算工时。"),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        start, end = values.get("start"), values.get("end")
        if start is not None and start == end:
            self.add_error("end", _("上班和下班不能是同一时刻。"))
        return values


def choices_of(kinds: list[ShiftType]) -> list[tuple[str, str]]:
    """What a cell of the plan may hold: nothing, a shift, a shift as its leader."""
    found = [("", "—")]
    for kind in kinds:
        found += [(kind.code, str(kind)), (f"{kind.code}*", _("%s · 组长") % kind)]
    return found


class CellForm(forms.Form):
    """One person's day."""

    choice = forms.ChoiceField(label=gettext_lazy("班次"), required=False)

    def __init__(self, *args: Any, kinds: list[ShiftType], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = choices_of(kinds)  # type: ignore[attr-defined]


class FillForm(forms.Form):
    """The same shift on many days."""

    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("员工"),
        queryset=Employee.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    choice = forms.ChoiceField(
        label=gettext_lazy("班次"), required=False, help_text=gettext_lazy("选“—”清空。")
    )
    first = forms.DateField(label=gettext_lazy("从"), widget=DateInput())
    last = forms.DateField(label=gettext_lazy("到"), widget=DateInput())
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("星期"),
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        initial=[0, 1, 2, 3, 4, 5, 6],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, kinds: list[ShiftType], people: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = choices_of(kinds)  # type: ignore[attr-defined]
        self.fields["people"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("结束不能早于开始。"))
        return values


class NeedsForm(forms.Form):
    """How many people each shift takes at least."""

    def __init__(self, *args: Any, kinds: list[ShiftType], needs: dict[int, int], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for kind in kinds:
            self.fields[f"k{kind.pk}"] = forms.IntegerField(
                label=f"{kind} {kind.hours_text}",
                min_value=0,
                max_value=500,
                required=False,
                initial=needs.get(kind.pk, 0),
            )

    def least(self) -> dict[int, int]:
        """Shift type → least number, as typed."""
        return {int(name[1:]): value or 0 for name, value in self.cleaned_data.items()}


class SwapForm(forms.Form):
    """Ask a colleague to take a shift or to exchange it."""

    date = forms.DateField(label=gettext_lazy("我的班次"), widget=DateInput())
    partner = forms.ModelChoiceField(
        label=gettext_lazy("换班对象"), queryset=Employee.objects.none()
    )
    their_date = forms.DateField(
        label=gettext_lazy("对方的班次"),
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("留空表示请对方代班，不用还。"),
    )
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200)

    def __init__(self, *args: Any, asker: Employee, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = (  # type: ignore[attr-defined]  # a choice field
            Employee.objects.at_work().filter(team=asker.team).exclude(pk=asker.pk)
        )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CorrectionForm(forms.Form):
    """Ask for a make-up punch."""

    date = forms.DateField(label=gettext_lazy("班次日期"), widget=DateInput())
    side = forms.ChoiceField(label=gettext_lazy("哪一次"), choices=side_choices)
    clock = forms.TimeField(
        label=gettext_lazy("实际到离时间"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    made_up = forms.TimeField(
        label=gettext_lazy("补卡时间"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("留空：上班时间内申请的算现在，过后申请的同实际到离时间。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class LeaveForm(forms.Form):
    """Ask for leave or rest days."""

    kind = forms.ChoiceField(label=gettext_lazy("假别"))
    first = forms.DateField(label=gettext_lazy("从"), widget=DateInput())
    last = forms.DateField(label=gettext_lazy("到"), widget=DateInput())
    half = forms.BooleanField(
        label=gettext_lazy("半天"), required=False, help_text=gettext_lazy("只在一天内使用。")
    )
    emergency = forms.BooleanField(
        label=gettext_lazy("补申请"),
        required=False,
        help_text=gettext_lazy("紧急情况已打电话给直属上级的，返岗后补申请。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    override_reason = forms.CharField(
        label=gettext_lazy("破例理由"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("规则不允许时填写，会记录在申请上。"),
    )

    def __init__(self, *args: Any, kinds: dict[str, str], on_behalf: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds.items())  # type: ignore[attr-defined]
        if not on_behalf:
            del self.fields["override_reason"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("结束不能早于开始。"))
        return values


class CallForm(forms.Form):
    """Somebody called the supervisor."""

    employee = forms.ModelChoiceField(
        label=gettext_lazy("员工"), queryset=Employee.objects.none(), widget=SearchSelect()
    )
    date = forms.DateField(label=gettext_lazy("缺勤日"), widget=DateInput())
    called_at = forms.DateTimeField(label=gettext_lazy("来电时间"), widget=DateTimeInput())
    reason = forms.CharField(
        label=gettext_lazy("情况"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = people  # type: ignore[attr-defined]


class PostForm(forms.Form):
    """What a leader saw at somebody's post."""

    employee = forms.ModelChoiceField(
        label=gettext_lazy("员工"), queryset=Employee.objects.none(), widget=SearchSelect()
    )
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=post_kind_choices)
    from_at = forms.DateTimeField(label=gettext_lazy("开始"), widget=DateTimeInput())
    until_at = forms.DateTimeField(
        label=gettext_lazy("结束"), required=False, widget=DateTimeInput()
    )
    seen = forms.CharField(
        label=gettext_lazy("看到的情况"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写事实：在哪里、做什么、多久。本人会看到。"),
    )
    proof = forms.FileField(label=gettext_lazy("截图"), required=False, widget=FileDrop())

    def __init__(self, *args: Any, people: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = people  # type: ignore[attr-defined]


class DutyForm(forms.Form):
    """Give somebody a turn."""

    date = forms.DateField(label=gettext_lazy("日期"), widget=DateInput())
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=duty_kind_choices)
    employee = forms.ModelChoiceField(
        label=gettext_lazy("员工"), queryset=Employee.objects.none(), widget=SearchSelect()
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = people  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("交接说明"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("值班必填：没有办完的事、要注意的事。"),
    )


class StatementForm(forms.Form):
    statement = forms.CharField(
        label=gettext_lazy("本人说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ProofForm(forms.Form):
    proof = forms.FileField(
        label=gettext_lazy("截图"),
        widget=FileDrop(hint=gettext_lazy("内部群里发红包的截图。")),
    )


def month_in(text: str, today: dt.date) -> dt.date:
    """The first day of ``2026-04``; this month where the text names none."""
    try:
        return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return today.replace(day=1)


class RollForm(forms.Form):
    """Who is there, in what state of mind, or why not: three fields for each person (K25)."""

    note = forms.CharField(label=gettext_lazy("备注"), required=False, max_length=500)

    def __init__(self, *args: Any, people: Sequence[Expected], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for each in people:
            pk, name = each.employee.pk, each.employee.name
            self.fields[f"state_{pk}"] = forms.ChoiceField(
                label=f"{name} {gettext_lazy('到岗')}", choices=roll_state_choices
            )
            self.fields[f"mood_{pk}"] = forms.ChoiceField(
                label=f"{name} {gettext_lazy('精神面貌')}",
                choices=[("", "—"), *mood_choices()],
                required=False,
            )
            self.fields[f"reason_{pk}"] = forms.CharField(
                label=f"{name} {gettext_lazy('原因')}",
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs={"placeholder": gettext_lazy("没有到岗的原因")}),
            )
        for field in self.fields.values():
            field.widget.attrs["class"] = "ck-input"

    def rows(self) -> list[dict[str, Any]]:
        """The people with their fields, in order."""
        return [
            {
                "person": each,
                "state": self[f"state_{each.employee.pk}"],
                "mood": self[f"mood_{each.employee.pk}"],
                "reason": self[f"reason_{each.employee.pk}"],
            }
            for each in self.people
        ]

    def lines(self) -> list[dict[str, Any]]:
        values = self.cleaned_data
        return [
            {
                "employee_id": each.employee.pk,
                "state": values[f"state_{each.employee.pk}"],
                "mood": values[f"mood_{each.employee.pk}"],
                "reason": values[f"reason_{each.employee.pk}"],
            }
            for each in self.people
        ]


class CalendarDayForm(forms.Form):
    """A day that differs from the plain week (X21)."""

    date = forms.DateField(label=gettext_lazy("日期"), widget=DateInput())
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=day_kind_choices)
    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("例如：春节、国庆调休上班。"),
    )
