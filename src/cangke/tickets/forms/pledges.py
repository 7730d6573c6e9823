from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cangke.desk.public import Conversation, Message
from cangke.foundation.access.public import Account
from cangke.foundation.money.public import currency_choices
from cangke.foundation.ui.public import DateTimeInput
from cangke.people.public import Employee

from ..models import Pledge, pledge_kind_choices
from .fields import ColleagueField, ConversationField, OrderField

MESSAGES_OFFERED = 30


class MattersForm(forms.Form):
    """What was promised, how much, and until when."""

    text = forms.CharField(
        label=_("承诺了什么"),
        max_length=500,
        widget=forms.Textarea({"rows": 2, "data-ck-grow": "", "class": "ck-input"}),
    )
    due_at = forms.DateTimeField(label=_("约定时间"), widget=DateTimeInput())
    amount = forms.DecimalField(
        label=_("金额"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("没有金额可不填"),
    )
    currency = forms.ChoiceField(label=_("币种"), choices=currency_choices, initial="CNY")


class PledgeForm(MattersForm):
    """A promise to a customer (A18)."""

    kind = forms.ChoiceField(label=_("类别"), choices=pledge_kind_choices)
    keeper = ColleagueField(label=_("兑现人"))
    order_no = OrderField(label=_("订单号"), required=False, max_length=64)
    conversation_no = ConversationField(label=_("会话编号"), required=False, max_length=24)
    accepted = forms.BooleanField(label=_("我已看到提醒，仍要登记"), required=False)
    field_order = ("kind", "text", "due_at", "keeper", "amount", "currency", "order_no")

    def __init__(
        self,
        *args: Any,
        account: Account,
        conversation: Conversation | None,
        me: Employee | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        keeper, order_no = self.fields["keeper"], self.fields["order_no"]
        assert isinstance(keeper, ColleagueField)
        assert isinstance(order_no, OrderField)
        keeper.offer(also=me)
        order_no.account = account
        if conversation is not None:
            del self.fields["conversation_no"]
        else:
            number = self.fields["conversation_no"]
            assert isinstance(number, ConversationField)
            number.account = account
        self.asks_again = "accepted" in self.data
        self._accepted = self.fields.pop("accepted")
        if self.asks_again:
            self.fields["accepted"] = self._accepted

    def ask_again(self) -> None:
        """Show the box that says the warning was read."""
        self.fields["accepted"] = self._accepted


class AmendForm(MattersForm):
    """A promise that waits for approval, changed."""


class MessageField(forms.ModelChoiceField):
    """A message, shown with its time and its first words."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{timezone.localtime(obj.at):%m-%d %H:%M} {obj.body[:60]}"


class KeepForm(forms.Form):
    """What proves that the promise was kept: a message to the customer, or words."""

    proof = forms.CharField(
        label=_("怎么兑现的"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2, "data-ck-grow": "", "class": "ck-input"}),
        help_text=_("例如退券单号、快递单号、通话内容"),
    )
    message = MessageField(
        label=_("作为凭据的消息"), queryset=Message.objects.none(), required=False
    )

    def __init__(self, *args: Any, pledge: Pledge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pledge.conversation_id is None:
            del self.fields["message"]
            return
        rows = Message.objects.filter(
            conversation_id=pledge.conversation_id,
            direction__in=["out", "note"],
            recalled_at__isnull=True,
            at__gte=pledge.made_at,
        ).order_by("-seq")
        newest = list(rows.values_list("pk", flat=True)[:MESSAGES_OFFERED])
        field = self.fields["message"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Message.objects.filter(pk__in=newest).order_by("-seq")
        field.empty_label = _("（不选）")


class WaiveForm(forms.Form):
    reason = forms.CharField(
        label=_("为什么免除"), max_length=300, help_text=_("例如客户改变了主意")
    )


class GiveForm(forms.Form):
    to = ColleagueField(label=_("改由谁兑现"))
    reason = forms.CharField(label=_("原因"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, ColleagueField)
        to.offer()
