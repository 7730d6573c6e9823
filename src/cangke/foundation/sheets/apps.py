from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SheetsConfig(AppConfig):
    name = "cangke.foundation.sheets"
    label = "sheets"
    verbose_name = _("导入与导出")

    def ready(self) -> None:
        # A page process starts the jobs that another process works on: it must know their kinds.
        import_module(f"{self.name}.tasks")
