from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "cangke.foundation.access"
    label = "access"
    verbose_name = _("账户与权限")

    def ready(self) -> None:
        from . import signins

        signins.listen()
