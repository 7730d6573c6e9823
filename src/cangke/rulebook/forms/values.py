"""One parameter as a form field of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import queries, rules
from ..rules import Kind

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
        options = _choices(column, self.language)
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
        initial = {"value": typed_in(parameter, stored), "revision": revision}
        super().__init__(data, initial=initial)
        self.fields["value"] = field_for(parameter, queries.reading_language())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "value" in cleaned:
            try:
                cleaned["value"] = rules.check(
                    self.parameter, stored_form(self.parameter, cleaned["value"])
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


def field_for(parameter: rules.Parameter, language: str) -> forms.Field:
    """The input for a parameter of this kind."""
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
            return forms.ChoiceField(label=label, choices=_choices(parameter, language))
        case Kind.TIME:
            return forms.CharField(label=label, widget=forms.TimeInput({"type": "time"}))
        case Kind.TEXT:
            widget = forms.Textarea({"rows": 4, "data-ck-grow": ""})
            return forms.CharField(
                label=label, widget=widget, required=not parameter.empty, strip=False
            )
        case Kind.TEXTS if parameter.options:
            return forms.MultipleChoiceField(
                label=label,
                choices=_choices(parameter, language),
                widget=forms.CheckboxSelectMultiple,
                required=not parameter.empty,
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


def _choices(parameter: rules.Parameter, language: str) -> list[tuple[str, str]]:
    return [(o.value, o.label_en if language == "en" else o.label) for o in parameter.options]


def typed_in(parameter: rules.Parameter, stored: Any) -> Any:
    """A stored value as its input shows it."""
    match parameter.kind:
        case Kind.BOOL:
            return YES if stored else NO
        case Kind.TEXTS if parameter.options:
            return stored
        case Kind.INTS | Kind.TEXTS:
            return "\n".join(str(each) for each in stored)
        case _:
            return stored


def stored_form(parameter: rules.Parameter, typed: Any) -> Any:
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
        case Kind.TEXTS if parameter.options:
            return list(typed)
        case Kind.TEXTS:
            return _lines(typed)
        case Kind.ROWS:
            return [
                {column.key: stored_form(column, row[column.key]) for column in parameter.columns}
                for row in typed
            ]
        case _:
            return typed


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _whole(typed: str) -> int | str:
    text = typed.strip().replace(",", "")
    return int(text) if text.lstrip("-").isdecimal() and text.isascii() and len(text) < 20 else text
