from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One recorded act. Database triggers refuse to change or delete it."""

    at = models.DateTimeField(_("时间"), db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = models.CharField(_("来源地址"), max_length=45, blank=True)
    action = models.CharField(_("动作"), max_length=80)
    object_type = models.CharField(_("对象类别"), max_length=80, blank=True)
    object_id = models.CharField(_("对象编号"), max_length=80, blank=True)
    changes = models.JSONField(_("内容"), default=dict, blank=True)
    reason = models.CharField(_("事由"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_object"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["action", "-id"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"

    def values_for_hash(self) -> dict[str, object]:
        """The content the chain protects, in one fixed spelling."""
        return {
            "id": self.pk,
            "at": self.at.isoformat(timespec="microseconds"),
            "actor": self.actor_id,
            "on_behalf_of": self.on_behalf_of_id,
            "address": self.address,
            "action": self.action,
            "object_type": self.object_type,
            "object_id": self.object_id,
            "changes": self.changes,
            "reason": self.reason,
        }


class AuditSeal(models.Model):
    """The place of an entry in the hash chain, given by the sealer soon after it was written."""

    sequence = models.BigIntegerField(_("序号"), primary_key=True)
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="seal")
    hash = models.CharField(_("散列"), max_length=64)
    sealed_at = models.DateTimeField(_("封存时间"))

    class Meta:
        verbose_name = _("审计封存")
        verbose_name_plural = _("审计封存")
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"#{self.sequence}"
