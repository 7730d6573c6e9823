"""How the desk is set up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.people.public import Employee, Shop, agents

from ..models import AgentProfile, HandlingResult, QuestionType, QueueGroup


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
