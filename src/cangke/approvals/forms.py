"""The forms of approvals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, AccountKind
from cangke.foundation.ui.public import DateInput, DateTimeInput, SearchSelect
from cangke.foundation.wording import in_english

from . import registry, rules
from .models import ApprovalFlow

RATINGS = [
    ("", "—"),
    ("5", gettext_lazy("5 优秀")),
    ("4", gettext_lazy("4 良好")),
    ("3", gettext_lazy("3 合格")),
    ("2", gettext_lazy("2 需改进")),
    ("1", gettext_lazy("1 不合格")),
]


def colleagues() -> QuerySet[Account]:
    """The people one may choose: staff whose account works."""
    return Account.objects.filter(is_active=True, kind=AccountKind.STAFF).order_by("display_name")


class DecideForm(forms.Form):
    """A decision: the step's own questions, then the words of whoever decides."""

    def __init__(self, *args: Any, step: rules.Step, back: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.step = step
        language = get_language() or ""
        for each in step.fields:
            self.fields[f"answer_{each.key}"] = _field(each, each.label_in(language))
        self.fields["comment"] = forms.CharField(
            label=_("意见"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("不同意或退回时必填，申请人会看到。"),
        )
        if back:
            self.fields["back_to"] = forms.ChoiceField(
                label=_("退回到"),
                required=False,
                choices=[("", _("申请人")), *back],
                help_text=_("只在退回时使用。"),
            )

    def answers(self) -> dict[str, Any]:
        """The answers to the step's questions, by their keys."""
        return {each.key: self.cleaned_data.get(f"answer_{each.key}") for each in self.step.fields}


def _field(each: rules.Field, label: str) -> forms.Field:
    if each.kind == rules.FieldKind.RATING:
        return forms.ChoiceField(label=label, required=False, choices=RATINGS)
    if each.kind == rules.FieldKind.YES_NO:
        choices = [("", "—"), ("yes", _("是")), ("no", _("否"))]
        return forms.ChoiceField(label=label, required=False, choices=choices)
    if each.kind == rules.FieldKind.CHOICE:
        choices = [
            ("", "—"),
            *((one, each.said(one, english=in_english())) for one in each.choices),
        ]
        return forms.ChoiceField(label=label, required=False, choices=choices)
    if each.kind == rules.FieldKind.DATE:
        return forms.DateField(label=label, required=False, widget=DateInput())
    return forms.CharField(
        label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )


class PassOnForm(forms.Form):
    to = forms.ModelChoiceField(
        label=gettext_lazy("交给"), queryset=Account.objects.none(), widget=SearchSelect()
    )
    comment = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues()  # type: ignore[attr-defined]  # a choice field


class AddSignerForm(PassOnForm):
    before = forms.BooleanField(
        label=gettext_lazy("在我之前签"),
        required=False,
        help_text=gettext_lazy("不勾选时两人同时处理，都要同意。"),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["to"].label = _("加签人")
        self.fields["comment"].required = False


class CopyForm(forms.Form):
    to = forms.ModelChoiceField(
        label=gettext_lazy("抄送给"), queryset=Account.objects.none(), widget=SearchSelect()
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues()  # type: ignore[attr-defined]  # a choice field


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("留言"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ObjectionForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "写清楚哪里不对、有什么凭据。直属上级会看到这一项的依据。答复之前，会减少收入的暂不计入。"
        ),
    )


class RequestForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("事项"), max_length=120)
    body = forms.CharField(
        label=gettext_lazy("情况与建议"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("写清楚发生了什么、您建议怎么办。得到答复之前先不处理。"),
    )
    amount = forms.DecimalField(
        label=gettext_lazy("涉及金额"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("币种"),
        choices=[(code, code) for code in ("CNY", "USD", "EUR", "GBP", "JPY")],
    )


class DelegationForm(forms.Form):
    giver = forms.ModelChoiceField(
        label=gettext_lazy("委托人"), queryset=Account.objects.none(), widget=SearchSelect()
    )
    taker = forms.ModelChoiceField(
        label=gettext_lazy("受托人"), queryset=Account.objects.none(), widget=SearchSelect()
    )
    from_at = forms.DateTimeField(label=pgettext_lazy("time", "从"), widget=DateTimeInput())
    until_at = forms.DateTimeField(label=pgettext_lazy("time", "至"), widget=DateTimeInput())
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("事项类别"),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=gettext_lazy("不勾选表示全部。"),
    )
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200)

    def __init__(self, *args: Any, account: Account, for_others: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.account = account
        others = colleagues() if for_others else colleagues().exclude(pk=account.pk)
        self.fields["taker"].queryset = others  # type: ignore[attr-defined]  # a choice field
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]  # a choice field
            (kind.code, kind.label) for kind in registry.KINDS.values()
        ]
        if for_others:
            self.fields["giver"].queryset = colleagues()  # type: ignore[attr-defined]  # a choice field
            self.fields["giver"].initial = account.pk
        else:
            del self.fields["giver"]

    def words(self) -> dict[str, Any]:
        """What `delegate` is called with."""
        return {"giver": self.account, **self.cleaned_data}


class FlowForm(forms.Form):
    key = forms.ChoiceField(label=gettext_lazy("事项类别"))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=80, required=False)
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)
    text = forms.CharField(
        label=gettext_lazy("步骤（TOML）"),
        widget=forms.Textarea(
            attrs={"rows": 24, "class": "ck-input ck-mono", "spellcheck": "false"}
        ),
        strip=False,
    )

    def __init__(self, *args: Any, key: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = {
            kind.flow: str(kind.label)
            for kind in registry.KINDS.values()
            if not registry.home_of(kind.flow)
        }
        for code, name in ApprovalFlow.objects.values_list("key", "name").order_by("number"):
            if not registry.home_of(code):
                known.setdefault(code, name)
        self.fields["key"].choices = [  # type: ignore[attr-defined]  # a choice field
            (code, label) for code, label in known.items() if not key or code == key
        ]
