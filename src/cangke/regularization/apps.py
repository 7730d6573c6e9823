from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegularizationConfig(AppConfig):
    name = "cangke.regularization"
    label = "regularization"
    verbose_name = _("转正")
