from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.customers.public import Client
from cangke.foundation.access.public import Account, ScopeKind, own_scope_ids, reach, scope
from cangke.foundation.ui.public import DateInput, Switch
from cangke.people.public import Department, Team

from . import rules
from .models import (
    ScriptFolder,
    audience_choices,
    category_choices,
    reach_choices,
    stage_choices,
)


def _language_hint() -> str:
    names = "、".join(f"{{{{{name}}}}} {_(label)}" for name, label in rules.VARIABLES.items())
    return _("可用变量：%(names)s。要客服自己填的写成 {{?补发日期}}。") % {"names": names}


def own_teams(account: Account) -> Any:
    """The teams a person may write for: the own ones, all with a right that reaches them all."""
    teams = Team.objects.order_by("name")
    if ScopeKind.ALL in reach(account, "knowledge.review"):
        return teams
    ids = list(own_scope_ids.ask(account_id=account.pk, kind="team"))
    of = Q(pk__in=ids)
    if ScopeKind.DEPARTMENT in reach(account, "knowledge.review"):
        departments = list(own_scope_ids.ask(account_id=account.pk, kind="department"))
        of |= Q(department__in=departments)
    return teams.filter(of)


class ScriptForm(forms.Form):
    number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=gettext_lazy("标题"), max_length=80)
    body = forms.CharField(
        label=gettext_lazy("内容"),
        max_length=rules.LONGEST,
        widget=forms.Textarea({"rows": 6, "data-ck-grow": ""}),
    )
    reach = forms.ChoiceField(label=gettext_lazy("给谁用"), choices=reach_choices)
    team = forms.ModelChoiceField(
        label=gettext_lazy("小组"), queryset=Team.objects.none(), required=False
    )
    stage = forms.ChoiceField(label=gettext_lazy("阶段"), choices=stage_choices)
    folder = forms.ModelChoiceField(
        label=gettext_lazy("目录"), queryset=ScriptFolder.objects.none(), required=False
    )
    shortcut = forms.CharField(
        label=gettext_lazy("快捷码"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("输入 / 再输入它就能找到，例如 bf"),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "off"}),
    )
    placeholder = forms.BooleanField(
        label=gettext_lazy("占位回复（“稍等”一类，不算真正的答复）"),
        required=False,
        widget=Switch(),
    )
    title_en = forms.CharField(label=gettext_lazy("标题（英文）"), max_length=80, required=False)
    body_en = forms.CharField(
        label=gettext_lazy("内容（英文）"),
        max_length=rules.LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 5, "data-ck-grow": ""}),
    )
    note = forms.CharField(label=gettext_lazy("改动说明"), max_length=200, required=False)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = _language_hint()
        team, folder = self.fields["team"], self.fields["folder"]
        if isinstance(team, forms.ModelChoiceField):
            team.queryset = own_teams(account)
        if isinstance(folder, forms.ModelChoiceField):
            folder.queryset = ScriptFolder.objects.all()
        if not self.initial.get("number"):
            del self.fields["note"]

    def words(self) -> dict[str, Any]:
        """The cleaned values of a draft."""
        skipped = ("number", "note")
        return {name: value for name, value in self.cleaned_data.items() if name not in skipped}


class ReviewForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("审核意见"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2, "data-ck-grow": ""}),
    )


class FolderForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("名称（英文）"), max_length=60, required=False)
    parent = forms.ModelChoiceField(
        label=gettext_lazy("上级目录"),
        queryset=ScriptFolder.objects.none(),
        required=False,
        empty_label=gettext_lazy("（最上层）"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        if isinstance(parent, forms.ModelChoiceField):
            parent.queryset = ScriptFolder.objects.all()


class ArticleForm(forms.Form):
    number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    category = forms.ChoiceField(label=gettext_lazy("类别"), choices=category_choices)
    title = forms.CharField(label=gettext_lazy("标题"), max_length=120)
    body = forms.CharField(
        label=gettext_lazy("正文"),
        max_length=40_000,
        widget=forms.Textarea({"rows": 12, "data-ck-grow": ""}),
    )
    title_en = forms.CharField(label=gettext_lazy("标题（英文）"), max_length=120, required=False)
    body_en = forms.CharField(
        label=gettext_lazy("正文（英文）"),
        max_length=40_000,
        required=False,
        widget=forms.Textarea({"rows": 8, "data-ck-grow": ""}),
    )
    audience = forms.ChoiceField(label=gettext_lazy("读者"), choices=audience_choices)
    department = forms.ModelChoiceField(
        label=gettext_lazy("部门"), queryset=Department.objects.none(), required=False
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("小组"), queryset=Team.objects.none(), required=False
    )
    client = forms.ModelChoiceField(
        label=gettext_lazy("仅限仓储客户"),
        queryset=Client.objects.none(),
        required=False,
        help_text=gettext_lazy("例如某个客户专有的价格"),
    )
    valid_from = forms.DateField(label=gettext_lazy("生效"), required=False, widget=DateInput())
    valid_until = forms.DateField(label=gettext_lazy("有效至"), required=False, widget=DateInput())
    note = forms.CharField(label=gettext_lazy("改动说明"), max_length=200, required=False)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("department", Department.objects.order_by("name")),
            ("team", Team.objects.order_by("name")),
            ("client", scope(account, Client, "view")),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows
        if not self.initial.get("number"):
            del self.fields["note"]

    def words(self) -> dict[str, Any]:
        skipped = ("number", "note")
        return {name: value for name, value in self.cleaned_data.items() if name not in skipped}
