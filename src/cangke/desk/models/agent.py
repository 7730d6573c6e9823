from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..rules.routing import Presence
from ..rules.stage import Stage
from .channel import QueueGroup
from .choices import presence_choices, presence_source_choices


class AgentProfile(models.Model):
    """What an employee may be given, and whether they are there now (客服资料)."""

    employee = models.OneToOneField(
        "people.Employee", models.CASCADE, related_name="+", verbose_name=_("员工")
    )
    groups = models.ManyToManyField(
        QueueGroup, related_name="profiles", blank=True, verbose_name=_("接待组")
    )
    serves_presale = models.BooleanField(_("接待售前"), default=True)
    serves_aftersale = models.BooleanField(_("接待售后"), default=True)
    languages = models.JSONField(_("语言"), default=list, blank=True)
    every_shop = models.BooleanField(_("服务全部店铺"), default=False)
    max_chats = models.PositiveSmallIntegerField(_("同时接待上限"), default=8)
    weight = models.DecimalField(
        _("权重"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    trainee_of = models.ForeignKey(
        "people.Employee",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("带教人"),
    )
    presence = models.CharField(
        _("在线状态"), max_length=10, choices=presence_choices, default=Presence.OFFLINE.value
    )
    presence_since = models.DateTimeField(_("状态开始"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("最近心跳"), null=True, blank=True)
    acted_at = models.DateTimeField(_("最近操作"), null=True, blank=True)
    last_assigned_at = models.DateTimeField(_("最近分配"), null=True, blank=True)
    draining = models.BooleanField(_("停止新分配"), default=False)

    class Meta:
        verbose_name = _("客服资料")
        verbose_name_plural = _("客服资料")
        constraints = [
            models.CheckConstraint(name="agent_weight_positive", condition=Q(weight__gt=0)),
        ]
        indexes = [models.Index(fields=["presence", "employee"], name="agent_presence")]

    def __str__(self) -> str:
        return f"#{self.employee_id}"

    @property
    def stages(self) -> frozenset[Stage]:
        served = ((Stage.PRESALE, self.serves_presale), (Stage.AFTERSALE, self.serves_aftersale))
        return frozenset(stage for stage, serves in served if serves)


class PresenceInterval(models.Model):
    """From when to when somebody was in one state (在线记录)."""

    agent = models.ForeignKey("people.Employee", models.CASCADE, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=presence_choices)
    from_at = models.DateTimeField(_("开始"))
    to_at = models.DateTimeField(_("结束"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=12, choices=presence_source_choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("在线记录")
        verbose_name_plural = _("在线记录")
        ordering = ["-from_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agent"], condition=Q(to_at__isnull=True), name="presence_one_open"
            ),
            models.CheckConstraint(
                name="presence_ends_after_it_begins",
                condition=Q(to_at__isnull=True) | Q(to_at__gte=models.F("from_at")),
            ),
        ]
        indexes = [models.Index(fields=["agent", "from_at"], name="presence_agent_from")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.state}"
