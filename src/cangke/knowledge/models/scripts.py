"""Scripts, their tree, versions and uses."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    PRESALE = "presale", _("售前")
    AFTERSALE = "aftersale", _("售后")
    ALL = "all", _("售前售后")


class Reach(models.TextChoices):
    ME = "me", _("仅自己")
    TEAM = "team", _("本组")
    ALL = "all", _("全员")


class ScriptState(models.TextChoices):
    PROPOSED = "proposed", _("待审")
    ACTIVE = "active", _("可用")
    RETURNED = "returned", _("退回")
    RETIRED = "retired", _("停用")


def stage_choices() -> list[tuple[str, Any]]:
    return Stage.choices


def reach_choices() -> list[tuple[str, Any]]:
    return Reach.choices


def script_state_choices() -> list[tuple[str, Any]]:
    return ScriptState.choices


class ScriptFolder(models.Model):
    """A branch of the tree of scripts (话术目录)."""

    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("名称（英文）"), max_length=60, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级目录"),
    )
    position = models.PositiveIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name = _("话术目录")
        verbose_name_plural = _("话术目录")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="script_folder_name"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(parent__isnull=True), name="script_folder_top"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Script(models.Model):
    """
    A reply kept for use again (话术): shared with everybody, a team, or only one's own.

    Its words here are those of the newest version. A proposal to change a shared script is a
    script of its own that ``replaces`` it.
    """

    folder = models.ForeignKey(
        ScriptFolder,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="scripts",
        verbose_name=_("目录"),
    )
    title = models.CharField(_("标题"), max_length=80)
    title_en = models.CharField(_("标题（英文）"), max_length=80, blank=True)
    body = models.TextField(_("内容"))
    body_en = models.TextField(_("内容（英文）"), blank=True)
    stage = models.CharField(_("阶段"), max_length=10, choices=stage_choices, default=Stage.ALL)
    reach = models.CharField(
        pgettext_lazy("script", "范围"), max_length=4, choices=reach_choices, default=Reach.ME
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("作者"),
    )
    team = models.ForeignKey(
        "people.Team",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("team", "组"),
    )
    shortcut = models.CharField(_("快捷码"), max_length=12, blank=True)
    placeholder = models.BooleanField(
        _("占位回复"),
        default=False,
        help_text=_("“稍等”一类：只请客户等待，不算真正的答复"),
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=script_state_choices, default=ScriptState.ACTIVE
    )
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("拟替换"),
    )
    number = models.PositiveIntegerField(_("版本号"), default=1)
    uses = models.PositiveIntegerField(_("使用次数"), default=0)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)
    review_note = models.CharField(_("审核意见"), max_length=300, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("创建时间"))
    updated_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("话术")
        verbose_name_plural = _("话术")
        ordering = ["-uses", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shortcut"],
                condition=Q(reach="all", state="active") & ~Q(shortcut=""),
                name="script_shortcut_all",
            ),
            models.UniqueConstraint(
                fields=["team", "shortcut"],
                condition=Q(reach="team", state="active") & ~Q(shortcut=""),
                name="script_shortcut_team",
            ),
            models.UniqueConstraint(
                fields=["owner", "shortcut"],
                condition=Q(reach="me", state="active") & ~Q(shortcut=""),
                name="script_shortcut_me",
            ),
            models.CheckConstraint(
                condition=~Q(reach="team") | Q(team__isnull=False), name="script_team_named"
            ),
            models.CheckConstraint(
                condition=~Q(reach="me") | Q(owner__isnull=False), name="script_owner_named"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "reach", "stage"], name="script_usable"),
            models.Index(fields=["owner", "state"], name="script_of_owner"),
        ]

    def __str__(self) -> str:
        return self.title

    def body_in(self, language: str) -> str:
        return self.body_en if language.startswith("en") and self.body_en else self.body

    def title_in(self, language: str) -> str:
        return self.title_en if language.startswith("en") and self.title_en else self.title


class ScriptVersion(models.Model):
    """The words of a script as they once were; append-only."""

    script = models.ForeignKey(Script, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版本号"))
    title = models.CharField(_("标题"), max_length=80)
    title_en = models.CharField(_("标题（英文）"), max_length=80, blank=True)
    body = models.TextField(_("内容"))
    body_en = models.TextField(_("内容（英文）"), blank=True)
    note = models.CharField(_("改动说明"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("话术版本")
        verbose_name_plural = _("话术版本")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["script", "number"], name="script_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.script_id} v{self.number}"


class ScriptUse(models.Model):
    """Somebody sent a reply made from a script (J3); append-only."""

    script = models.ForeignKey(Script, models.CASCADE, related_name="used")
    number = models.PositiveIntegerField(_("版本号"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    used_for = models.CharField(_("用于"), max_length=80, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("话术使用")
        verbose_name_plural = _("话术使用")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["script", "-at"], name="script_use_at"),
            models.Index(fields=["account", "-at"], name="script_use_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.script_id} {self.at}"
