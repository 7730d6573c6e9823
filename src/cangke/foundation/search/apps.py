from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "cangke.foundation.search"
    label = "search"
    verbose_name = _("搜索")
