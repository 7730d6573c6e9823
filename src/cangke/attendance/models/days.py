from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .shifts import ShiftType


def day_state_choices() -> list[tuple[str, Any]]:
    return [
        ("waiting", _("等打卡数据")),
        ("clean", pgettext_lazy("attendance", "正常")),
        ("marked", pgettext_lazy("attendance", "有违规")),
        ("open", _("漏卡待处理")),
        ("away", _("请假")),
    ]


def packet_reason_choices() -> list[tuple[str, Any]]:
    return [
        ("late", _("迟到")),
        ("early", _("早退")),
        ("missed_punch", _("漏卡")),
    ]


def packet_state_choices() -> list[tuple[str, Any]]:
    return [
        ("due", _("待发")),
        ("overdue", _("逾期，加倍补发")),
        ("sent", _("已发")),
        ("pay", _("由工资结算")),
        ("paid", _("已由工资结算")),
        ("waived", _("已免除")),
        ("void", _("不再需要")),
    ]


class DayRecord(models.Model):
    """
    What a shift came to, as the rules of its day say; recomputed whenever a fact changes (K5, K6).

    ``verdicts`` hold each side with its clause and arithmetic; the same facts give the same bytes.
    """

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    date = models.DateField(_("日期"))
    shift_type = models.ForeignKey(
        ShiftType, models.PROTECT, related_name="+", verbose_name=_("班次")
    )
    starts_at = models.DateTimeField(_("上班"))
    ends_at = models.DateTimeField(_("下班"))
    in_at = models.DateTimeField(_("上班打卡"), null=True, blank=True)
    out_at = models.DateTimeField(_("下班打卡"), null=True, blank=True)
    minutes_late = models.PositiveSmallIntegerField(_("迟到分钟"), default=0)
    minutes_early = models.PositiveSmallIntegerField(_("早退分钟"), default=0)
    extension_minutes = models.PositiveSmallIntegerField(_("延长分钟"), default=0)
    absent_days = models.DecimalField(
        _("旷工天数"), max_digits=3, decimal_places=1, default=Decimal(0)
    )
    leave_days = models.DecimalField(
        _("请假天数"), max_digits=3, decimal_places=1, default=Decimal(0)
    )
    missed_in = models.BooleanField(_("上班漏卡"), default=False)
    missed_out = models.BooleanField(_("下班漏卡"), default=False)
    state = models.CharField(_("状态"), max_length=8, choices=day_state_choices)
    verdicts = models.JSONField(_("判定"), default=list)
    rule_set = models.CharField(_("政策集"), max_length=60, blank=True)
    rule_version = models.PositiveIntegerField(_("制度版本"), default=0)
    input_hash = models.CharField(_("事实指纹"), max_length=64)
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = _("考勤日记录")
        verbose_name_plural = _("考勤日记录")
        ordering = ["-date", "employee_id"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "date"], name="day_record_once_a_day")
        ]
        indexes = [
            models.Index(fields=["date", "employee"], name="day_record_of_day"),
            models.Index(fields=["state", "date"], name="day_record_of_state"),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.date}"


class RedPacket(models.Model):
    """
    An obligation of lateness, early leave or a missed punch (拼手气红包, K7–K10).

    ``amount`` is before doubling; ``owed`` what is still to be sent. The system moves no money.
    Where the policy says so, it is settled by the pay of a month instead: ``paid_with`` (L9).
    """

    employee = models.ForeignKey(
        "people.Employee", models.PROTECT, related_name="+", verbose_name=_("员工")
    )
    date = models.DateField(_("日期"))
    side = models.CharField(_("哪一次"), max_length=3)
    reason = models.CharField(_("原因"), max_length=12, choices=packet_reason_choices)
    minutes = models.PositiveSmallIntegerField(_("分钟"), default=0)
    clause = models.CharField(_("条款"), max_length=10)
    explain = models.CharField(_("算法"), max_length=120, blank=True)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    parts = models.PositiveSmallIntegerField(_("个数"))
    owed = models.DecimalField(_("应发"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("币种"), max_length=3, default="CNY")
    state = models.CharField(_("状态"), max_length=8, choices=packet_state_choices, default="due")
    since = models.DateTimeField(_("起算时间"))
    due_at = models.DateTimeField(_("发出期限"))
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    sent_amount = models.DecimalField(
        _("发出金额"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    proof = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("登记人"),
    )
    seed = models.BigIntegerField(_("随机种子"), default=0)
    paid_with = models.DateField(_("结算工资的月份"), null=True, blank=True)

    class Meta:
        verbose_name = _("拼手气红包")
        verbose_name_plural = _("拼手气红包")
        ordering = ["-date", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "date", "side"], name="packet_once_a_side"),
            models.CheckConstraint(
                name="packet_sent_with_moment",
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="packet_paid_with_month",
                condition=~Q(state="paid") | Q(paid_with__isnull=False),
            ),
            models.CheckConstraint(
                name="packet_owes_nothing_once_settled",
                condition=~Q(state__in=["sent", "paid", "waived", "void"]) | Q(owed=0),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="packet_of_state")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.date} {self.amount}"


class PacketShare(models.Model):
    """One part of a sent packet, and who drew it; for show (AMB-04)."""

    packet = models.ForeignKey(RedPacket, models.CASCADE, related_name="shares")
    place = models.PositiveSmallIntegerField(_("序号"))
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    taker = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("抢到的人"),
    )
    taken_at = models.DateTimeField(_("抢到时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("红包份额")
        verbose_name_plural = _("红包份额")
        ordering = ["packet_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["packet", "place"], name="share_place_once"),
            models.UniqueConstraint(
                fields=["packet", "taker"],
                condition=Q(taker__isnull=False),
                name="share_one_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packet_id}/{self.place}"


class AttendancePublication(models.Model):
    """A site's week of attendance as it was published; never changes (考勤公布, K8)."""

    site = models.ForeignKey("people.Site", models.PROTECT, related_name="+")
    monday = models.DateField(_("周一"))
    at = models.DateTimeField(_("公布时间"))
    body = models.JSONField(_("内容"), default=list)

    class Meta:
        verbose_name = _("考勤公布")
        verbose_name_plural = _("考勤公布")
        ordering = ["-monday", "site_id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "monday"], name="publication_once_a_week")
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.monday}"
