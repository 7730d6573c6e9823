from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cangke.foundation.money.public import currency_choices

from .models import Product, ProductCard


class ProductForm(forms.ModelForm):
    class Meta:
        model = Product
        fields = (
            "sku", "name", "name_en", "client", "brand", "barcode", "category", "weight_g",
            "length_mm", "width_mm", "height_mm", "is_active",
        )  # fmt: skip

    def clean_sku(self) -> str:
        sku: str = self.cleaned_data["sku"].strip()
        return sku


class ParametersField(forms.CharField):
    """Parameters as lines of ``name：value``."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return "\n".join(f"{name}：{each}" for name, each in value.items())
        return value

    def clean(self, value: Any) -> Any:
        found = {}
        for line in (super().clean(value) or "").splitlines():
            name, sign, each = line.replace(":", "：", 1).partition("：")
            if not line.strip():
                continue
            if not sign or not name.strip():
                raise forms.ValidationError(_("每行写一项：名称：内容"))
            found[name.strip()[:60]] = each.strip()[:200]
        return found


class CardForm(forms.ModelForm):
    parameters = ParametersField(
        label=_("参数"), required=False, help_text=_("每行一项，例如 颜色：白色")
    )
    currency = forms.ChoiceField(label=_("币种"), choices=currency_choices)

    class Meta:
        model = ProductCard
        fields = ("parameters", "price", "currency", "link", "usage", "strengths")
        widgets = {
            "usage": forms.Textarea(attrs={"rows": 3}),
            "strengths": forms.Textarea(attrs={"rows": 3}),
        }

    link = forms.URLField(label=_("链接"), required=False, assume_scheme="https")

    def clean_price(self) -> Any:
        price = self.cleaned_data["price"]
        if price is not None and price < 0:
            raise forms.ValidationError(_("售价不能小于 0。"))
        return price
