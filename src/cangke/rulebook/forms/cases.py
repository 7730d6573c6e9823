"""One example of the draft: what is given, what must come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import queries, rules
from ..rules import Kind
from .values import field_for, stored_form, typed_in


class CaseForm(forms.Form):
    """An example of one rule; what is left empty is not given, or not asked."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("案例"), max_length=120, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        evaluator: rules.Evaluator,
        case: Mapping[str, Any] | None,
        revision: int,
    ) -> None:
        self.evaluator = evaluator
        self.groups = (("given", evaluator.given), ("expect", evaluator.expect))
        initial: dict[str, Any] = {"revision": revision, "name": (case or {}).get("name", "")}
        for group, parameters in self.groups:
            held = (case or {}).get(group, {})
            for each in parameters:
                if each.key in held:
                    initial[f"{group}_{each.key}"] = typed_in(each, held[each.key])
        super().__init__(data, initial=initial)
        for group, parameters in self.groups:
            for each in parameters:
                self.fields[f"{group}_{each.key}"] = _optional(each, group)

    def rows(self, group: str, parameters: Sequence[rules.Parameter]) -> list[forms.BoundField]:
        return [self[f"{group}_{each.key}"] for each in parameters]

    @property
    def given_rows(self) -> list[forms.BoundField]:
        return self.rows("given", self.evaluator.given)

    @property
    def expect_rows(self) -> list[forms.BoundField]:
        return self.rows("expect", self.evaluator.expect)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for group, parameters in self.groups:
            for each in parameters:
                name = f"{group}_{each.key}"
                typed = cleaned.get(name)
                if typed in (None, ""):
                    cleaned[name] = None
                    continue
                try:
                    cleaned[name] = rules.check(each, stored_form(each, typed))
                except rules.BadValue as refused:
                    sentence = _(refused.problem.sentence) % dict(refused.problem.facts)
                    self.add_error(name, sentence)
        return cleaned

    def case(self) -> dict[str, Any]:
        """The example in stored form."""
        told: dict[str, Any] = {
            "rule": self.evaluator.code,
            "name": self.cleaned_data["name"].strip(),
        }
        for group, parameters in self.groups:
            told[group] = {
                each.key: self.cleaned_data[f"{group}_{each.key}"]
                for each in parameters
                if self.cleaned_data.get(f"{group}_{each.key}") is not None
            }
        return told


def _optional(parameter: rules.Parameter, group: str) -> forms.Field:
    language = queries.reading_language()
    field = field_for(parameter, language)
    field.label, field.required = parameter.label_in(language), False
    if isinstance(field, forms.ChoiceField):
        chosen: Any = field.choices
        field.choices = [("", "—"), *chosen]
    if group == "given":
        usual = parameter.default
        if parameter.kind is Kind.BOOL:
            usual = _("是") if parameter.default else _("否")
        field.help_text = _("不填按 %s") % usual
    return field


__all__ = ["CaseForm"]
