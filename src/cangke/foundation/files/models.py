from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import rules


def new_key() -> str:
    """Return a key nobody can guess (192 bits)."""
    return secrets.token_urlsafe(24)


def place(file: StoredFile, name: str) -> str:
    """Where the content lies: by day, under a name that says nothing."""
    day: dt.datetime = file.created_at
    return f"{day:%Y/%m/%d}/{secrets.token_hex(16)}"


class StoredFile(models.Model):
    """A private file. What it may be shown to is decided by the room that owns its purpose."""

    key = models.CharField(_("键"), max_length=40, unique=True, default=new_key, editable=False)
    name = models.CharField(_("文件名"), max_length=150)
    content = models.FileField(_("内容"), upload_to=place, max_length=80)
    size = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(_("校验和"), max_length=64, db_index=True)
    content_type = models.CharField(_("类型"), max_length=100)
    purpose = models.CharField(_("用途"), max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("上传时间"), db_index=True)
    width = models.PositiveIntegerField(_("宽"), null=True, blank=True)
    height = models.PositiveIntegerField(_("高"), null=True, blank=True)

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("files:download", args=[self.key])

    @property
    def is_picture(self) -> bool:
        """Whether it was written anew as a picture and may be shown in a page."""
        return self.content_type in rules.IMAGES and self.width is not None
