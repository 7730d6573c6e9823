from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.ui.public import DateInput, FileDrop

from . import ports, queries, rules
from .models import PolicySet, UnitKind, unit_choices
from .rules import Kind

SPARE_ROWS = 2
YES, NO = "yes", "no"


class RowsInput(forms.Widget):
    """A table of inputs, one line per row; a line left empty is dropped when saved."""

    template_name = "rulebook/widgets/rows.html"

    def __init__(self, parameter: rules.Parameter, language: str) -> None:
        super().__init__()
        self.parameter = parameter
        self.language = language

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = [dict(row) for row in value or ()]
        rows += [{} for _spare in range(SPARE_ROWS)]
        context["widget"]["columns"] = [
            column.label_in(self.language) for column in self.parameter.columns
        ]
        context["widget"]["rows"] = [
            [self._cell(name, n, column, row) for column in self.parameter.columns]
            for n, row in enumerate(rows)
        ]
        return context

    def _cell(
        self, name: str, n: int, column: rules.Parameter, row: Mapping[str, Any]
    ) -> dict[str, Any]:
        options = [
            (o.value, o.label_en if self.language == "en" else o.label) for o in column.options
        ]
        if column.kind is Kind.BOOL:
            options = [(YES, _("是")), (NO, _("否"))]
        value = row.get(column.key, "")
        if isinstance(value, bool):
            value = YES if value else NO
        return {
            "name": f"{name}-{n}-{column.key}",
            "label": f"{column.label_in(self.language)} {n + 1}",
            "value": value,
            "options": options,
            "type": "time" if column.kind is Kind.TIME else "text",
            "numeric": column.kind in (Kind.INT, Kind.DECIMAL),
        }

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> list[dict[str, str]]:
        rows = []
        for n in range(rules.LONGEST_LIST + 1):
            row = {
                column.key: str(data.get(f"{name}-{n}-{column.key}", "")).strip()
                for column in self.parameter.columns
            }
            if not any(f"{name}-{n}-{column.key}" in data for column in self.parameter.columns):
                break
            rows.append(row)
        return [row for row in rows if any(row.values())]

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> bool:
        return False


class RowsField(forms.Field):
    """Rows as they were typed; `ValueForm` checks them."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(initial != data)


class ValueForm(forms.Form):
    """One parameter of the draft; ``cleaned_data["value"]`` is in stored form."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        parameter: rules.Parameter,
        stored: Any,
        revision: int | None = None,
    ) -> None:
        self.parameter = parameter
        initial = {"value": _typed_in(parameter, stored), "revision": revision}
        super().__init__(data, initial=initial)
        self.fields["value"] = _field(parameter, queries.reading_language())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "value" in cleaned:
            try:
                cleaned["value"] = rules.check(
                    self.parameter, _stored(self.parameter, cleaned["value"])
                )
            except rules.BadValue as refused:
                self.add_error("value", problem_at(self.parameter, refused.problem))
        return cleaned


def problem_at(parameter: rules.Parameter, problem: rules.Problem) -> str:
    """Say which line or cell is refused, and why."""
    sentence = _(problem.sentence) % dict(problem.facts)
    place = problem.place.removeprefix(parameter.key)
    line, _bracket, rest = place.removeprefix("[").partition("]")
    if not place.startswith("["):
        return sentence
    column = next((c for c in parameter.columns if c.key == rest.removeprefix(".")), None)
    name = column.label_in(queries.reading_language()) if column else ""
    where = _("第 %(line)s 行") % {"line": line}
    return f"{where} {name}：{sentence}" if name else f"{where}：{sentence}"


def _field(parameter: rules.Parameter, language: str) -> forms.Field:
    label = gettext_lazy("改为")
    match parameter.kind:
        case Kind.INT:
            attrs = {"inputmode": "numeric", "autocomplete": "off"}
            return forms.CharField(label=label, widget=forms.TextInput(attrs), max_length=20)
        case Kind.DECIMAL:
            attrs = {"inputmode": "decimal", "autocomplete": "off"}
            return forms.CharField(label=label, widget=forms.TextInput(attrs), max_length=30)
        case Kind.BOOL:
            words = parameter.words_en if language == "en" else parameter.words
            yes, no = words if all(words) else (_("是"), _("否"))
            return forms.ChoiceField(label=label, choices=[(YES, yes), (NO, no)])
        case Kind.CHOICE:
            choices = [
                (o.value, o.label_en if language == "en" else o.label) for o in parameter.options
            ]
            return forms.ChoiceField(label=label, choices=choices)
        case Kind.TIME:
            return forms.CharField(label=label, widget=forms.TimeInput({"type": "time"}))
        case Kind.TEXT:
            widget = forms.Textarea({"rows": 4, "data-ck-grow": ""})
            return forms.CharField(
                label=label, widget=widget, required=not parameter.empty, strip=False
            )
        case Kind.INTS | Kind.TEXTS:
            widget = forms.Textarea({"rows": 5, "data-ck-grow": ""})
            hint = gettext_lazy("一行一项")
            return forms.CharField(
                label=label, widget=widget, help_text=hint, required=not parameter.empty
            )
        case Kind.ROWS:
            hint = gettext_lazy("一行一档；清空一行即删除它")
            return RowsField(
                label=label,
                widget=RowsInput(parameter, language),
                help_text=hint,
                required=not parameter.empty,
            )


def _typed_in(parameter: rules.Parameter, stored: Any) -> Any:
    match parameter.kind:
        case Kind.BOOL:
            return YES if stored else NO
        case Kind.INTS | Kind.TEXTS:
            return "\n".join(str(each) for each in stored)
        case _:
            return stored


def _stored(parameter: rules.Parameter, typed: Any) -> Any:
    """What was typed as the stored form would be; the parameter then checks it."""
    match parameter.kind:
        case Kind.INT:
            return _whole(typed)
        case Kind.DECIMAL:
            return typed.strip().replace("，", ",").replace(",", "")
        case Kind.BOOL:
            return typed == YES
        case Kind.TEXT:
            return typed.replace("\r\n", "\n").strip()
        case Kind.INTS:
            return [_whole(line) for line in _lines(typed)]
        case Kind.TEXTS:
            return _lines(typed)
        case Kind.ROWS:
            return [
                {column.key: _stored(column, row[column.key]) for column in parameter.columns}
                for row in typed
            ]
        case _:
            return typed


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _whole(typed: str) -> int | str:
    text = typed.strip().replace(",", "")
    return int(text) if text.lstrip("-").isdecimal() and text.isascii() and len(text) < 20 else text


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


class PublishForm(forms.Form):
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
