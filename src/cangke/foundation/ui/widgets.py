"""Widgets that work as plain fields and that the script makes quicker."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters.widgets import DateRangeWidget

from .assets import asset_url


class DateInput(forms.DateInput):
    """A calendar day as ``2026-11-23``; the script adds a picker, a phone its own."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            attrs={
                "data-ck-date": "",
                "placeholder": "2026-01-31",
                "autocomplete": "off",
                "inputmode": "numeric",
                **(attrs or {}),
            },
            format="%Y-%m-%d",
        )


class DateTimeInput(forms.DateTimeInput):
    """A moment as ``2026-11-23 18:00``, in the zone in force (the person's own)."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            attrs={
                "data-ck-datetime": "",
                "placeholder": "2026-01-31 18:00",
                "autocomplete": "off",
                **(attrs or {}),
            },
            format="%Y-%m-%d %H:%M",
        )


class MonthField(forms.RegexField):
    """A month as ``2026-04``, read as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            r"[12]\d{3}-(0[1-9]|1[0-2])",
            help_text="2026-04",
            error_messages={"invalid": _("月份写作 2026-04")},
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return dt.date.fromisoformat(f"{text}-01") if text else None


class DateRange(DateRangeWidget):
    """Two days, for `django_filters.DateFromToRangeFilter`."""

    template_name = "ui/widgets/range.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs)
        self.widgets = [
            DateInput({"aria-label": pgettext_lazy("date range", "从"), "class": "ck-input"}),
            DateInput({"aria-label": pgettext_lazy("date range", "到"), "class": "ck-input"}),
        ]


class Search(forms.TextInput):
    """A search box; ``/`` brings the focus here."""

    input_type = "search"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            attrs={
                "data-ck-search": "",
                "placeholder": _("搜索"),
                "autocomplete": "off",
                **(attrs or {}),
            }
        )


class SearchSelect(forms.Select):
    """A choice among many that can be searched; ``url`` asks the server for the choices."""

    def __init__(
        self, attrs: dict[str, Any] | None = None, choices: Any = (), url: str = ""
    ) -> None:
        extra = {"data-ck-select": ""}
        if url:
            extra["data-ck-select-url"] = url
        super().__init__(attrs={**extra, **(attrs or {})}, choices=choices)


class SearchSelectMultiple(forms.SelectMultiple):
    """Several choices among many, searched and shown as marks that can be taken off."""

    def __init__(
        self, attrs: dict[str, Any] | None = None, choices: Any = (), url: str = ""
    ) -> None:
        extra = {"data-ck-select": ""}
        if url:
            extra["data-ck-select-url"] = url
        super().__init__(attrs={**extra, **(attrs or {})}, choices=choices)


class Switch(forms.CheckboxInput):
    """A checkbox drawn as a switch: it takes effect when saved like every other field."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": "ck-switch", "role": "switch", **(attrs or {})})


class FileDrop(forms.FileInput):
    """A place to drop, paste or choose a file; ``most_bytes`` is told before sending."""

    template_name = "ui/widgets/drop.html"

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, most_bytes: int = 0, hint: object = ""
    ) -> None:
        super().__init__(attrs=attrs)
        self.most_bytes = most_bytes
        self.hint = hint

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "most_bytes": self.most_bytes,
            "hint": self.hint,
            "sprite": asset_url("icons.svg"),
        }
        return context
