from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cangke.customers.public import Client
from cangke.desk.public import Basis, Channel, ReportFilter
from cangke.foundation.calendar.public import day_bounds, site_day
from cangke.foundation.ui.public import MonthField
from cangke.people.public import Employee, Shop, Team, default_site

LONGEST_DAYS = 400


def period_choices() -> list[tuple[str, Any]]:
    return [
        ("today", _("今天")),
        ("yesterday", _("昨天")),
        ("week", _("近 7 天")),
        ("month", _("近 30 天")),
        ("this_month", _("本月")),
        ("last_month", _("上月")),
        ("days", _("指定日期")),
    ]


def basis_choices() -> list[tuple[str, Any]]:
    return [
        (Basis.HOUSE, _("本公司")),
        (Basis.TAOBAO, _("淘宝")),
        (Basis.KUAISHOU, _("快手")),
        (Basis.PINDUODUO, _("拼多多")),
    ]


class ServiceFilter(forms.Form):
    """Which days and which part of the talk; kept in the address."""

    period = forms.ChoiceField(label=_("时间"), choices=period_choices, required=False)
    first = forms.DateField(
        label=_("从"),
        required=False,
        widget=forms.DateInput(attrs={"data-ck-date": "", "autocomplete": "off"}),
    )
    last = forms.DateField(
        label=_("到"),
        required=False,
        widget=forms.DateInput(attrs={"data-ck-date": "", "autocomplete": "off"}),
    )
    channel = forms.ModelChoiceField(
        label=_("渠道"), queryset=Channel.objects.all(), required=False, empty_label=_("全部")
    )
    shop = forms.ModelChoiceField(
        label=_("店铺"), queryset=Shop.objects.all(), required=False, empty_label=_("全部")
    )
    client = forms.ModelChoiceField(
        label=_("仓储客户"), queryset=Client.objects.all(), required=False, empty_label=_("全部")
    )
    team = forms.ModelChoiceField(
        label=_("组"), queryset=Team.objects.all(), required=False, empty_label=_("全部")
    )
    agent = forms.ModelChoiceField(
        label=_("客服"),
        queryset=Employee.objects.employed(),
        required=False,
        empty_label=_("全部"),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("period") != "days":
            return values
        first, last = values.get("first"), values.get("last")
        if not first or not last:
            self.add_error("first", _now("请填写开始和结束日期。"))
        elif first > last:
            self.add_error("last", _now("结束日期不能早于开始日期。"))
        elif (last - first).days > LONGEST_DAYS:
            self.add_error("last", _now("一次最多查 400 天，请缩短时间。"))
        return values

    def chosen(self, *, at: dt.datetime) -> ReportFilter:
        """Return the filter; days are those of the default site."""
        values = self.cleaned_data
        site = default_site()
        zone = site.zone if site else "UTC"
        first, last = self._days(site_day(at, zone))
        part: dict[str, Any] = {
            f"{name}_id": values[name].pk if values.get(name) else None
            for name in ("channel", "shop", "client", "team", "agent")
        }
        return ReportFilter(
            first_date=first,
            last_date=last,
            since=day_bounds(first, zone)[0],
            until=day_bounds(last, zone)[1],
            basis=Basis(values.get("basis") or Basis.HOUSE),
            **part,
        )

    def _days(self, today: dt.date) -> tuple[dt.date, dt.date]:
        period = self.cleaned_data.get("period") or "month"
        month = today.replace(day=1)
        before = month - dt.timedelta(days=1)
        spans = {
            "today": (today, today),
            "yesterday": (today - dt.timedelta(days=1), today - dt.timedelta(days=1)),
            "week": (today - dt.timedelta(days=6), today),
            "month": (today - dt.timedelta(days=29), today),
            "this_month": (month, today),
            "last_month": (before.replace(day=1), before),
        }
        if period == "days":
            return self.cleaned_data["first"], self.cleaned_data["last"]
        return spans[period]


class FiguresFilter(ServiceFilter):
    """The same, and whose definitions the response figures go by."""

    basis = forms.ChoiceField(
        label=_("指标口径"),
        choices=basis_choices,
        required=False,
        help_text=_("口径写在制度里，可以查看和修改。"),
    )


def said_choices() -> list[tuple[str, Any]]:
    return [
        ("", _("全部")),
        ("rated", _("已评")),
        ("satisfied", _("满意")),
        ("unsatisfied", _("不满意")),
        ("noted", _("有留言")),
        ("silent", _("没有评")),
    ]


class RatingFilter(ServiceFilter):
    """The same, and what the customers have said."""

    SAID: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "rated": {"score__isnull": False},
        "satisfied": {"satisfied": True},
        "unsatisfied": {"satisfied": False},
        "noted": {"note__gt": ""},
        "silent": {"score__isnull": True},
    }

    said = forms.ChoiceField(label=_("顾客评价"), choices=said_choices, required=False)


class MonthForm(forms.Form):
    """Which month, and which team of those within reach."""

    month = MonthField(label=_("月份"))
    team = forms.ModelChoiceField(
        label=_("组"), queryset=Team.objects.none(), required=False, empty_label=_("全部")
    )

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = teams
