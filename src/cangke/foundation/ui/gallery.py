"""Every component on pages of its own, with made-up content; served in debug mode only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from cangke.foundation.access.public import Account, signed_in
from cangke.foundation.refusal import Refusal

from . import charts, errors
from .listing import Bulk, Column, Count, Empty, ListPage, Preset
from .menu import Badge, MenuItem
from .replies import toast
from .shapes import Explanation, Fact, Happening, Step, Sum
from .widgets import (
    DateInput,
    DateRange,
    DateTimeInput,
    FileDrop,
    Search,
    SearchSelect,
    SearchSelectMultiple,
    Switch,
)

MENU = [
    MenuItem("工作台", "ui:gallery-desk", "chat", area="desk", badge=lambda _who: Badge(7)),
    MenuItem(
        "订单", "ui:gallery-list", "orders", area="ui", badge=lambda _who: Badge(3, late=True)
    ),
    MenuItem("仓库", "ui:gallery-form", "house", area="warehouse"),
    MenuItem("售后", "ui:gallery-detail", "return", area="aftersales", badge=lambda _who: 12),
    MenuItem(
        "投诉", "ui:gallery", "horn", area="complaints", badge=lambda _who: Badge(2, late=True)
    ),
    MenuItem("客户", "ui:gallery", "person", area="customers"),
    MenuItem("营销", "ui:gallery", "tag", area="growth"),
    MenuItem("结算", "ui:gallery", "yuan", area="billing"),
    MenuItem("知识", "ui:gallery", "book", area="knowledge"),
    MenuItem("人事", "ui:gallery", "card", area="people", badge=lambda _who: 1),
    MenuItem("主管", "ui:gallery-board", "gauge", area="supervision"),
    MenuItem("报表", "ui:gallery-charts", "chart", area="reports"),
    MenuItem("制度", "ui:gallery-explain", "scale", area="rulebook"),
    MenuItem("设置", "ui:gallery-form", "sliders", area="settings", foot=True),
]


@dataclass
class SampleOrder:
    pk: int
    tone: str
    mark: str
    state: str
    buyer: str
    shop: str
    goods: str
    amount: Decimal
    currency: str
    owner: str
    hours: float
    chased: int
    flag: bool

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def due(self) -> dt.datetime:
        return timezone.now() + dt.timedelta(hours=self.hours)


SAMPLES = [
    SampleOrder(*row)
    for row in [
        (
            536398,
            "late",
            "warn",
            "迟发 1:46",
            "柚子茶",
            "亿果",
            "红色复古闹钟 22727 等 2 种",
            Decimal("146.30"),
            "CNY",
            "孙悦",
            -1.8,
            3,
            True,
        ),
        (
            536372,
            "wait",
            "clock",
            "待发货",
            "小鱼妈妈",
            "亿境",
            "米字旗热水袋 84029G 等 2 种",
            Decimal("110.40"),
            "CNY",
            "王芳",
            2.2,
            2,
            True,
        ),
        (
            536407,
            "wait",
            "clock",
            "待发货",
            "慢慢来_",
            "亿境",
            "白色金属灯笼 71053",
            Decimal("67.80"),
            "CNY",
            "李强",
            2.2,
            1,
            False,
        ),
        (
            536401,
            "late",
            "warn",
            "迟发 0:46",
            "阿ken",
            "魔甲人",
            "粉色复古闹钟 22728",
            Decimal("90.00"),
            "CNY",
            "冯琳",
            -0.8,
            2,
            False,
        ),
        (
            536412,
            "",
            "truck",
            "已发货",
            "林小满",
            "亿果",
            "熊猫与兔贴纸 21724 等 3 种",
            Decimal("38.60"),
            "CNY",
            "孙悦",
            -4,
            0,
            True,
        ),
        (
            536415,
            "block",
            "hold",
            "挂起 · 缺邮编",
            "Laura Weber",
            "Yijing EU",
            "奶油色爱神衣架 84406B",
            Decimal("44.00"),
            "EUR",
            "周婷",
            26,
            0,
            False,
        ),
        (
            536409,
            "",
            "truck",
            "已发货",
            "tb_8841207",
            "海盗船",
            "红色毛绒热水袋 84029E",
            Decimal("33.90"),
            "CNY",
            "吴磊",
            -5,
            0,
            False,
        ),
        (
            536416,
            "block",
            "hold",
            "挂起 · 缺货 2 件",
            "小熊不加班",
            "海盗船",
            "俄罗斯套娃收纳盒 22752 × 5",
            Decimal("382.50"),
            "CNY",
            "吴磊",
            21,
            1,
            False,
        ),
        (
            536365,
            "wait",
            "return",
            "售后中",
            "小鱼妈妈",
            "亿境",
            "白色心形吊挂烛台 85123A 等 7 种",
            Decimal("139.12"),
            "CNY",
            "李强",
            -52,
            2,
            True,
        ),
        (
            536370,
            "done",
            "check",
            "已签收",
            "Laura Weber",
            "Yijing EU",
            "粉色复古闹钟 22728 等 6 种",
            Decimal("1318.24"),
            "EUR",
            "周婷",
            -240,
            1,
            False,
        ),
    ]
]


class SampleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="搜索", method="_as_it_is", widget=Search)
    state = django_filters.ChoiceFilter(
        label="状态", method="_as_it_is", choices=[("wait", "待发货"), ("late", "迟发")]
    )
    shop = django_filters.MultipleChoiceFilter(
        label="店铺",
        method="_as_it_is",
        widget=SearchSelectMultiple,
        choices=[("1", "亿果"), ("2", "亿境"), ("3", "海盗船")],
    )
    due = django_filters.DateFromToRangeFilter(label="约定", method="_as_it_is", widget=DateRange)

    def _as_it_is(self, rows: Any, name: str, value: Any) -> Any:
        return rows


class SampleList(ListPage[Account]):
    name = "ui.gallery"
    template = "ui/gallery/list.html"
    filterset_class = SampleFilter
    columns = [
        Column("flag", "旗", always=True),
        Column("number", "订单", sort="pk", always=True, phone="head"),
        Column("state", "状态", sort="is_active", phone="side"),
        Column("buyer", "买家", phone="line"),
        Column("shop", "店铺"),
        Column("goods", "商品", phone="line"),
        Column("amount", "金额", sort="pk", numeric=True, phone="line"),
        Column("owner", "归属"),
        Column("due", "约定发货", sort="date_joined", phone="line"),
        Column("chased", "催单 / 追问", hidden=False),
        Column("note", "备注", hidden=True),
    ]
    default_sort = "-state"
    presets = [
        Preset("all", "全部"),
        Preset("today", "今天要发"),
        Preset("late", "迟发", "state=late", tone="late"),
        Preset("held", "挂起"),
        Preset("mine", "我的单"),
    ]
    bulk = [
        Bulk("chase", "追问仓库", "ui:gallery-done", icon="house"),
        Bulk("rush", "加急", "ui:gallery-done", icon="bolt"),
        Bulk(
            "drop", "取消", "ui:gallery-done", icon="x", confirm="取消选中的订单？客户会收到通知。"
        ),
    ]
    empty = Empty(
        "还没有订单",
        "先导入一份订单表，或连接店铺。导入前会逐行检查，有问题的行单独列出，不影响其余行。",
        [("导入订单表", "ui:gallery-form"), ("连接店铺", "ui:gallery")],
    )
    export = "gallery"
    unit = "单"

    @property
    def kind(self) -> str:
        return self.request.GET.get("kind", "rows")

    @property
    def _looked(self) -> Any:  # type: ignore[override]  # rows made up in memory
        return (SAMPLES * 2 if self.kind == "rows" and self.valid else []), self.kind == "rows"

    @property
    def count(self) -> Count:  # type: ignore[override]
        return Count(10_000, more=True) if self.kind == "rows" else Count(0)

    def count_tabs(self) -> None:
        for tab, number in zip(self.tabs, ["999+", "38", "3", "12", "9"], strict=False):
            tab.count = number

    def summary(self) -> str:
        return "合计 ¥142,310.20 与 €1,604.40"


class SampleForm(forms.Form):
    name = forms.CharField(
        label="收件人", max_length=40, help_text="与面单一致，海外件用拼音或英文"
    )
    phone = forms.CharField(label="电话", max_length=20)
    promised_at = forms.DateTimeField(label="约定发货", widget=DateTimeInput)
    birthday = forms.DateField(label="客户生日", widget=DateInput, required=False)
    amount = forms.DecimalField(label="补偿金额", max_digits=8, decimal_places=2)
    carrier = forms.ChoiceField(
        label="承运商",
        widget=SearchSelect,
        choices=[("", "—"), ("sf", "顺丰"), ("zto", "中通"), ("dhl", "DHL"), ("ups", "UPS")],
    )
    gifts = forms.MultipleChoiceField(
        label="礼品",
        widget=forms.CheckboxSelectMultiple,
        choices=[("card", "贺卡"), ("bag", "礼品袋"), ("none", "不放价签")],
        required=False,
    )
    urgency = forms.ChoiceField(
        label="紧急程度",
        widget=forms.RadioSelect,
        choices=[("1", "今天必须发"), ("2", "尽快"), ("3", "不急")],
    )
    note = forms.CharField(
        label="其他特殊要求",
        widget=forms.Textarea(attrs={"rows": 3, "data-ck-grow": ""}),
        required=False,
    )
    photo = forms.FileField(
        label="照片",
        widget=FileDrop(most_bytes=5 * 1024 * 1024, hint="JPG、PNG，每张不超过 5 MB"),
        required=False,
    )
    notify = forms.BooleanField(label="发货后通知客户", widget=Switch, required=False)
    agree = forms.BooleanField(label="已和客户确认地址")


EXPLANATION = Explanation(
    title="为什么仓库承担 ¥20.00",
    clause="责任判定 2.1 迟发",
    clause_url="#",
    clause_text="未在约定时间发货，由归属客服承担；约定时间前后 24 小时内追问过仓库的，"
    "客服免责，由仓库承担。",
    version="第 3 版，2025-03-01 起",
    facts=[
        Fact("约定时间", "04-16 18:00", "承诺 P-1182", "#"),
        Fact("追问仓库", "04-16 15:20，李强", "追问 W-640", "#"),
        Fact("实际发货", "04-17 14:00", "出库 OB-88213", "#"),
        Fact("赔付标准", "迟发每单 20 元", "责任判定 2.4", "#"),
    ],
    sums=[
        Sum("迟发 = 04-17 14:00 − 04-16 18:00", "20 小时"),
        Sum("追问早于约定 2:40，在 ± 24 小时内", "客服免责", tone="done"),
        Sum("赔付 20.00 × 1 单", "20.00"),
        Sum("李强 0.00 · 仓库", "¥20.00", total=True),
    ],
    decisions=["系统 04-17 14:01 判定 → 陈静（组长）04-17 15:02 确认", "条款由客服主管 张慧 修改"],
    objection="宁波一仓可在 04-20 15:02 前提出",
    objection_url="#",
)

STEPS = [
    Step("已付款", "04-15 21:12", "done"),
    Step("交仓", "04-16 09:05", "done"),
    Step("约定发货", "04-16 18:00 未发", "late"),
    Step("已发货", "04-17 14:00", "done"),
    Step("签收中", "预计今天", "now"),
    Step("完成"),
]


def _timeline() -> list[Happening]:
    now = timezone.now()
    return [
        Happening(
            now - dt.timedelta(minutes=3),
            "仓库核实：21730 少发 1，称重差 0.31 kg",
            "刘洋 · 证据：称重记录、复核照片 2 张",
            "late",
        ),
        Happening(
            now - dt.timedelta(hours=5),
            "客户反馈少一个磨砂星形烛台",
            "小鱼妈妈 · 会话 C-20250418-0387 · 王芳 接待",
            url="#",
        ),
        Happening(now - dt.timedelta(days=1), "已签收 · 本人", "顺丰 SF1304475930827", "done"),
        Happening(
            now - dt.timedelta(days=20), "已发货，迟于约定 20 小时", "出库单 OB-88213", "wait"
        ),
        Happening(now - dt.timedelta(days=420), "客户首次下单", tone="key"),
    ]


def _hours() -> charts.Chart:
    asked = [38, 61, 84, 72, 40, 58, 79, 66, 48, 51, 69, 88, 74, 45, 21]
    return charts.bar(
        [str(hour) for hour in range(9, 24)],
        charts.Series("咨询", asked, marks={2: "late", 6: "late"}),
        charts.Series(
            "可接待",
            [60, 60, 78, 78, 60, 72, 78, 78, 84, 48, 48, 48, 48, 48, 36],
            type="line",
            dashed=True,
            tone="mute",
        ),
        unit="次",
    )


def _charts() -> list[tuple[str, charts.Chart]]:
    days = [f"04-{day:02}" for day in range(5, 19)]
    shares = [
        Decimal(each)
        for each in [
            "93.1",
            "94.0",
            "92.4",
            "95.5",
            "96.1",
            "94.9",
            "95.8",
            "96.4",
            "95",
            "97",
            "96",
            "95.2",
            "96.4",
            "96",
        ]
    ]
    week = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
    load = [
        [(hour * (day + 3) * 7) % 23 if 8 <= hour <= 22 else None for hour in range(7, 24)]
        for day in range(7)
    ]
    return [
        (
            "首次响应与 3 分钟回复率",
            charts.line(
                days,
                charts.Series(
                    "首响均值",
                    [58, 49, 61, 44, 42, 47, 43, 40, 45, 39, 41, None, 40, 42],
                    unit="秒",
                    area=True,
                ),
                charts.Series(
                    "3 分钟回复率", shares, unit="%", second=True, dashed=True, tone="mute"
                ),
            ),
        ),
        ("每小时咨询量", _hours()),
        (
            "售前、售后接待",
            charts.stacked(
                days,
                charts.Series(
                    "售前", [120, 132, 101, 134, 90, 230, 210, 122, 131, 140, 128, 119, 160, 155]
                ),
                charts.Series(
                    "售后", [82, 93, 90, 93, 129, 133, 132, 88, 79, 92, 101, 97, 110, 99]
                ),
            ),
        ),
        (
            "投诉原因",
            charts.pareto(
                ["发货迟", "少发错发", "破损", "物流慢", "态度", "其他"],
                [34, 21, 13, 9, 4, 3],
                name="件",
                share="累计占比",
            ),
        ),
        ("咨询热力图", charts.heat(week, [str(hour) for hour in range(7, 24)], load, unit="次")),
        ("渠道占比", charts.pie(["旺旺", "网页", "邮件", "电话"], [412, 230, 96, 41], name="会话")),
        (
            "库龄",
            charts.across(
                ["0–30 天", "31–60 天", "61–90 天", "90 天以上"],
                charts.Series("件", [5200, 2100, 860, 340], marks={3: "late"}),
            ),
        ),
        ("没有数据", charts.line([], charts.Series("首响", []))),
    ]


@signed_in
def index(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "since": [now - dt.timedelta(seconds=each) for each in (21, 76, 131, 204, 4980)],
        "until": [now + dt.timedelta(hours=each) for each in (30, 2.24, -0.77, -80)],
        "moments": [now - dt.timedelta(minutes=each) for each in (0, 3, 200, 1500, 90000, 700000)],
        "steps": STEPS,
        "timeline": _timeline(),
        "explanation": EXPLANATION,
        "form": SampleForm(),
        "sparks": [42, 40, 47, 39, 51, 44, 41],
        "text": "物流：https://example.com/t?no=1&x=<2>，\n请查 <b>不加粗</b>",
    }
    return render(request, "ui/gallery/index.html", context)


@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    return SampleList(request, Account.objects.none()).response()


@signed_in
def form(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("kind")
    if wanted == "refusal":
        raise Refusal("这个时间已经过去。仓库今天 17:00 截单，可填 17:00 以后", field="promised_at")
    bound = SampleForm(request.POST if request.method == "POST" else {"name": "小鱼妈妈"})
    filled = bound if request.method == "POST" or wanted == "errors" else SampleForm()
    if filled.is_bound:
        filled.is_valid()
        filled.add_error(None, "没有保存：有 3 处需要改正。您填的内容都还在")
    return render(
        request,
        "ui/gallery/form.html",
        {"form": filled, "cancel_url": "/ui/gallery/"},
        status=422 if filled.is_bound else 200,
    )


@signed_in
def detail(request: HttpRequest) -> HttpResponse:
    context = {"steps": STEPS, "timeline": _timeline(), "samples": SAMPLES[:4]}
    return render(request, "ui/gallery/detail.html", context)


@signed_in
def pictures(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery/charts.html", {"charts": _charts()})


@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery/desk.html")


@signed_in
def board(request: HttpRequest) -> HttpResponse:
    sparks = [
        [5, 6, 9, 12, 10, 9],
        [4, 6, 9, 7, 5, 8],
        [2, 3, 2, 9, 5, 4],
        [5, 7, 6, 8, 6, 7],
        [3, 5, 9, 6, 8, 5],
        [4, 7, 8, 8, 6, 7],
    ]
    return render(request, "ui/gallery/board.html", {"hours": _hours(), "sparks": sparks})


@signed_in
def explain(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/explain.html", {"explanation": EXPLANATION})


@signed_in
def paper(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/gallery/print.html", {"samples": SAMPLES, "now": timezone.now()})


@signed_in
def failure(request: HttpRequest, status: int) -> HttpResponse:
    return errors.error_page(request, status)


@signed_in
def done(request: HttpRequest) -> HttpResponse:
    chosen = len(request.POST.getlist("ids"))
    return toast(HttpResponse(status=204), f"{chosen} 单已追问仓库", undo="/ui/gallery/done/")


urlpatterns = [
    path("gallery/", index, name="gallery"),
    path("gallery/list/", listing, name="gallery-list"),
    path("gallery/form/", form, name="gallery-form"),
    path("gallery/detail/", detail, name="gallery-detail"),
    path("gallery/charts/", pictures, name="gallery-charts"),
    path("gallery/desk/", desk, name="gallery-desk"),
    path("gallery/board/", board, name="gallery-board"),
    path("gallery/explain/", explain, name="gallery-explain"),
    path("gallery/print/", paper, name="gallery-print"),
    path("gallery/error/<int:status>/", failure, name="gallery-error"),
    path("gallery/done/", done, name="gallery-done"),
]
