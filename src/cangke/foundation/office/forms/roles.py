from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import PERMISSIONS, Account, held_everywhere

from .. import queries


class RoleForm(forms.Form):
    """A company role: its name and the permissions that are ticked."""

    name = forms.CharField(label=_("名称"), max_length=60)
    code = forms.SlugField(
        label=_("代码"),
        max_length=40,
        help_text=_("小写字母、数字、短横线。与预设角色同名时，改写那个预设。"),
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
    permissions = forms.MultipleChoiceField(label=_("权限"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, by: Account, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        field = self.fields["permissions"]
        field.choices = [(code, each.label) for code, each in PERMISSIONS.items()]  # type: ignore[attr-defined]
        if fixed:
            del self.fields["code"]

    def rooms(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The ticks by room: code, label, whether ticked, whether the editor may tick it."""
        ticked = set(self["permissions"].value() or [])
        held = held_everywhere(self.by)
        return [
            (
                room,
                [
                    {
                        "code": code,
                        "label": PERMISSIONS[code].label,
                        "ticked": code in ticked,
                        "held": code in held,
                    }
                    for code in codes
                ],
            )
            for room, codes in queries.by_room(PERMISSIONS)
        ]
