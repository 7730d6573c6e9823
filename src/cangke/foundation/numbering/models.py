from django.db import models
from django.utils.translation import gettext_lazy as _


class Counter(models.Model):
    """The last number given out in one series, site and period."""

    kind = models.CharField(_("种类"), max_length=40)
    site = models.CharField(_("场地"), max_length=6, blank=True)
    period = models.CharField(_("期间"), max_length=8, blank=True)
    value = models.BigIntegerField(_("最后编号"))

    class Meta:
        verbose_name = _("编号计数")
        verbose_name_plural = _("编号计数")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "site", "period"], name="numbering_one_counter"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.site}{self.period}: {self.value}"
