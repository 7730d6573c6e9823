from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A list's filters, order and preset under a name of the person's own."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.CharField(max_length=80)
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(max_length=2000, blank=True)

    class Meta:
        verbose_name = _("保存的视图")
        verbose_name_plural = _("保存的视图")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "page", "name"], name="ui_savedview_name")
        ]

    def __str__(self) -> str:
        return self.name


class ListChoice(models.Model):
    """The columns and the row height a person chose for a list."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.CharField(max_length=80)
    columns = models.JSONField(default=list, blank=True)
    density = models.CharField(max_length=8, blank=True)

    class Meta:
        verbose_name = _("列表选择")
        verbose_name_plural = _("列表选择")
        constraints = [
            models.UniqueConstraint(fields=["account", "page"], name="ui_listchoice_page")
        ]

    def __str__(self) -> str:
        return self.page


class OnceKey(models.Model):
    """One submit of one form by one person, with the answer it got."""

    owner = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("一次性提交")
        verbose_name_plural = _("一次性提交")
        constraints = [
            models.UniqueConstraint(fields=["owner", "action", "key"], name="ui_oncekey_once")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.key}"
