from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import PERMISSIONS, Account, can, day_of
from cangke.foundation.office.public import by_room
from cangke.foundation.ui.public import DateInput, Search

from .models import ApiToken

USUAL = dt.timedelta(days=90)


class TokenForm(forms.Form):
    """A token: what for, until when, and which of one's own rights."""

    name = forms.CharField(
        label=_("用途"),
        max_length=60,
        help_text=_("写清给哪个系统用，例如“店铺同步订单”。"),
    )
    valid_until = forms.DateField(
        label=_("到期日"), widget=DateInput, help_text=_("含当天，最长一年。")
    )
    scopes = forms.MultipleChoiceField(
        label=_("权限"), error_messages={"required": _("请至少勾选一项权限。")}
    )

    def __init__(self, *args: Any, by: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [code for code in PERMISSIONS if can(by, code)]
        field = self.fields["scopes"]
        field.choices = [(code, PERMISSIONS[code].label) for code in self.codes]  # type: ignore[attr-defined]
        self.fields["valid_until"].initial = day_of(timezone.now() + USUAL)

    def rooms(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The ticks by room: code, label, whether ticked."""
        ticked = set(self["scopes"].value() or [])
        return [
            (
                room,
                [
                    {"code": code, "label": PERMISSIONS[code].label, "ticked": code in ticked}
                    for code in codes
                ],
            )
            for room, codes in by_room(self.codes)
        ]

    def values(self) -> dict[str, Any]:
        """What `make_token` takes; the day counts to its end in the company's zone."""
        after = self.cleaned_data["valid_until"] + dt.timedelta(days=1)
        return {
            "name": self.cleaned_data["name"],
            "scopes": self.cleaned_data["scopes"],
            "expires_at": timezone.make_aware(
                dt.datetime.combine(after, dt.time()), timezone.get_default_timezone()
            ),
        }


class TokenFilter(django_filters.FilterSet):
    """What the list of tokens can be narrowed by."""

    q = django_filters.CharFilter(
        label=_("搜索"),
        method="search",
        widget=Search(attrs={"placeholder": _("用途、开头、账户")}),
    )
    state = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[("valid", _("有效")), ("ended", _("已失效"))],
        method="by_state",
        empty_label=_("不限"),
    )

    class Meta:
        model = ApiToken
        fields: list[str] = []

    def search(self, rows: QuerySet[ApiToken], _name: str, value: str) -> QuerySet[ApiToken]:
        value = value.strip()
        return rows.filter(
            Q(name__icontains=value)
            | Q(prefix__startswith=value.lower())
            | Q(account__username__icontains=value)
            | Q(account__display_name__icontains=value)
        )

    def by_state(self, rows: QuerySet[ApiToken], _name: str, value: str) -> QuerySet[ApiToken]:
        valid = Q(revoked_at__isnull=True, expires_at__gt=timezone.now(), account__is_active=True)
        return rows.filter(valid) if value == "valid" else rows.exclude(valid)
