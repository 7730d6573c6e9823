from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchDoc(models.Model):
    """
    What can be found about one row of a room.

    The tokens lie in an index of the database's own kind (migration 0002): an FTS5 table on SQLite,
    a ``tsvector`` column with a GIN index on PostgreSQL.
    """

    kind = models.CharField(_("种类"), max_length=40)
    object_id = models.BigIntegerField(_("对象编号"))
    title = models.CharField(_("标题"), max_length=200, blank=True)
    subtitle = models.CharField(_("副标题"), max_length=200, blank=True)
    url = models.CharField(_("地址"), max_length=300, blank=True)
    updated_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = _("搜索条目")
        verbose_name_plural = _("搜索条目")
        constraints = [
            # The kind comes last: an index that starts with it would lure the planner away from
            # the text index, as there are few kinds and many rows of each.
            models.UniqueConstraint(fields=["object_id", "kind"], name="search_one_doc"),
        ]

    def __str__(self) -> str:
        return self.title


class SearchNumber(models.Model):
    """A number of a row, also kept backwards so that its last digits find it."""

    doc = models.ForeignKey(SearchDoc, models.CASCADE, related_name="numbers")
    value = models.CharField(_("号码"), max_length=120, db_index=True)
    reversed_value = models.CharField(_("倒写号码"), max_length=120, db_index=True)
    masked = models.BooleanField(_("遮盖"), default=False)

    class Meta:
        verbose_name = _("号码")
        verbose_name_plural = _("号码")
        constraints = [
            models.UniqueConstraint(fields=["doc", "value"], name="search_one_number"),
        ]

    def __str__(self) -> str:
        return f"{self.doc_id}"
