"""Forms for words, publication, policy sets and files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.ui.public import DateInput, FileDrop

from .. import ports, rules
from ..models import PolicySet, UnitKind, unit_choices


class WordsForm(forms.Form):
    """The words of one clause in the draft."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    chapter = forms.ChoiceField(label=gettext_lazy("章"))
    number = forms.CharField(label=gettext_lazy("条款号"), max_length=20, required=False)
    title = forms.CharField(label=gettext_lazy("标题"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("正文"),
        max_length=2000,
        widget=forms.Textarea({"rows": 6, "data-ck-grow": ""}),
    )
    title_en = forms.CharField(label=gettext_lazy("标题（英文）"), max_length=120, required=False)
    text_en = forms.CharField(
        label=gettext_lazy("正文（英文）"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 6, "data-ck-grow": ""}),
    )
    source = forms.CharField(label=gettext_lazy("出处"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chapter = self.fields["chapter"]
        if isinstance(chapter, forms.ChoiceField):
            chapter.choices = [(str(c), _(title)) for c, title in rules.CHAPTER_TITLES.items()]

    def words(self) -> dict[str, str]:
        """The words in stored form."""
        return {
            name: str(value).replace("\r\n", "\n")
            for name, value in self.cleaned_data.items()
            if name != "revision"
        }


class AskForm(forms.Form):
    """Handing a draft in: from when on, and why."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    effective_from = forms.DateField(
        label=gettext_lazy("生效日期"),
        widget=DateInput(),
        help_text=gettext_lazy("今天或以后；在此之前的结果不会改动"),
    )
    note = forms.CharField(
        label=gettext_lazy("理由（员工可见）"),
        max_length=500,
        widget=forms.Textarea({"rows": 2, "data-ck-grow": ""}),
    )


class SetForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    key = forms.SlugField(
        label=gettext_lazy("代码"),
        max_length=40,
        help_text=gettext_lazy("小写字母、数字和短横，例如 team-b"),
    )
    copy_of = forms.ModelChoiceField(
        label=gettext_lazy("以此为底本"),
        queryset=PolicySet.objects.none(),
        required=False,
        empty_label=gettext_lazy("随软件提供的样本"),
    )
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        copy_of = self.fields["copy_of"]
        if isinstance(copy_of, forms.ModelChoiceField):
            copy_of.queryset = PolicySet.objects.all()


class AssignForm(forms.Form):
    unit = forms.ChoiceField(label=gettext_lazy("单位"))
    valid_from = forms.DateField(label=gettext_lazy("开始"), widget=DateInput())
    until = forms.DateField(
        label=gettext_lazy("结束（含当天）"), widget=DateInput(), required=False
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: dt.date) -> None:
        super().__init__(data, initial={"valid_from": today})
        unit = self.fields["unit"]
        kinds = dict(unit_choices())
        if isinstance(unit, forms.ChoiceField):
            unit.choices = [
                (f"{each.kind}:{each.id}", f"{kinds.get(each.kind, '')} {each.name}")
                for each in ports.units.ask()
                if each.kind in UnitKind.values
            ]


class EndForm(forms.Form):
    until = forms.DateField(label=gettext_lazy("结束（含当天）"), widget=DateInput())


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("TOML 文件"),
        widget=FileDrop(
            {"accept": ".toml"},
            most_bytes=rules.LIMIT_BYTES,
            hint=gettext_lazy("由“导出”得到的文件，不超过 512 KB"),
        ),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500)
