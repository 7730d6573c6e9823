from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import SecretField


def new_uid() -> str:
    return secrets.token_urlsafe(18)


def new_secret() -> str:
    return secrets.token_urlsafe(32)


class MailMode(models.TextChoices):
    EACH = "each", _("逐条发送")
    DAILY = "daily", _("每天汇总一封")
    NEVER = "never", _("不发邮件")


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("等待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    DEAD = "dead", _("发送失败")
    DROPPED = "dropped", _("已放弃")


class Way(models.TextChoices):
    MAIL = "mail", _("邮件")
    WEBHOOK = "webhook", _("群机器人")


class Shape(models.TextChoices):
    GENERIC = "generic", _("通用（签名 JSON）")
    ROBOT = "robot", _("群机器人文本消息")


def mail_mode_choices() -> list[tuple[str, Any]]:
    return list(MailMode.choices)


def outbox_state_choices() -> list[tuple[str, Any]]:
    return list(OutboxState.choices)


def way_choices() -> list[tuple[str, Any]]:
    return list(Way.choices)


def shape_choices() -> list[tuple[str, Any]]:
    return list(Shape.choices)


class Notice(models.Model):
    """Something one person should know, with the page that shows it."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(_("种类"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    body = models.CharField(_("内容"), max_length=1000, blank=True)
    url = models.CharField(_("地址"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["account", "-id"], name="notice_mine"),
            models.Index(
                fields=["account"], name="notice_unread", condition=models.Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NoticeSetting(models.Model):
    """How a person wants to be told."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    mail_mode = models.CharField(
        _("邮件"), max_length=6, choices=mail_mode_choices, default=MailMode.EACH
    )
    digest_time = models.TimeField(_("汇总时间"), default="09:00")
    quiet_from = models.TimeField(_("免打扰开始"), null=True, blank=True)
    quiet_until = models.TimeField(_("免打扰结束"), null=True, blank=True)
    digested_at = models.DateTimeField(_("上次汇总"), null=True, blank=True)

    class Meta:
        verbose_name = _("通知设置")
        verbose_name_plural = _("通知设置")

    def __str__(self) -> str:
        return f"{self.account_id}"


class NoticeChoice(models.Model):
    """Where a person wants one kind of notice; without a row the kind's own defaults hold."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(_("种类"), max_length=60)
    in_app = models.BooleanField(_("站内"), default=True)
    mail = models.BooleanField(_("邮件"), default=False)

    class Meta:
        verbose_name = _("通知选择")
        verbose_name_plural = _("通知选择")
        constraints = [
            models.UniqueConstraint(fields=["account", "kind"], name="notice_one_choice"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind}"


class Webhook(models.Model):
    """A robot of an internal group, or another system, that is told of some kinds."""

    name = models.CharField(_("名称"), max_length=80, unique=True)
    url = models.CharField(_("地址"), max_length=500)
    secret = SecretField(_("签名密钥"), default=new_secret)
    shape = models.CharField(_("格式"), max_length=10, choices=shape_choices, default=Shape.GENERIC)
    kinds = models.JSONField(_("种类"), default=list, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("创建时间"))

    class Meta:
        verbose_name = _("群机器人")
        verbose_name_plural = _("群机器人")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def wants(self, kind: str) -> bool:
        """Whether the robot is told of the kind; one without a list is told of all."""
        return not self.kinds or kind in self.kinds


class OutboxItem(models.Model):
    """One message to the outside, written with the change it tells of and delivered afterwards."""

    uid = models.CharField(_("编号"), max_length=32, unique=True, default=new_uid)
    way = models.CharField(_("方式"), max_length=8, choices=way_choices)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    webhook = models.ForeignKey(
        Webhook, models.CASCADE, null=True, blank=True, related_name="items"
    )
    to_address = models.EmailField(_("收件地址"), blank=True)
    subject = models.CharField(_("标题"), max_length=200, blank=True)
    body = models.TextField(_("内容"))
    state = models.CharField(
        _("状态"), max_length=8, choices=outbox_state_choices, default=OutboxState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    next_try_at = models.DateTimeField(_("下次发送"))
    lease_until = models.DateTimeField(_("租约到"), null=True, blank=True)
    error = models.CharField(_("原因"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("创建时间"))
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("外发消息")
        verbose_name_plural = _("外发消息")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="outbox_due",
                condition=models.Q(state__in=["waiting", "sending"]),
            ),
            models.Index(fields=["-id"], name="outbox_dead", condition=models.Q(state="dead")),
        ]

    def __str__(self) -> str:
        return self.subject or self.uid
