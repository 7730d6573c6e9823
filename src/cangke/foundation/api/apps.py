from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "cangke.foundation.api"
    label = "api"
    verbose_name = _("程序接口")
