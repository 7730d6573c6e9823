from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import SecretField

from .channel import Channel
from .mailbox import outgoing_state_choices
from .message import Message


def wecom_state_choices() -> list[tuple[str, Any]]:
    return [("new", _("未连接")), ("ok", _("正常")), ("failing", _("连接失败"))]


def wecom_row_choices() -> list[tuple[str, Any]]:
    return [
        ("received", _("待处理")),
        ("taken", _("已收下")),
        ("event", _("事件")),
        ("before", _("接入之前")),
        ("quarantined", _("已隔离")),
    ]


class WecomAccount(models.Model):
    """
    A customer-service account of WeCom and how far its messages are fetched (微信客服账号).

    Each call of WeCom raises ``calls``; a visit that saw fewer than there are is followed by
    another one.
    """

    channel = models.OneToOneField(
        Channel, models.CASCADE, related_name="wecom", verbose_name=_("渠道")
    )
    corp_id = models.CharField(_("企业 ID"), max_length=64)
    open_kfid = models.CharField(_("客服账号 ID"), max_length=64)
    kf_secret = SecretField(_("Secret"))
    token = SecretField(_("Token"))
    aes_key = SecretField(_("EncodingAESKey"))
    since_at = models.DateTimeField(_("从此时起收取"))

    cursor = models.CharField(max_length=200, blank=True)
    pull_token = models.CharField(max_length=200, blank=True)
    pull_token_at = models.DateTimeField(null=True, blank=True)
    calls = models.PositiveBigIntegerField(default=0)
    access_token = SecretField(blank=True)
    access_until = models.DateTimeField(null=True, blank=True)

    state = models.CharField(_("状态"), max_length=10, choices=wecom_state_choices, default="new")
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True)
    failures = models.PositiveIntegerField(_("连续失败次数"), default=0)
    called_at = models.DateTimeField(_("最近回调"), null=True, blank=True)
    pulled_at = models.DateTimeField(_("最近收取"), null=True, blank=True)
    next_pull_at = models.DateTimeField(_("下次收取"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("微信客服账号")
        verbose_name_plural = _("微信客服账号")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["corp_id", "open_kfid"], name="wecom_account_once"),
        ]

    def __str__(self) -> str:
        return self.channel.name

    def is_due(self, at: dt.datetime) -> bool:
        return self.next_pull_at is None or self.next_pull_at <= at


class WecomRow(models.Model):
    """A message or event as WeCom told it, kept before anybody reads it (微信客服原始消息)."""

    account = models.ForeignKey(WecomAccount, models.CASCADE, related_name="rows")
    msgid = models.CharField(max_length=128)
    external_userid = models.CharField(_("客户"), max_length=64, blank=True)
    origin = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("类别"), max_length=40)
    payload = models.JSONField(_("原文"), default=dict)
    received_at = models.DateTimeField(_("收到时间"))
    state = models.CharField(
        _("状态"), max_length=12, choices=wecom_row_choices, default="received"
    )
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(_("原因"), max_length=300, blank=True)
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, related_name="wecom_row"
    )

    class Meta:
        verbose_name = _("微信客服原始消息")
        verbose_name_plural = _("微信客服原始消息")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "msgid"], name="wecom_row_once"),
        ]
        indexes = [
            models.Index(
                fields=["account", "id"], name="wecom_row_to_read", condition=Q(state="received")
            ),
        ]

    def __str__(self) -> str:
        return self.msgid


class WecomSend(models.Model):
    """
    What sending a message by WeCom has come to; people read `Message.delivery`.

    A message goes in parts (texts and files), each under an id made of message, round and place:
    ``done`` counts the parts that were taken. A person's “send again” begins another round.
    """

    message = models.OneToOneField(Message, models.CASCADE, related_name="wecom_send")
    account = models.ForeignKey(WecomAccount, models.CASCADE, related_name="sends")
    recipient = models.CharField(_("收件人"), max_length=64, blank=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=outgoing_state_choices, default="queued"
    )
    round = models.PositiveSmallIntegerField(default=1)
    done = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(_("次数"), default=0)
    next_try_at = models.DateTimeField(_("下次发送"))
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("待发微信消息")
        verbose_name_plural = _("待发微信消息")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"], name="wecom_send_due", condition=Q(state="queued")
            ),
        ]

    def __str__(self) -> str:
        return str(self.message_id)
