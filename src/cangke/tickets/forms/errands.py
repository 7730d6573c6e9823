from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cangke.foundation.ui.public import (
    DateTimeInput,
    SearchSelect,
    SearchSelectMultiple,
    Switch,
)
from cangke.people.public import Department, Employee, Team

from ..models import Counterpart


class CounterpartField(forms.ModelChoiceField):
    """A department, in the person's language."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name_in(get_language() or ""))


class MatterForm(forms.Form):
    title = forms.CharField(label=pgettext_lazy("errand", "事项"), max_length=160)
    body = forms.CharField(
        label=_("说明"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 4, "data-ck-grow": "", "class": "ck-input"}),
    )
    due_at = forms.DateTimeField(label=_("期限"), widget=DateTimeInput())


class AskForm(MatterForm):
    """Something asked of a department (A24)."""

    counterpart = CounterpartField(
        label=_("协作部门"),
        queryset=Counterpart.objects.filter(is_active=True),
        empty_label=_("请选择"),
    )
    field_order = ("counterpart", "title", "body", "due_at")


class OrderForm(MatterForm):
    """A task ordered from above (O18)."""

    receiver = forms.ModelChoiceField(
        label=pgettext_lazy("errand", "承办人"),
        queryset=Employee.objects.none(),
        widget=SearchSelect(),
    )
    field_order = ("receiver", "title", "body", "due_at")

    def __init__(self, *args: Any, me: Employee | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        receiver = self.fields["receiver"]
        assert isinstance(receiver, forms.ModelChoiceField)
        rows = Employee.objects.at_work().filter(account__is_active=True).order_by("name")
        receiver.queryset = rows.exclude(pk=me.pk) if me is not None else rows


class WordsForm(forms.Form):
    text = forms.CharField(
        label=_("内容"),
        max_length=8000,
        widget=forms.Textarea({"rows": 3, "data-ck-grow": "", "class": "ck-input"}),
    )


class AgainForm(WordsForm):
    due_at = forms.DateTimeField(label=_("新期限"), widget=DateTimeInput())


class CounterpartForm(forms.ModelForm):
    """Who answers for a department."""

    class Meta:
        model = Counterpart
        fields = (
            "name",
            "name_en",
            "code",
            "department",
            "team",
            "members",
            "position",
            "is_active",
        )
        widgets = {"members": SearchSelectMultiple(), "is_active": Switch()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True
        self.fields["members"].help_text = _("不选就是整个组，没有组就是整个部门")
        people = Employee.objects.at_work().filter(account__is_active=True).order_by("name")
        for name, rows in (
            ("department", Department.objects.order_by("name")),
            ("team", Team.objects.order_by("name")),
            ("members", people),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
