from __future__ import annotations

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cangke.customers.public import Customer
from cangke.foundation.access.public import Account, allowed, can, scope, shown
from cangke.orders.public import Order
from cangke.people.public import Shop

from .. import queries, rules


def _id(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise SuspiciousOperation(f"no such {name}")
    return int(text)


def _context(request: HttpRequest, account: Account) -> rules.ScriptContext:
    """What the address tells of the conversation, as far as the account may see it."""
    customer_id, order_id, shop_id = (_id(request, name) for name in ("customer", "order", "shop"))
    customer = order = shop = None
    if customer_id and can(account, "customers.view"):
        customer = scope(account, Customer, "view").filter(pk=customer_id).first()
    if order_id and can(account, "orders.view"):
        rows = scope(account, Order, "view").select_related("shop__site")
        order = rows.prefetch_related("shipments").filter(pk=order_id).first()
    if shop_id and can(account, "people.chart"):
        shop = scope(account, Shop, "view").filter(pk=shop_id).first()
    language = request.GET.get("language", "") or (customer.language if customer else "")
    return queries.context_of(
        account,
        at=timezone.now(),
        customer_name=shown(account, customer, "display_name") if customer else "",
        order=order,
        shop=shop,
        language=language[:10] or "zh-hans",
    )


@require_GET
@allowed("knowledge.view")
def scripts(request: HttpRequest) -> HttpResponse:
    """
    The list behind the composer's slash: ``?q=&stage=&customer=&order=&shop=&language=``.

    Each option carries ``data-script`` and its filled ``data-text``.
    """
    account: Account = request.user  # type: ignore[assignment]  # let in by `allowed`
    found = queries.fill_scripts(
        account,
        _context(request, account),
        text=request.GET.get("q", ""),
        stage=request.GET.get("stage", ""),
    )
    return render(request, "knowledge/script/menu.html", {"scripts": found})
