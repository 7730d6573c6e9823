"""The front door of the catalogue."""

from .actions import save_card, save_product
from .models import Product, ProductCard
from .queries import by_sku, has_products, matching

__all__ = [
    "Product",
    "ProductCard",
    "by_sku",
    "has_products",
    "matching",
    "save_card",
    "save_product",
]
