from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cangke.people.public import Employee, Shop, agents

from .models import AgentProfile, Channel, HandlingResult, QuestionType, QueueGroup
from .models.choices import call_direction_choices, priority_choices, stage_choices
from .rules.routing import Presence

TARGET_PERSON, TARGET_GROUP = "person", "group"


def _named(each: QuestionType | HandlingResult) -> str:
    return each.name_en if get_language() == "en" and each.name_en else each.name


class NamedChoice(forms.ModelChoiceField):
    """A choice that speaks the person's language."""

    def label_from_instance(self, obj: Any) -> str:
        return _named(obj)


class ReplyForm(forms.Form):
    body = forms.CharField(max_length=10_000, required=False, strip=False)
    is_note = forms.BooleanField(required=False)
    client_token = forms.CharField(max_length=64, required=False)
    script = forms.CharField(max_length=20, required=False)
    promise = forms.ChoiceField(choices=[("record", ""), ("none", "")], required=False)


class ReviewForm(forms.Form):
    note = forms.CharField(
        label=_("怎么处理的"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如“已当面提醒，向客户道歉”。需要处分的另走处分流程。"),
    )


class TransferForm(forms.Form):
    """To whom, and why: a colleague who serves the stage, or a queue (A8)."""

    target = forms.ChoiceField(label=_("转给"))
    reason = forms.CharField(
        label=_("原因"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, people: list[tuple[str, Any]], groups: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        target = self.fields["target"]
        assert isinstance(target, forms.ChoiceField)
        target.choices = [
            ("", _("选择同事或接待组")),
            (_("同事"), [(f"{TARGET_PERSON}:{pk}", name) for pk, name in people]),
            (_("接待组"), [(f"{TARGET_GROUP}:{pk}", name) for pk, name in groups]),
        ]

    def chosen(self) -> tuple[str, int]:
        """Return (person or group, id)."""
        kind, _colon, key = self.cleaned_data["target"].partition(":")
        return kind, int(key)


class DeclineForm(forms.Form):
    reason = forms.CharField(label=_("为什么不接"), max_length=200)


class CloseForm(forms.Form):
    """What a closed conversation must say (A19)."""

    question_type = NamedChoice(
        label=_("问题类型"), queryset=QuestionType.objects.none(), empty_label=_("请选择")
    )
    handling_result = NamedChoice(
        label=_("处理结果"), queryset=HandlingResult.objects.none(), empty_label=_("请选择")
    )
    lost_reason = forms.CharField(
        label=_("未成交原因"),
        max_length=200,
        required=False,
        help_text=_("售前没有成交时填写，组长每天汇总。"),
    )

    def __init__(self, *args: Any, stage: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        types = QuestionType.objects.filter(is_active=True, stage__in=["", stage])
        self.fields["question_type"].queryset = types  # type: ignore[attr-defined]
        results = HandlingResult.objects.filter(is_active=True)
        self.fields["handling_result"].queryset = results  # type: ignore[attr-defined]
        if stage != "presale":
            del self.fields["lost_reason"]


class AssignForm(forms.Form):
    """A supervisor gives the conversation to somebody, with a reason (B5)."""

    agent = forms.ChoiceField(label=_("改派给"))
    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, *args: Any, people: list[tuple[str, Any]], **kw: Any) -> None:
        super().__init__(*args, **kw)
        agent = self.fields["agent"]
        assert isinstance(agent, forms.ChoiceField)
        agent.choices = [("", _("请选择")), *people]


class PriorityForm(forms.Form):
    """How time-critical a customer is; moving somebody in the queue needs a reason (A20, A21)."""

    priority = forms.TypedChoiceField(label=_("优先级"), choices=priority_choices, coerce=int)
    reason = forms.CharField(
        label=_("原因"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class MajorForm(forms.Form):
    """Why this is, or is no longer, a major complaint (B7); ``major`` as the dialog offered."""

    major = forms.BooleanField(required=False, widget=forms.HiddenInput())
    reason = forms.CharField(
        label=_("原因"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class CallForm(forms.Form):
    """What another agent needs to go on with a call (A2)."""

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
    call_back_due_at = forms.DateTimeField(
        label=_("约定回电"),
        required=False,
        widget=forms.DateTimeInput(attrs={"data-ck-datetime": ""}),
    )


class InboxFilter(forms.Form):
    """Which conversations the left pane shows; kept in the address."""

    channel = forms.ModelChoiceField(
        label=_("渠道"),
        queryset=Channel.objects.filter(is_active=True),
        required=False,
        empty_label=_("全部渠道"),
    )
    stage = forms.ChoiceField(label=_("阶段"), required=False)
    group = forms.ModelChoiceField(
        label=_("接待组"),
        queryset=QueueGroup.objects.filter(is_active=True),
        required=False,
        empty_label=_("全部接待组"),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        stage = self.fields["stage"]
        assert isinstance(stage, forms.ChoiceField)
        stage.choices = [("", _("售前与售后")), *stage_choices()]


class PresenceForm(forms.Form):
    state = forms.ChoiceField(
        choices=[(each.value, each.value) for each in Presence if each != Presence.AWAY]
    )


def _languages(help_text: Any, *, required: bool = False) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("语言"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        required=required,
        help_text=help_text,
    )


def _people(those: Q) -> QuerySet[Employee]:
    """Who is at work in customer service, and ``those`` besides."""
    return Employee.objects.filter(Q(pk__in=agents().values("pk")) | those).order_by("number")


class GroupForm(forms.ModelForm):
    """A queue: what comes into it, and who serves it."""

    languages = _languages(_("不选就不限语言"))
    shops = forms.ModelMultipleChoiceField(
        label=_("店铺"),
        queryset=Shop.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("小组负责的店铺之外再加的；没有小组也没有店铺时，接待所有店铺"),
    )
    members = forms.ModelMultipleChoiceField(
        label=_("成员"),
        queryset=Employee.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("新会话只分给成员；没有成员的组，会话会一直排队"),
    )
    rank = forms.IntegerField(
        label=_("先后"),
        min_value=0,
        max_value=9999,
        initial=100,
        help_text=_("几个组都合适时，数小的先收"),
    )

    class Meta:
        model = QueueGroup
        fields = ("name", "stage", "team", "shops", "languages", "members", "rank", "is_active")

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        served = AgentProfile.objects.filter(groups=self.instance.pk).values("employee_id")
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.empty_label = _("不限")
        members = self.fields["members"]
        assert isinstance(members, forms.ModelMultipleChoiceField)
        # Who serves and is away today stays a member.
        members.queryset = _people(Q(pk__in=served))
        if self.instance.pk:
            self.initial["members"] = [row["employee_id"] for row in served]


class ProfileForm(forms.ModelForm):
    """What an agent may be given (客服资料)."""

    groups = forms.ModelMultipleChoiceField(
        label=_("接待组"),
        queryset=QueueGroup.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    languages = _languages(_("用这些语言的客户才会分给这位客服"), required=True)
    max_chats = forms.IntegerField(label=_("同时接待上限"), min_value=0, max_value=100)
    weight = forms.DecimalField(
        label=_("权重"),
        min_value=Decimal("0.01"),
        max_digits=4,
        decimal_places=2,
        help_text=_("1 为一般；2 分到的会话多一倍，0.5 少一半"),
    )

    class Meta:
        model = AgentProfile
        fields = (
            "groups",
            "serves_presale",
            "serves_aftersale",
            "languages",
            "every_shop",
            "max_chats",
            "weight",
            "trainee_of",
        )
        help_texts = {
            "every_shop": _("不勾选时，只接待本小组负责的店铺"),
            "trainee_of": _("有带教人的是新人，接待上限按制度减少"),
        }

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        trainer = self.fields["trainee_of"]
        assert isinstance(trainer, forms.ModelChoiceField)
        trainer.empty_label = _("没有")
        trainer.queryset = _people(Q(pk=self.instance.trainee_of_id)).exclude(
            pk=self.instance.employee_id
        )
        groups = self.fields["groups"]
        assert isinstance(groups, forms.ModelMultipleChoiceField)
        held = self.instance.groups.values("pk")
        groups.queryset = QueueGroup.objects.filter(Q(is_active=True) | Q(pk__in=held))


class QuestionTypeForm(forms.ModelForm):
    """What a conversation can have been about (A19)."""

    class Meta:
        model = QuestionType
        fields = ("name", "name_en", "stage", "is_complaint", "position", "is_active")
        help_texts = {
            "stage": _("只在这一阶段的会话里可选；不选就都可选"),
            "position": _("数小的排在前面"),
            "is_active": _("停用后不能再选，已结束的会话仍保留"),
        }


class HandlingResultForm(forms.ModelForm):
    """What can have come of a conversation (A19)."""

    class Meta:
        model = HandlingResult
        fields = ("name", "name_en", "is_solved", "position", "is_active")
        help_texts = {
            "position": _("数小的排在前面"),
            "is_active": _("停用后不能再选，已结束的会话仍保留"),
        }
