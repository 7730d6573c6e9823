from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    name = "cangke.foundation.office"
    label = "office"
    verbose_name = _("设置")
