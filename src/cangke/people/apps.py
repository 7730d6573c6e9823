from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "cangke.people"
    label = "people"
    verbose_name = _("组织与员工")
