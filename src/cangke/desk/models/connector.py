from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import SecretField

from .channel import Channel
from .mailbox import outgoing_state_choices
from .message import Message


def connector_identity_choices() -> list[tuple[str, Any]]:
    return [
        ("im_nick", _("旺旺名字")),
        ("marketplace_id", _("平台账号")),
        ("phone", _("电话")),
        ("email", _("邮箱")),
    ]


def connector_state_choices() -> list[tuple[str, Any]]:
    return [("new", _("未连接")), ("ok", _("正常")), ("failing", _("连接失败"))]


class Connector(models.Model):
    """
    How an outside tool brings messages of a channel and takes the answers (接口连接).

    Both sides sign what they send with the same secret. Without an address the tool fetches the
    answers itself.
    """

    channel = models.OneToOneField(
        Channel, models.CASCADE, related_name="connector", verbose_name=_("渠道")
    )
    identity_kind = models.CharField(
        _("客户按什么识别"), max_length=20, choices=connector_identity_choices, default="im_nick"
    )
    secret = SecretField(_("签名密钥"))
    url = models.CharField(_("推送地址"), max_length=500, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=connector_state_choices, default="new"
    )
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True)
    last_in_at = models.DateTimeField(_("最近来消息"), null=True, blank=True)
    last_out_at = models.DateTimeField(_("最近送出"), null=True, blank=True)

    class Meta:
        verbose_name = _("接口连接")
        verbose_name_plural = _("接口连接")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.channel.name


class OutgoingCall(models.Model):
    """What handing a message to an outside tool has come to; people read `Message.delivery`."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="outgoing_call")
    connector = models.ForeignKey(Connector, models.CASCADE, related_name="outgoing_calls")
    recipient = models.CharField(_("收件人"), max_length=200, blank=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=outgoing_state_choices, default="queued"
    )
    tries = models.PositiveSmallIntegerField(_("次数"), default=0)
    next_try_at = models.DateTimeField(_("下次发送"))
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("待送消息")
        verbose_name_plural = _("待送消息")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"], name="outgoing_call_due", condition=Q(state="queued")
            ),
            models.Index(fields=["connector", "id"], name="outgoing_call_connector"),
        ]

    def __str__(self) -> str:
        return str(self.message_id)
