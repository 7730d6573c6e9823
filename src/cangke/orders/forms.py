from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cangke.carriers.public import Carrier, CarrierService, active_services
from cangke.foundation.access.public import Account
from cangke.foundation.money.public import currency_choices
from cangke.foundation.ui.public import DateTimeInput, KeepsMasked
from cangke.people.public import Employee, Shop, agents, shops_within

from . import models
from .models import Order

MOST_PARTIAL = 100  # lines whose quantities the ship form offers one by one


class LineForm(forms.Form):
    """One line of an order typed by hand; a row left empty is no line."""

    sku = forms.CharField(label="SKU", max_length=64, required=False)
    name = forms.CharField(label=_("名称"), max_length=200, required=False)
    quantity = forms.IntegerField(label=_("数量"), min_value=1, max_value=1_000_000, required=False)
    unit_price = forms.DecimalField(
        label=_("单价"), min_value=0, max_digits=12, decimal_places=4, required=False
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if any(values.get(name) not in (None, "") for name in ("sku", "quantity", "unit_price")):
            for name in ("sku", "quantity", "unit_price"):
                if values.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, _("请填写。"))
        return values

    @property
    def is_empty(self) -> bool:
        return not self.cleaned_data.get("sku")


class _LineFormSet(forms.BaseFormSet):
    def clean(self) -> None:
        super().clean()
        if not any(self.errors) and all(form.is_empty for form in self.forms):
            raise forms.ValidationError(_("请至少填写一行商品。"))


LineFormSet = forms.formset_factory(
    LineForm, formset=_LineFormSet, extra=3, max_num=200, absolute_max=200, validate_max=True
)


class ServiceField(forms.ModelChoiceField):
    """A way of shipping, with its carrier before it."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.carrier} · {obj}"


class AddressForm(forms.Form):
    buyer_name = forms.CharField(label=_("收件人"), max_length=100, required=False)
    buyer_phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    country = forms.CharField(
        label=_("国家代码"),
        max_length=60,
        required=False,
        help_text=_("两个字母，例如 CN、US、DE"),
    )
    province = forms.CharField(label=_("省/州"), max_length=60, required=False)
    city = forms.CharField(label=_("市"), max_length=60, required=False)
    district = forms.CharField(label=_("区/县"), max_length=60, required=False)
    street = forms.CharField(label=_("详细地址"), max_length=200, required=False)
    postcode = forms.CharField(label=_("邮编"), max_length=16, required=False)
    service = ServiceField(
        label=_("物流方式"), queryset=CarrierService.objects.none(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["service"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = active_services()

    def clean_country(self) -> str:
        text: str = self.cleaned_data["country"].strip()
        return text.upper() if len(text) == 2 else text


class OrderForm(AddressForm):
    """An order typed in by hand."""

    shop = forms.ModelChoiceField(label=_("店铺"), queryset=Shop.objects.none())
    external_no = forms.CharField(
        label=_("外部单号"),
        max_length=64,
        required=False,
        help_text=_("平台或店铺自己的单号；没有就留空，由系统编号。"),
    )
    source = forms.ChoiceField(
        label=_("来源"),
        choices=[
            ("page", _("手工录入")),
            ("sales", _("销售团队")),
            ("phone", _("电话下单")),
            ("email", _("邮件下单")),
        ],
    )
    placed_at = forms.DateTimeField(label=_("下单时间"), widget=DateTimeInput())
    paid_at = forms.DateTimeField(
        label=_("付款时间"),
        widget=DateTimeInput(),
        required=False,
        help_text=_("还没付款就留空。"),
    )
    promised_ship_at = forms.DateTimeField(
        label=_("约定发货时间"), widget=DateTimeInput(), required=False
    )
    currency = forms.ChoiceField(label=_("币种"), choices=currency_choices, required=False)
    im_nick = forms.CharField(label=_("旺旺名字"), max_length=100, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    freight_amount = forms.DecimalField(
        label=_("运费"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    discount_amount = forms.DecimalField(
        label=_("优惠"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    field_order = (
        "shop", "external_no", "source", "placed_at", "paid_at", "promised_ship_at",
        "im_nick", "email",
    )  # fmt: skip

    def __init__(self, *args: Any, account: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["shop"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = shops_within(account, "orders.edit")

    def clean_freight_amount(self) -> Decimal:
        return self.cleaned_data["freight_amount"] or Decimal(0)

    def clean_discount_amount(self) -> Decimal:
        return self.cleaned_data["discount_amount"] or Decimal(0)


class EditForm(KeepsMasked, AddressForm):
    """What may be completed or corrected before an order leaves."""

    freight_amount = forms.DecimalField(
        label=_("运费"), min_value=0, max_digits=12, decimal_places=2
    )
    discount_amount = forms.DecimalField(
        label=_("优惠"), min_value=0, max_digits=12, decimal_places=2
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, account: Account, order: Order, **kwargs: Any) -> None:
        names = [name for name in self.base_fields if name != "version"]
        initial = {name: getattr(order, name) for name in names}
        kwargs["initial"] = {**initial, "version": order.version}
        super().__init__(*args, **kwargs)
        self.keep_masked(account, order, ["buyer_phone", "street"])


class RemarkForm(forms.Form):
    """The parts of the structured remark; author and time are the system's (C10)."""

    logistics = forms.CharField(
        label=_("物流方式"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "remark-logistics", "autocomplete": "off"}),
    )
    gift = forms.CharField(label=_("礼品"), max_length=100, required=False)
    other = forms.CharField(label=_("其他特殊要求"), max_length=300, required=False)
    flag = forms.ChoiceField(
        label=_("旗"), choices=[choice for choice in models.flag_choices() if choice[0]]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"flag": "red", **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class PromiseForm(forms.Form):
    ship_at = forms.DateTimeField(label=_("约定发货时间"), widget=DateTimeInput())
    reason = forms.CharField(
        label=_("告诉客户的理由"),
        max_length=200,
        required=False,
        help_text=_("推迟时必填。"),
    )


class HoldForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=200)
    question = forms.CharField(
        label=_("向客户的提问"), max_length=300, required=False, widget=forms.Textarea
    )


