from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.customers.public import Client
from cangke.foundation.access.public import Account, ScopeKind, own_scope_ids, reach, scope
from cangke.foundation.ui.public import DateInput, Switch
from cangke.people.public import Department, Shop, Team

from . import rules
from .models import (
    Article,
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
    shop = forms.ModelChoiceField(
        label=gettext_lazy("仅限店铺"),
        queryset=Shop.objects.none(),
        required=False,
        help_text=gettext_lazy("接待这家店的客户时才出现"),
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
            ("shop", Shop.objects.order_by("name")),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows
        if not self.initial.get("number"):
            del self.fields["note"]

    def words(self) -> dict[str, Any]:
        skipped = ("number", "note")
        return {name: value for name, value in self.cleaned_data.items() if name not in skipped}


class ChangeForm(forms.Form):
    """What has changed, and who has to know (J2)."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=120)
    body = forms.CharField(
        label=gettext_lazy("正文"),
        max_length=20_000,
        widget=forms.Textarea({"rows": 8, "data-ck-grow": ""}),
        help_text=gettext_lazy("写清从什么时候起、什么变成什么。发布后不能改，只能撤下再发。"),
    )
    title_en = forms.CharField(label=gettext_lazy("标题（英文）"), max_length=120, required=False)
    body_en = forms.CharField(
        label=gettext_lazy("正文（英文）"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 4, "data-ck-grow": ""}),
    )
    audience = forms.ChoiceField(label=gettext_lazy("读者"), choices=audience_choices)
    department = forms.ModelChoiceField(
        label=gettext_lazy("部门"), queryset=Department.objects.none(), required=False
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("小组"), queryset=Team.objects.none(), required=False
    )
    article = forms.ModelChoiceField(
        label=gettext_lazy("详见文章"), queryset=Article.objects.none(), required=False
    )
    due_date = forms.DateField(
        label=gettext_lazy("请在此日前读完"), required=False, widget=DateInput()
    )
    blocks = forms.BooleanField(
        label=gettext_lazy("没确认不能上线接待"), required=False, widget=Switch()
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("department", Department.objects.order_by("name")),
            ("team", Team.objects.order_by("name")),
            ("article", scope(account, Article, "view").filter(retired_at__isnull=True)),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("为什么撤下"), max_length=200)


class QuestionForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("没弄明白的地方"),
        max_length=4000,
        widget=forms.Textarea({"rows": 3, "data-ck-grow": ""}),
    )
    about = forms.CharField(
        label=gettext_lazy("关于"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("商品、客户、流程或订单号，方便别人查。"),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("答案"),
        max_length=4000,
        widget=forms.Textarea({"rows": 4, "data-ck-grow": ""}),
    )


class KeepForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("标题"), max_length=120)
    category = forms.ChoiceField(label=gettext_lazy("类别"), choices=category_choices)
