from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.ui.public import Search

from .models import Job, JobState


class JobFilter(django_filters.FilterSet):
    """What one's own jobs can be narrowed by."""

    q = django_filters.CharFilter(
        label=_("搜索"), method="search", widget=Search(attrs={"placeholder": _("名称、说明")})
    )
    state = django_filters.MultipleChoiceFilter(label=_("状态"), choices=lambda: JobState.choices)

    class Meta:
        model = Job
        fields: list[str] = []

    def search(self, rows: QuerySet[Job], _name: str, value: str) -> QuerySet[Job]:
        return rows.filter(title__icontains=value) | rows.filter(message__icontains=value)
