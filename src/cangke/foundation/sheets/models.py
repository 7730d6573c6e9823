from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_key() -> str:
    return secrets.token_urlsafe(16)


class RunState(models.TextChoices):
    UPLOADED = "uploaded", _("待对应列")
    MAPPED = "mapped", _("待检查")
    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("已检查")
    RUNNING = "running", _("导入中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("中断")
    CANCELLED = "cancelled", _("已取消")


class Phase(models.TextChoices):
    CHECK = "check", _("检查")
    COMMIT = "commit", _("导入")


def run_state_choices() -> list[tuple[str, Any]]:
    return list(RunState.choices)


def phase_choices() -> list[tuple[str, Any]]:
    return list(Phase.choices)


class ImportRun(models.Model):
    """One file on its way in: uploaded, mapped, checked, taken; it can be left and found again."""

    key = models.CharField(_("编号"), max_length=32, unique=True, default=new_key)
    kind = models.CharField(_("种类"), max_length=60)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    table = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    result = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    encoding = models.CharField(_("编码"), max_length=12, blank=True)
    delimiter = models.CharField(_("分隔符"), max_length=1, blank=True)
    sheets = models.JSONField(_("工作表"), default=list, blank=True)
    sheet = models.CharField(_("工作表名"), max_length=120, blank=True)
    header_row = models.PositiveIntegerField(_("表头行"), default=1)
    columns = models.JSONField(_("列"), default=list, blank=True)
    mapping = models.JSONField(_("对应"), default=dict, blank=True)
    options = models.JSONField(_("选项"), default=dict, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=run_state_choices, default=RunState.UPLOADED
    )
    row_count = models.PositiveIntegerField(_("行数"), default=0)
    checkpoint = models.PositiveIntegerField(_("已处理到行"), default=0)
    lines_in = models.PositiveIntegerField(_("读入"), default=0)
    taken = models.PositiveIntegerField(_("导入"), default=0)
    unchanged = models.PositiveIntegerField(_("已存在"), default=0)
    refused = models.PositiveIntegerField(_("未导入"), default=0)
    message = models.CharField(_("说明"), max_length=500, blank=True)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("上传时间"))
    committed_at = models.DateTimeField(_("开始导入时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("导入")
        verbose_name_plural = _("导入")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["started_by", "-id"], name="import_mine")]
        constraints = [
            models.CheckConstraint(
                name="import_loses_no_line",
                condition=models.Q(
                    lines_in=models.F("taken") + models.F("unchanged") + models.F("refused")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def is_busy(self) -> bool:
        return self.state in (RunState.CHECKING, RunState.RUNNING)


class ImportChunk(models.Model):
    """
    What became of some neighbouring rows, written in the transaction that took them.

    ``marks`` has one sign a row (t taken, u unchanged, r refused); ``lines`` are their numbers,
    ``notes`` the reasons and what rows became: ``{"12": ["reason", "ref"]}``.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="chunks")
    phase = models.CharField(_("阶段"), max_length=6, choices=phase_choices)
    last_line = models.PositiveIntegerField(_("到行"))
    lines = models.JSONField(_("行号"))
    marks = models.TextField(_("结果"))
    notes = models.JSONField(_("说明"), default=dict)

    class Meta:
        verbose_name = _("导入分段")
        verbose_name_plural = _("导入分段")
        ordering = ["last_line"]
        constraints = [
            models.UniqueConstraint(fields=["run", "phase", "last_line"], name="import_one_chunk"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} –{self.last_line}"


class ImportTemplate(models.Model):
    """A mapping kept for the next file of the same make: field → heading."""

    kind = models.CharField(_("种类"), max_length=60)
    name = models.CharField(_("名称"), max_length=80)
    mapping = models.JSONField(_("对应"))
    options = models.JSONField(_("选项"), default=dict, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    saved_at = models.DateTimeField(_("保存时间"))

    class Meta:
        verbose_name = _("导入模板")
        verbose_name_plural = _("导入模板")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="import_one_template"),
        ]

    def __str__(self) -> str:
        return self.name
