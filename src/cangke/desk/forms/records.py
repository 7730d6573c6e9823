"""What is written down by hand: calls, visits, letters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cangke.foundation.ui.public import DateInput
from cangke.people.public import Employee, Site

from ..models import Channel, HandlingResult, QuestionType
from ..models.choices import call_direction_choices, visit_purpose_choices
from .naming import NamedChoice


def _if_over(label: Any, rows: QuerySet[Any]) -> NamedChoice:
    """A choice that ends the conversation; without it the conversation goes on."""
    return NamedChoice(
        label=label, queryset=rows, required=False, empty_label=_("会话继续，不结束")
    )


class CallForm(forms.Form):
    """What another agent needs to go on with a call (A2); with type and result it is over."""

    channel = forms.ModelChoiceField(
        label=_("哪条电话"), queryset=Channel.objects.none(), empty_label=None, required=False
    )
    direction = forms.ChoiceField(
        label=pgettext_lazy("call", "方向"), choices=call_direction_choices, initial="in"
    )
    caller_name = forms.CharField(label=_("来电人"), max_length=100, required=False)
    caller_phone = forms.CharField(
        label=_("电话"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    question = forms.CharField(label=_("问题"), widget=forms.Textarea(attrs={"rows": 2}))
    answer = forms.CharField(
        label=_("答复"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    result = forms.CharField(label=_("结果"), widget=forms.Textarea(attrs={"rows": 2}))
    order_no = forms.CharField(
        label=_("订单编号"),
        max_length=64,
        required=False,
        help_text=_("问的是哪一单；没有就空着。"),
    )
    called_at = forms.DateTimeField(
        label=_("通话时间"),
        required=False,
        help_text=_("空着就是现在。"),
        widget=forms.DateTimeInput(attrs={"data-ck-datetime": ""}),
    )
    call_back_due_at = forms.DateTimeField(
        label=_("约定回电"),
        required=False,
        widget=forms.DateTimeInput(attrs={"data-ck-datetime": ""}),
    )
    question_type = _if_over(_("问题类型"), QuestionType.objects.filter(is_active=True))
    handling_result = _if_over(_("处理结果"), HandlingResult.objects.filter(is_active=True))

    def __init__(self, *args: Any, channels: Any, known: bool, **kw: Any) -> None:
        """``known``: the customer has a file, so that the number may be left out."""
        super().__init__(*args, **kw)
        self.fields["channel"].queryset = channels  # type: ignore[attr-defined]
        if len(channels) < 2:
            del self.fields["channel"]
        if known:
            self.fields["caller_phone"].required = False
            self.fields["caller_phone"].help_text = _("空着就用客户档案里的电话。")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("question_type")) != bool(values.get("handling_result")):
            missing = "handling_result" if values.get("question_type") else "question_type"
            self.add_error(missing, _("要结束就两项都选，不结束就都不选。"))
        return values


class VisitForm(forms.Form):
    """Who enters, from where, to whom and why (A3)."""

    site = forms.ModelChoiceField(
        label=_("站点"), queryset=Site.objects.none(), empty_label=_("请选择")
    )
    visitor_name = forms.CharField(label=_("来访人"), max_length=100)
    company = forms.CharField(label=_("单位"), max_length=120, help_text=_("个人填“个人”。"))
    phone = forms.CharField(
        label=_("电话"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    people = forms.IntegerField(label=_("人数"), min_value=1, max_value=200, initial=1)
    purpose_kind = forms.ChoiceField(label=_("来访类别"), choices=visit_purpose_choices)
    purpose = forms.CharField(
        label=_("来访事由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    host = forms.ModelChoiceField(
        label=_("接待人"), queryset=Employee.objects.none(), required=False, empty_label="—"
    )
    badge = forms.CharField(label=_("访客证号"), max_length=20, required=False)
    plate = forms.CharField(label=_("车牌"), max_length=20, required=False)
    came_at = forms.DateTimeField(
        label=_("进入时间"),
        required=False,
        help_text=_("空着就是现在。"),
        widget=forms.DateTimeInput(attrs={"data-ck-datetime": ""}),
    )
    asks = forms.BooleanField(label=_("客户有问题要问：建立会话，由我接待"), required=False)

    def __init__(self, *args: Any, may_talk: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["site"].queryset = Site.objects.order_by("pk")  # type: ignore[attr-defined]
        hosts = Employee.objects.at_work().order_by("name")
        self.fields["host"].queryset = hosts  # type: ignore[attr-defined]
        if not may_talk:
            del self.fields["asks"]


class SignOutForm(forms.Form):
    """That a visitor left; what they asked is closed by type and result (A19)."""

    left_at = forms.DateTimeField(
        label=_("离开时间"),
        required=False,
        help_text=_("空着就是现在。"),
        widget=forms.DateTimeInput(attrs={"data-ck-datetime": ""}),
    )
    result = forms.CharField(
        label=_("结果"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    question_type = _if_over(_("问题类型"), QuestionType.objects.filter(is_active=True))
    handling_result = _if_over(_("处理结果"), HandlingResult.objects.filter(is_active=True))

    def __init__(self, *args: Any, talked: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not talked:
            del self.fields["question_type"], self.fields["handling_result"]


class Files(forms.FileField):
    """Any number of files; an empty list if there are none."""

    widget = forms.FileInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(Files, self).clean(each, initial) for each in given][:9]


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class LetterForm(forms.Form):
    """A letter that came by post (A1)."""

    sender = forms.CharField(label=_("寄信人"), max_length=100)
    contact = forms.CharField(
        label=_("电话或邮箱"), max_length=120, help_text=_("下次来信、来电时认得出是同一位客户。")
    )
    address = forms.CharField(
        label=_("回信地址"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    received_date = forms.DateField(label=_("收信日期"), widget=DateInput())
    registered_no = forms.CharField(
        label=_("挂号或快递单号"),
        max_length=60,
        required=False,
        help_text=_("同一单号只登记一次。"),
    )
    subject = forms.CharField(label=pgettext_lazy("letter", "主题"), max_length=200)
    body = forms.CharField(
        label=_("信的内容"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    scans = Files(label=_("扫描件"), required=False, widget=ManyFiles())


class PostedForm(forms.Form):
    tracking_no = forms.CharField(label=_("挂号或快递单号"), max_length=60, required=False)
