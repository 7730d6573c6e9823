from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import SecretField

from .channel import Channel
from .conversation import Conversation
from .message import Message


def security_choices() -> list[tuple[str, Any]]:
    return [("ssl", "SSL/TLS"), ("starttls", "STARTTLS"), ("none", _("不加密"))]


def mailbox_state_choices() -> list[tuple[str, Any]]:
    return [("new", _("未连接")), ("ok", _("正常")), ("failing", _("连接失败"))]


def mailbox_error_choices() -> list[tuple[str, Any]]:
    return [
        ("name", _("找不到服务器，请核对地址")),
        ("network", _("服务器在内部网络，须由管理员在安装设置里放行")),
        ("refused", _("服务器拒绝连接，请核对端口和加密方式")),
        ("timeout", _("服务器没有及时应答")),
        ("certificate", _("服务器证书无效，为了安全没有登录")),
        ("login", _("用户名或密码不对")),
        ("folder", _("没有这个收件夹")),
        ("secret", _("密码无法解密，请重新填写")),
        ("other", _("连接中断")),
    ]


def raw_error_choices() -> list[tuple[str, Any]]:
    return [
        ("too_large", _("邮件太大，只保留了邮件头")),
        ("unsafe", _("结构异常，没有解析")),
        ("no_sender", _("没有发件人地址")),
        ("fault", _("解析出错")),
    ]


def raw_state_choices() -> list[tuple[str, Any]]:
    return [
        ("received", _("待解析")),
        ("parsed", _("已解析")),
        ("duplicate", _("重复")),
        ("own", _("本系统所发")),
        ("aside", _("退信与回执")),
        ("quarantined", _("已隔离")),
    ]


def outgoing_state_choices() -> list[tuple[str, Any]]:
    return [
        ("queued", _("待发送")),
        ("sent", _("已发送")),
        ("failed", _("发送失败")),
        ("held", _("已拦下")),
    ]


class Mailbox(models.Model):
    """Where an e-mail channel fetches and sends (邮箱)."""

    channel = models.OneToOneField(
        Channel, models.CASCADE, related_name="mailbox", verbose_name=_("渠道")
    )
    address = models.EmailField(_("地址"), unique=True)
    sender_name = models.CharField(_("发件人名称"), max_length=60, blank=True)
    aliases = models.JSONField(_("其他地址"), default=list, blank=True)

    imap_host = models.CharField(_("收件服务器"), max_length=200)
    imap_port = models.PositiveIntegerField(_("收件端口"), default=993)
    imap_security = models.CharField(
        _("收件加密"), max_length=10, choices=security_choices, default="ssl"
    )
    imap_user = models.CharField(_("收件用户"), max_length=200)
    imap_password = SecretField(_("收件密码"), blank=True)
    imap_folder = models.CharField(_("收件夹"), max_length=100, default="INBOX")
    smtp_host = models.CharField(_("发件服务器"), max_length=200)
    smtp_port = models.PositiveIntegerField(_("发件端口"), default=465)
    smtp_security = models.CharField(
        _("发件加密"), max_length=10, choices=security_choices, default="ssl"
    )
    smtp_user = models.CharField(_("发件用户"), max_length=200, blank=True)
    smtp_password = SecretField(_("发件密码"), blank=True)

    poll_seconds = models.PositiveIntegerField(_("收取间隔（秒）"), default=30)
    since_date = models.DateField(_("从此日起收取"))
    uidvalidity = models.BigIntegerField(null=True, blank=True)
    last_uid = models.BigIntegerField(default=0)
    state = models.CharField(_("状态"), max_length=10, choices=mailbox_state_choices, default="new")
    last_error = models.CharField(
        _("最近错误"), max_length=20, choices=mailbox_error_choices, blank=True
    )
    error_detail = models.CharField(_("错误细节"), max_length=300, blank=True)
    failures = models.PositiveIntegerField(_("连续失败次数"), default=0)
    failing_since = models.DateTimeField(_("失败起"), null=True, blank=True)
    polled_at = models.DateTimeField(_("最近收取"), null=True, blank=True)
    next_poll_at = models.DateTimeField(_("下次收取"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("邮箱")
        verbose_name_plural = _("邮箱")
        ordering = ["address"]
        constraints = [
            models.CheckConstraint(
                name="mailbox_polls_seldom_enough", condition=Q(poll_seconds__gte=5)
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address under which mail is ours, in lower case."""
        return frozenset(str(each).lower() for each in (self.address, *self.aliases))

    @property
    def host(self) -> str:
        """The part after the at sign, for our Message-IDs."""
        return self.address.rpartition("@")[2].lower()

    def is_due(self, at: dt.datetime) -> bool:
        return self.next_poll_at is None or self.next_poll_at <= at


class RawMail(models.Model):
    """A mail as it came, kept before anybody reads it (原始邮件)."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="raw_mails")
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    mail_id = models.CharField(max_length=1000, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("大小"), default=0)
    received_at = models.DateTimeField(_("收到时间"))
    eml = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        _("状态"), max_length=12, choices=raw_state_choices, default="received"
    )
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(_("原因"), max_length=20, choices=raw_error_choices, blank=True)
    error_detail = models.CharField(_("细节"), max_length=300, blank=True)
    sender = models.CharField(_("发件人"), max_length=254, blank=True)
    reply_to = models.CharField(_("回复至"), max_length=254, blank=True)
    subject = models.CharField(_("主题"), max_length=200, blank=True)
    html = models.TextField(blank=True)
    pictures = models.JSONField(default=dict, blank=True)
    conversation = models.ForeignKey(
        Conversation, models.SET_NULL, null=True, blank=True, related_name="raw_mails"
    )
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, related_name="raw_mail"
    )

    class Meta:
        verbose_name = _("原始邮件")
        verbose_name_plural = _("原始邮件")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "uidvalidity", "uid"], name="raw_mail_once_a_uid"
            ),
        ]
        indexes = [
            models.Index(fields=["mailbox", "digest"], name="raw_mail_digest"),
            models.Index(
                fields=["id"],
                name="raw_mail_to_parse",
                condition=Q(state="received"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id} {self.uidvalidity}/{self.uid}"


class OutgoingMail(models.Model):
    """What sending a message by e-mail has come to; `Message.delivery` says it to people."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="outgoing_mail")
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="outgoing_mails")
    mail_id = models.CharField(max_length=200, unique=True)
    recipient = models.CharField(_("收件人"), max_length=254, blank=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=outgoing_state_choices, default="queued"
    )
    tries = models.PositiveSmallIntegerField(_("次数"), default=0)
    next_try_at = models.DateTimeField(_("下次发送"))
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(_("最近错误"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("登记时间"))
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("待发邮件")
        verbose_name_plural = _("待发邮件")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="outgoing_mail_due",
                condition=Q(state="queued"),
            ),
            models.Index(fields=["recipient", "sent_at"], name="outgoing_mail_to_whom"),
        ]

    def __str__(self) -> str:
        return self.mail_id
