from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "cangke.foundation.live"
    label = "live"
    verbose_name = _("实时")
