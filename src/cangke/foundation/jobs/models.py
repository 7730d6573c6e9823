from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", _("已取消")


def state_choices() -> list[tuple[str, Any]]:
    return JobState.choices


def new_key() -> str:
    return secrets.token_urlsafe(16)


class Job(models.Model):
    """Long work as a row: it survives the process that runs it and shows how far it is."""

    key = models.CharField(_("编号"), max_length=32, unique=True, default=new_key)
    kind = models.CharField(_("种类"), max_length=60)
    title = models.CharField(_("名称"), max_length=200, blank=True)
    arguments = models.JSONField(_("参数"), default=dict)
    state = models.CharField(
        _("状态"), max_length=10, choices=state_choices, default=JobState.QUEUED
    )
    done = models.PositiveIntegerField(_("已完成"), default=0)
    total = models.PositiveIntegerField(_("总数"), null=True, blank=True)
    message = models.CharField(_("说明"), max_length=500, blank=True)
    result_url = models.CharField(_("结果"), max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    cancel_requested = models.BooleanField(_("请求取消"), default=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("创建时间"))
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    lease_until = models.DateTimeField(_("租约到"), null=True, blank=True)

    class Meta:
        verbose_name = _("后台任务")
        verbose_name_plural = _("后台任务")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["started_by", "-id"], name="job_mine"),
            models.Index(
                fields=["lease_until"],
                name="job_open",
                condition=models.Q(state__in=["queued", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.kind

    @property
    def percent(self) -> int | None:
        return min(self.done * 100 // self.total, 100) if self.total else None

    @property
    def is_open(self) -> bool:
        return self.state in (JobState.QUEUED, JobState.RUNNING)


class Tick(models.Model):
    """When a periodic duty is due next; whoever moves the time does the work."""

    name = models.CharField(_("名称"), max_length=100, primary_key=True)
    due_at = models.DateTimeField(_("下次时间"))

    class Meta:
        verbose_name = _("定时任务")
        verbose_name_plural = _("定时任务")

    def __str__(self) -> str:
        return self.name
