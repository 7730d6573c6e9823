from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import rules


class AccountKind(models.TextChoices):
    STAFF = "staff", _("员工")
    CLIENT = "client", _("仓储客户")
    ROBOT = "robot", _("程序")


class Theme(models.TextChoices):
    AUTO = "auto", _("跟随系统")
    LIGHT = "light", _("浅色")
    DARK = "dark", _("深色")


def kind_choices() -> list[tuple[str, Any]]:
    return AccountKind.choices


def theme_choices() -> list[tuple[str, Any]]:
    return Theme.choices


def scope_choices() -> list[tuple[str, Any]]:
    return [
        ("self", _("本人")),
        ("team", _("本组")),
        ("department", _("本部门")),
        ("shop", _("店铺")),
        ("warehouse", _("仓库")),
        ("client", _("客户")),
        ("all", _("全部")),
    ]


def language_choices() -> list[tuple[str, Any]]:
    return [("", _("跟随浏览器")), ("zh-hans", "简体中文"), ("en", "English")]


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Account:
        """Create an account; without a password it cannot sign in until one is set."""
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username__iexact=username)


class Account(AbstractBaseUser):
    """Somebody or something that signs in. What it may do is said by its grants alone."""

    username = models.CharField(_("登录名"), max_length=60, unique=True)
    email = models.EmailField(_("邮箱"), blank=True)
    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    kind = models.CharField(
        _("类别"),
        max_length=10,
        choices=kind_choices,
        default=AccountKind.STAFF,
    )
    language = models.CharField(_("语言"), max_length=10, choices=language_choices, blank=True)
    theme = models.CharField(_("主题"), max_length=5, choices=theme_choices, default=Theme.AUTO)
    zone = models.CharField(_("时区"), max_length=40, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    temporary_since = models.DateTimeField(_("临时密码发放时间"), null=True, blank=True)
    date_joined = models.DateTimeField(_("创建时间"), default=timezone.now)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("账户")
        verbose_name_plural = _("账户")
        constraints = [models.UniqueConstraint(Lower("username"), name="account_username_once")]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    # What is asked by packages that know Django's own user; grants decide here, never flags.
    is_staff = False
    is_superuser = False

    @property
    def first_name(self) -> str:
        return self.display_name

    @property
    def last_name(self) -> str:
        return ""


class Role(models.Model):
    """A role made or changed by the company; a preset of the same code is overruled by it."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    permissions = models.JSONField(_("权限"), default=list, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("角色")
        verbose_name_plural = _("角色")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, day: dt.date) -> GrantQuerySet:
        """Grants that hold on the day, ends included."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            valid_from__lte=day,
            revoked_at__isnull=True,
        )


class Grant(models.Model):
    """One role or one permission, opened for one account over one reach of rows, from–to."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="grants")
    role = models.CharField(_("角色"), max_length=40, blank=True)
    permission = models.CharField(_("权限"), max_length=80, blank=True)
    scope_kind = models.CharField(
        _("范围"),
        max_length=12,
        choices=scope_choices,
        default=rules.ScopeKind.SELF,
    )
    scope_id = models.PositiveBigIntegerField(_("范围编号"), null=True, blank=True)
    valid_from = models.DateField(_("生效日"))
    valid_until = models.DateField(_("截止日"), null=True, blank=True)
    granted_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    granted_at = models.DateTimeField(_("授予时间"), default=timezone.now)
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    revoked_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("授权")
        verbose_name_plural = _("授权")
        ordering = ["account_id", "pk"]
        constraints = [
            models.CheckConstraint(
                name="grant_role_or_permission",
                condition=(Q(role="") & ~Q(permission="")) | (~Q(role="") & Q(permission="")),
            ),
            models.CheckConstraint(
                name="grant_ends_after_it_begins",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role or self.permission} · {self.scope_kind}"
