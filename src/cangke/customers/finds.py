"""How customers are found."""

from django.utils.translation import gettext_lazy as _

from cangke.foundation.search.public import register_search
from cangke.rulebook.public import register_fact

from .models import Customer

register_fact("customers.customer", "customers:detail")
register_search("customer", _("客户"), model=Customer, icon="person", order=20)
