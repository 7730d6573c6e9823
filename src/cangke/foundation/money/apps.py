from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MoneyConfig(AppConfig):
    name = "cangke.foundation.money"
    label = "money"
    verbose_name = _("金额")