class ReleaseForm(forms.Form):
    text = forms.CharField(label=_("解除说明"), max_length=200)


class PayForm(forms.Form):
    paid_at = forms.DateTimeField(label=_("付款时间"), widget=DateTimeInput())


class DeliverForm(forms.Form):
    delivered_at = forms.DateTimeField(label=_("签收时间"), widget=DateTimeInput())


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("取消原因"), max_length=200)


class ChaseForm(forms.Form):
    question = forms.CharField(
        label=_("追问内容"),
        max_length=300,
        required=False,
        help_text=_("追问人和时间由系统记下，不能补记。留空则问：什么时候可以发货？"),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("答复"), max_length=300)


class AssignForm(forms.Form):
    owner = forms.ModelChoiceField(
        label=_("归属客服"), queryset=Employee.objects.none(), required=False
    )
    reason = forms.CharField(label=_("事由"), max_length=200, required=False)

    def __init__(self, *args: Any, shop_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = agents(shop_id=shop_id)


class ShipForm(forms.Form):
    """Carrier, tracking number, and of each line how much leaves."""

    carrier = forms.ModelChoiceField(
        label=_("承运商"), queryset=Carrier.objects.filter(is_active=True)
    )
    service = ServiceField(
        label=_("物流方式"), queryset=CarrierService.objects.none(), required=False
    )
    tracking_no = forms.CharField(
        label=_("运单号"), max_length=64, widget=forms.TextInput(attrs={"autofocus": True})
    )
    shipped_at = forms.DateTimeField(label=_("发货时间"), widget=DateTimeInput())

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        initial = kwargs.get("initial") or {}
        if order.service is not None:
            initial.setdefault("carrier", order.service.carrier_id)
            initial.setdefault("service", order.service_id)
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        field = self.fields["service"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = active_services()
        self.open_lines = [line for line in order.lines.all() if line.open_quantity > 0]
        self.by_line = len(self.open_lines) <= MOST_PARTIAL
        if self.by_line:
            for line in self.open_lines:
                self.fields[f"line_{line.pk}"] = forms.IntegerField(
                    label=f"{line.sku} {line.name}".strip(),
                    min_value=0,
                    max_value=line.open_quantity,
                    initial=line.open_quantity,
                )

    @property
    def quantities(self) -> dict[int, int] | None:
        """Line id → pieces that leave; None where the whole rest does."""
        if not self.by_line:
            return None
        return {line.pk: self.cleaned_data[f"line_{line.pk}"] for line in self.open_lines}
