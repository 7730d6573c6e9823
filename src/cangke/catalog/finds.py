"""How goods are found."""

from django.utils.translation import gettext_lazy as _

from cangke.foundation.search.public import register_search

from .models import Product

register_search("product", _("商品"), model=Product, icon="tag", order=40)
