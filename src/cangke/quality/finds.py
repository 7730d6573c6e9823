"""Numbers, explanations and figures of quality inspection."""

from django.utils.translation import gettext_lazy as _

from cangke.foundation.numbering.public import register_series
from cangke.rulebook.public import register_fact, register_figure

register_series("check", prefix="QC")
register_fact("quality.check", "quality:check")
register_figure("quality_total", _("质检总分"))
