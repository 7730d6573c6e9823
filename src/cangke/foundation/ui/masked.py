"""Forms over personal data: what is masked on the page is masked in its form too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.forms import BaseForm
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, shown


class KeepsMasked(BaseForm):
    """
    Mix into a form (first) that changes personal fields of something that exists.

    Call `keep_masked` at the end of ``__init__``: those fields start empty with the masked value as
    a hint, and left empty they keep what is there. Whoever wants to read the whole value reveals
    it, with a reason and a record.
    """

    def keep_masked(self, account: Account, obj: Model, names: Iterable[str]) -> None:
        """Hide the values of the fields that ``obj`` has under the same names."""
        self._kept = {name: getattr(obj, name) for name in names if getattr(obj, name, "")}
        for name in self._kept:
            field = self.fields[name]
            field.required = False
            field.help_text = _("留空则保持不变。")
            field.widget.attrs |= {
                "placeholder": shown(account, obj, name),
                "autocomplete": "off",
            }
            self.initial[name] = ""

    def clean(self) -> Any:
        values = super().clean()
        found = self.cleaned_data if values is None else values
        for name, kept in getattr(self, "_kept", {}).items():
            if name not in self.errors and not found.get(name):
                found[name] = kept
        return found
