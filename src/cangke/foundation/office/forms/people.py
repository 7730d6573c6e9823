from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, AccountKind, day_of
from cangke.foundation.ui.public import Search

from .. import queries


def _role_choices() -> list[tuple[str, Any]]:
    return list(queries.role_names().items())


class AccountFilter(django_filters.FilterSet):
    """What the list of accounts can be narrowed by."""

    q = django_filters.CharFilter(
        label=_("搜索"),
        method="search",
        widget=Search(attrs={"placeholder": _("姓名、登录名")}),
    )
    kind = django_filters.ChoiceFilter(
        label=_("类别"), choices=lambda: AccountKind.choices, empty_label=_("不限")
    )
    role = django_filters.ChoiceFilter(
        label=_("角色"), choices=_role_choices, method="by_role", empty_label=_("不限")
    )
    active = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[("1", _("使用中")), ("0", _("已停用"))],
        method="by_state",
        empty_label=_("不限"),
    )
    factor = django_filters.ChoiceFilter(
        label=_("两步验证"),
        choices=[("1", _("已启用")), ("0", _("未启用"))],
        method="by_factor",
        empty_label=_("不限"),
    )

    class Meta:
        model = Account
        fields: list[str] = []

    def search(self, rows: QuerySet[Account], _name: str, value: str) -> QuerySet[Account]:
        return rows.filter(Q(username__icontains=value) | Q(display_name__icontains=value))

    def by_role(self, rows: QuerySet[Account], _name: str, value: str) -> QuerySet[Account]:
        return queries.with_role(rows, value, day=day_of(timezone.now()))

    def by_factor(self, rows: QuerySet[Account], _name: str, value: str) -> QuerySet[Account]:
        return queries.with_second_factor(rows, has=value == "1")

    def by_state(self, rows: QuerySet[Account], _name: str, value: str) -> QuerySet[Account]:
        return rows.filter(is_active=value == "1")
