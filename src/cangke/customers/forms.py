from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account
from cangke.foundation.money.public import currency_choices
from cangke.foundation.ui.public import DateInput, DateTimeInput, KeepsMasked
from cangke.people.public import Employee, Shop, agents, shops_within

from . import models
from .models import Address, Client, Customer

ALL_LANGUAGES = [("", _("未知")), ("zh-hans", "中文"), ("en", "English"), ("de", "Deutsch"),
                 ("fr", "Français"), ("es", "Español"), ("ja", "日本語")]  # fmt: skip


class TagsField(forms.CharField):
    """Tags as one line, separated by commas of either width or spaces."""

    def prepare_value(self, value: Any) -> Any:
        return "，".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value) or ""
        words = text.replace(",", "，").replace("、", "，").replace(" ", "，").split("，")
        return list(dict.fromkeys(word.strip()[:30] for word in words if word.strip()))[:20]


class CustomerForm(forms.ModelForm):
    tags = TagsField(label=_("标签"), required=False, max_length=300)
    language = forms.ChoiceField(label=_("语言"), choices=ALL_LANGUAGES, required=False)

    class Meta:
        model = Customer
        fields = (
            "display_name", "client", "shop", "country", "language", "level", "tags", "needs",
            "preferences",
        )  # fmt: skip
        widgets = {
            "needs": forms.Textarea(attrs={"rows": 3}),
            "preferences": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, account: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = shops_within(account, "customers.edit")
        if self.instance.shop_id:
            shops = shops | Shop.objects.filter(pk=self.instance.shop_id)
        field = self.fields["shop"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = shops


class NewCustomerForm(CustomerForm):
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    im_nick = forms.CharField(label=_("旺旺名字"), max_length=100, required=False)
    field_order = ("display_name", "phone", "email", "im_nick", "shop", "client")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("im_nick") and not values.get("shop"):
            self.add_error("shop", _("填写旺旺名字时要选择店铺。"))
        if not self.errors and not any(values.get(k) for k in ("phone", "email", "im_nick")):
            raise forms.ValidationError(_("请至少填写电话、邮箱或旺旺名字之一。"))
        return values


class IdentityForm(forms.Form):
    kind = forms.ChoiceField(label=_("类别"), choices=models.identity_choices)
    value = forms.CharField(label=_("内容"), max_length=200)
    shop = forms.ModelChoiceField(
        label=_("店铺"),
        queryset=Shop.objects.all(),
        required=False,
        help_text=_("旺旺、平台账号与订单客户编号要选择店铺。"),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") not in ("email", "phone", "web_visitor") and not values.get("shop"):
            self.add_error("shop", _("请选择店铺。"))
        return values


class AddressForm(KeepsMasked, forms.ModelForm):
    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.keep_masked(account, self.instance, ["name", "phone", "street"])

    class Meta:
        model = Address
        fields = (
            "name", "phone", "country", "province", "city", "district", "street", "postcode",
            "is_default",
        )  # fmt: skip


class MuteForm(forms.Form):
    until = forms.DateTimeField(label=_("静音至"), widget=DateTimeInput())
    reason = forms.CharField(label=_("事由"), max_length=200)


class MergeForm(forms.Form):
    other = forms.CharField(
        label=_("要并入的档案"),
        max_length=200,
        help_text=_("客户编号、完整电话、邮箱或旺旺名字"),
    )
    reason = forms.CharField(label=_("事由"), max_length=200, required=False)


class ClientForm(KeepsMasked, forms.ModelForm):
    currency = forms.ChoiceField(label=_("币种"), choices=currency_choices)

    class Meta:
        model = Client
        fields = (
            "code", "name", "english_name", "level", "state", "settlement", "currency",
            "contract_from", "contract_to", "contract_terms", "contact_name", "contact_phone",
            "contact_email", "keeper", "note",
        )  # fmt: skip
        widgets = {
            "contract_from": DateInput(),
            "contract_to": DateInput(),
            "contract_terms": forms.Textarea(attrs={"rows": 4}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            contact = ["contact_name", "contact_phone", "contact_email"]
            self.keep_masked(account, self.instance, contact)
        field = self.fields["keeper"]
        if isinstance(field, forms.ModelChoiceField):
            rows = agents()
            if self.instance.keeper_id:
                rows = rows | Employee.objects.filter(pk=self.instance.keeper_id)
            field.queryset = rows.distinct()
