from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    PERMISSIONS,
    Account,
    AccountKind,
    Roles,
    ScopeKind,
    codes_of,
    day_of,
    held_everywhere,
    preset_permissions,
    scope_names,
)
from cangke.foundation.ui.public import DateInput, SearchSelect

from .. import queries


def _right_choices(account: Account, by: Account) -> list[tuple[Any, Any]]:
    """Roles, then single permissions by room: those the giver holds and the account may have."""
    givable = held_everywhere(by)
    if account.kind == AccountKind.CLIENT:
        givable &= preset_permissions(Roles.CLIENT)
    roles = [
        (f"role:{code}", name)
        for code, name in queries.role_names().items()
        if codes_of(code) and codes_of(code) <= givable
    ]
    single = [
        (room, [(f"permission:{code}", PERMISSIONS[code].label) for code in codes])
        for room, codes in queries.by_room(givable)
    ]
    return [("", "—"), (_("角色"), roles), *single]


def _reach_choices(account: Account) -> list[tuple[Any, Any]]:
    kinds = [ScopeKind.CLIENT] if account.kind == AccountKind.CLIENT else list(ScopeKind)
    own, named = [], []
    for kind in kinds:
        words, noun = queries.scope_words(kind)
        own.append((f"{kind}:", words))
        if noun:
            known = [(f"{kind}:{pk}", name) for pk, name in scope_names.ask(kind=kind)]
            if known:
                named.append((noun, known))
    return [(_("随本人的归属变化"), own), *named]


class GrantForm(forms.Form):
    """One right for one account: what, how far, from–to, why (Q5)."""

    right = forms.ChoiceField(
        label=_("权限"),
        widget=SearchSelect(attrs={"data-ck-placeholder": _("输入角色或权限的名称")}),
    )
    reach = forms.ChoiceField(
        label=_("范围"),
        widget=SearchSelect,
        help_text=_("“本组”“本部门”随人员调动自动变化；指定名称的不变。"),
    )
    valid_from = forms.DateField(label=_("生效日"), widget=DateInput)
    valid_until = forms.DateField(
        label=_("截止日"),
        widget=DateInput,
        required=False,
        help_text=_("含当天；留空为长期。代班、试用请填上。"),
    )
    reason = forms.CharField(
        label=_("事由"), min_length=2, max_length=200, widget=forms.TextInput()
    )

    def __init__(self, *args: Any, account: Account, by: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["right"].choices = _right_choices(account, by)  # type: ignore[attr-defined]
        self.fields["reach"].choices = _reach_choices(account)  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = day_of(timezone.now())

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("valid_from"), found.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("截止日不能早于生效日。"))
        return found

    def values(self) -> dict[str, Any]:
        """What `access.grant` takes."""
        kind, _colon, code = self.cleaned_data["right"].partition(":")
        reach, _colon, scope_id = self.cleaned_data["reach"].partition(":")
        return {
            kind: code,
            "scope_kind": reach,
            "scope_id": int(scope_id) if scope_id else None,
            "valid_from": self.cleaned_data["valid_from"],
            "valid_until": self.cleaned_data["valid_until"],
            "reason": self.cleaned_data["reason"],
        }
