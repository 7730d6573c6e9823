"""Fields that several forms of work items have: a colleague, an order, a conversation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _

from cangke.desk.public import Conversation
from cangke.foundation.access.public import Account, scope
from cangke.foundation.ui.public import SearchSelect
from cangke.orders.public import Order
from cangke.people.public import Employee, agents


class ColleagueField(forms.ModelChoiceField):
    """Somebody at work in customer service, with the team they belong to."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Employee.objects.none(), widget=SearchSelect(), **kwargs)

    def offer(self, *, also: Employee | None = None) -> None:
        """Offer everybody who serves customers, and whoever is meant already."""
        rows = agents()
        if also is not None:
            rows = Employee.objects.select_related("team", "site", "account").filter(
                Q(pk__in=rows.values("pk")) | Q(pk=also.pk)
            )
        self.queryset = rows.order_by("team__name", "name")

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.team.name}" if obj.team else str(obj.name)


def order_named(account: Account, number: str) -> Order | None:
    """The order of that number, the shop's or ours, if the person may see it."""
    rows = scope(account, Order, "view").select_related("shop__site", "customer")
    return rows.filter(Q(external_no__iexact=number) | Q(number__iexact=number)).first()


class OrderField(forms.CharField):
    """The number of an order that the person may see; gives the order or None."""

    account: Account

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = order_named(self.account, text)
        if found is None:
            raise forms.ValidationError(_("没有找到这个订单号。"))
        return found


class ConversationField(forms.CharField):
    """The number of a conversation that the person may see; gives the conversation or None."""

    account: Account

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        rows = scope(self.account, Conversation, "view").select_related("customer", "order")
        found = rows.filter(number__iexact=text).first()
        if found is None:
            raise forms.ValidationError(_("没有找到这个会话编号。"))
        return found
