from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import CLASSES, Account
from cangke.foundation.audit.public import LABELS, AuditEntry
from cangke.foundation.ui.public import DateRange, Search, SearchSelect

from .. import queries


def _object_choices() -> list[tuple[str, Any]]:
    models = sorted(CLASSES, key=lambda model: model._meta.label)
    return [(model._meta.label, model._meta.verbose_name) for model in models]


def _act_choices() -> list[tuple[str, Any]]:
    return list(LABELS.items())


class AuditFilter(django_filters.FilterSet):
    """What the audit log can be searched and narrowed by."""

    q = django_filters.CharFilter(
        label=_("搜索"),
        method="search",
        widget=Search(attrs={"placeholder": _("人、动作、对象编号、事由")}),
    )
    actor = django_filters.ModelChoiceFilter(
        label=_("谁"),
        queryset=lambda _request: queries.list_actors(),
        widget=SearchSelect,
        empty_label=_("不限"),
    )
    action = django_filters.ChoiceFilter(
        label=_("动作"), choices=_act_choices, widget=SearchSelect, empty_label=_("不限")
    )
    object_type = django_filters.ChoiceFilter(
        label=_("对象类别"), choices=_object_choices, empty_label=_("不限")
    )
    object_id = django_filters.CharFilter(label=_("对象编号"))
    at = django_filters.DateFromToRangeFilter(label=_("日期"), widget=DateRange)

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def search(self, rows: QuerySet[AuditEntry], _name: str, value: str) -> QuerySet[AuditEntry]:
        value = value.strip()
        people = Account.objects.filter(
            Q(username__icontains=value) | Q(display_name__icontains=value)
        ).values("pk")[:200]
        acts = [code for code, label in LABELS.items() if value in str(label) or value == code]
        return rows.filter(
            Q(actor__in=people)
            | Q(action__in=acts)
            | Q(action__startswith=value)
            | Q(object_id=value.removeprefix("#"))
            | Q(reason__icontains=value)
        )
