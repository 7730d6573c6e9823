from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .channel import Channel
from .choices import delivery_choices, direction_choices, origin_choices, sender_choices
from .conversation import Conversation


class Message(models.Model):
    """
    One line of a conversation, numbered without gaps (消息).

    Never changed once sent: a recalled one keeps its text for the house (A22). An event's kind and
    facts are in ``event`` and ``data``.
    """

    conversation = models.ForeignKey(
        Conversation, models.CASCADE, related_name="messages", db_index=False
    )
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+", db_index=False)
    seq = models.PositiveIntegerField(_("序号"))
    direction = models.CharField(_("方向"), max_length=6, choices=direction_choices)
    sender_kind = models.CharField(_("发送者"), max_length=10, choices=sender_choices)
    agent = models.ForeignKey(
        "people.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    origin = models.CharField(_("来源"), max_length=14, choices=origin_choices)
    counts_as_reply = models.BooleanField(_("算作回复"), default=False)
    placeholder = models.BooleanField(_("占位回复"), default=False)
    backdated = models.BooleanField(_("事后补记"), default=False)
    body = models.TextField(_("内容"), blank=True)
    event = models.CharField(_("事件"), max_length=24, blank=True)
    data = models.JSONField(_("数据"), default=dict, blank=True)
    # None where there is none: SQLite finds a row by a partial index only on "is not null".
    external_id = models.CharField(  # noqa: DJ001  # see above
        _("外部编号"), max_length=200, null=True, blank=True
    )
    client_token = models.CharField(  # noqa: DJ001  # see above
        _("提交标识"), max_length=64, null=True, blank=True
    )
    delivery = models.CharField(_("送达"), max_length=10, choices=delivery_choices, blank=True)
    delivery_note = models.CharField(_("送达说明"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))
    recalled_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    recalled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        ordering = ["conversation_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq"),
            models.UniqueConstraint(
                fields=["conversation", "client_token"],
                condition=Q(client_token__isnull=False),
                name="message_once_a_token",
            ),
            models.UniqueConstraint(
                fields=["channel", "external_id"],
                condition=Q(external_id__isnull=False),
                name="message_once_from_outside",
            ),
            models.CheckConstraint(
                name="message_reply_is_an_agents",
                condition=Q(counts_as_reply=False) | Q(agent__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} #{self.seq}"


class Attachment(models.Model):
    """A file that came or went with a message; served as a download through the gate."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["message_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["message", "file"], name="attachment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} #{self.position}"


class Mention(models.Model):
    """A colleague called into a conversation by a note (A9)."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions", db_index=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+", db_index=False)
    employee = models.ForeignKey(
        "people.Employee", models.CASCADE, related_name="+", db_index=False
    )
    seen_at = models.DateTimeField(_("看到时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("提及")
        verbose_name_plural = _("提及")
        constraints = [
            models.UniqueConstraint(fields=["message", "employee"], name="mention_once"),
        ]
        indexes = [
            models.Index(fields=["conversation", "employee"], name="mention_conversation"),
            models.Index(fields=["employee", "seen_at"], name="mention_unseen"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.employee_id}"


class Draft(models.Model):
    """What an agent has typed and not sent (草稿)."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="drafts")
    employee = models.ForeignKey("people.Employee", models.CASCADE, related_name="+")
    body = models.TextField(_("内容"), blank=True)
    is_note = models.BooleanField(_("内部备注"), default=False)
    saved_at = models.DateTimeField(_("保存时间"))

    class Meta:
        verbose_name = _("草稿")
        verbose_name_plural = _("草稿")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "employee"], name="draft_one_each"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.employee_id}"
