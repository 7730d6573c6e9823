from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from cangke.carriers.public import tracking_url
from cangke.catalog import public as catalog
from cangke.customers.public import Customer, Identity, normalize_identity
from cangke.foundation.access.public import Account, can, scope
from cangke.foundation.calendar.public import site_day
from cangke.rulebook.public import policy

from . import rules
from .models import Hold, Order, OrderLine, Shipment, WarehouseChase

CHASE_TOPIC = "warehouse:chases"


def facts_of(order: Order) -> rules.OrderFacts:
    """Return what the completeness rules read of an order (C2)."""
    lines = list(order.lines.all())
    judged = order.checks == "full" and catalog.has_products(client_id=order.client_id)
    return rules.OrderFacts(
        country=order.country,
        province=order.province,
        city=order.city,
        street=order.street,
        postcode=order.postcode,
        name=order.buyer_name,
        phone=order.buyer_phone,
        service=str(order.service_id or ""),
        lines=tuple(
            rules.LineFacts(line.sku, line.quantity, line.product_id is not None or not judged)
            for line in lines
        ),
    )


def order_policy(at: dt.datetime, zone: str) -> rules.OrderPolicy:
    """Return the thresholds in force on the site's day."""
    return policy(rules.OrderPolicy, on=site_day(at, zone))


def promise_of(order: Order, *, at: dt.datetime) -> rules.PromiseView:
    """Return how the promise of an order stands now (C15); needs ``shop__site`` loaded."""
    thresholds = order_policy(at, order.shop.site.zone)
    return rules.promise_view(
        state=order.state,
        promised_ship_at=order.promised_ship_at,
        shipped_at=order.shipped_at,
        at=at,
        amber_minutes=thresholds.amber_minutes,
    )


# --- lists


@dataclass
class Brief:
    """What a row of a list or a card shows of an order beside its own columns."""

    order: Order
    promise: rules.PromiseView
    lines: list[OrderLine]
    line_count: int
    piece_count: int
    holds: list[Hold]
    chases: list[WarehouseChase]
    look: object = None  # the state mark, added by pages

    @property
    def more_lines(self) -> int:
        return self.line_count - len(self.lines)

    @property
    def part_shipped(self) -> bool:
        return self.order.state == rules.State.TO_SHIP and any(
            line.shipped_quantity for line in self.lines
        )


def listed(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Prepare orders for a list: the names a row shows come with it."""
    return rows.select_related("shop__site", "owner", "customer")


def briefs(orders: Iterable[Order], *, at: dt.datetime, lines: int = 1) -> list[Brief]:
    """
    Return what lists and cards show of orders, in four queries however many.

    The first ``lines`` lines of each order, how many it has, open holds, and chases.
    """
    orders = list(orders)
    keys = [order.pk for order in orders]
    first: dict[int, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(order_id__in=keys, position__lte=lines).order_by(
        "order_id", "position"
    ):
        first.setdefault(line.order_id, []).append(line)
    counts = {
        row["order_id"]: (row["lines"], row["pieces"])
        for row in OrderLine.objects.filter(order_id__in=keys)
        .values("order_id")
        .annotate(lines=Count("pk"), pieces=Sum("quantity"))
        .order_by()
    }
    holds: dict[int, list[Hold]] = {}
    for hold in Hold.objects.filter(order_id__in=keys, released_at__isnull=True):
        holds.setdefault(hold.order_id, []).append(hold)
    chases: dict[int, list[WarehouseChase]] = {}
    for chase in WarehouseChase.objects.filter(order_id__in=keys).select_related("asked_by"):
        chases.setdefault(chase.order_id, []).append(chase)
    return [
        Brief(
            order=order,
            promise=promise_of(order, at=at),
            lines=first.get(order.pk, []),
            line_count=counts.get(order.pk, (0, 0))[0],
            piece_count=counts.get(order.pk, (0, 0))[1],
            holds=holds.get(order.pk, []),
            chases=chases.get(order.pk, []),
        )
        for order in orders
    ]


def matching(rows: QuerySet[Order], text: str) -> QuerySet[Order]:
    """
    Narrow to orders whose number, tracking number or buyer fits the text (C7, X1).

    Numbers match by their beginning or their end; both run on an index.
    """
    text = text.strip()
    if not text:
        return rows
    upper = "".join(text.split()).upper()
    by_parcel = Shipment.objects.filter(
        Q(tracking_no__startswith=upper) | Q(tracking_reversed__startswith=upper[::-1])
    ).values("order_id")
    fits = (
        Q(external_no__startswith=text)
        | Q(number__startswith=upper)
        | Q(pk__in=by_parcel)
        | Q(buyer_name__icontains=text)
    )
    if len(text) >= 4:
        fits |= Q(number_reversed__startswith=text[::-1])
    return rows.filter(fits)


def late(rows: QuerySet[Order], *, at: dt.datetime) -> QuerySet[Order]:
    """Narrow to orders past their promised ship time that have not left."""
    return rows.filter(
        promised_ship_at__lt=at, shipped_at__isnull=True, state__in=rules.OPEN_STATES
    )


def due(rows: QuerySet[Order], *, since: dt.datetime, until: dt.datetime) -> QuerySet[Order]:
    """Narrow to orders promised between two instants that have not left."""
    return rows.filter(
        promised_ship_at__gte=since,
        promised_ship_at__lt=until,
        shipped_at__isnull=True,
        state__in=rules.OPEN_STATES,
    )


def unchased(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Narrow to orders nobody asked the warehouse about."""
    return rows.filter(~Exists(WarehouseChase.objects.filter(order_id=OuterRef("pk"))))


def watch_list(account: Account, *, owner_id: int, at: dt.datetime) -> list[Order]:
    """Return somebody's own open promised orders, the most urgent first (C15)."""
    rows = listed(
        scope(account, Order, "view").filter(
            owner_id=owner_id,
            promised_ship_at__isnull=False,
            shipped_at__isnull=True,
            state__in=rules.OPEN_STATES,
        )
    ).order_by("promised_ship_at", "pk")
    return list(rows[:200])


def orders_of_customer(
    account: Account, customer_ids: Collection[int], *, limit: int = 20
) -> list[Order]:
    """Return a customer's orders that the account may see, newest first."""
    rows = listed(scope(account, Order, "view").filter(customer_id__in=customer_ids))
    return list(rows.order_by("-placed_at", "-pk")[:limit])


def open_chases(account: Account) -> QuerySet[WarehouseChase]:
    """Return questions to the warehouse that wait for an answer, oldest first."""
    return (
        scope(account, WarehouseChase, "view")
        .filter(answered_at__isnull=True)
        .select_related("order__shop", "asked_by")
        .order_by("asked_at", "pk")
    )


def allowed_topics(*, account_id: int, wanted: Collection[str]) -> list[str]:
    """Of the live topics a page asks for, those of orders and customers within its reach."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        return []
    allowed = []
    for prefix, model, code in (
        ("order", Order, "orders.view"),
        ("customer", Customer, "customers.view"),
    ):
        ids = [
            int(topic.removeprefix(f"{prefix}:"))
            for topic in wanted
            if re.fullmatch(rf"{prefix}:\d{{1,18}}", topic)
        ]
        if ids and can(account, code):
            seen = scope(account, model, "view").filter(pk__in=ids[:200])
            allowed += [f"{prefix}:{pk}" for pk in seen.values_list("pk", flat=True)]
    if CHASE_TOPIC in wanted and can(account, "orders.answer"):
        allowed.append(CHASE_TOPIC)
    return allowed


# --- for other rooms


@dataclass(frozen=True)
class OrderStage:
    """Which side of 已发货 an order is on, and who owns it (B1, B2)."""

    order_id: int
    after_sales: bool
    owner_id: int | None


def stage_of(order_id: int) -> OrderStage | None:
    """Return the side of 已发货 an order is on (B1, AMB-23): any shipped line is after-sales."""
    return _stage(Order.objects.filter(pk=order_id))


def stage_of_customer(customer_id: int) -> OrderStage | None:
    """Return the side of the customer's latest order (AMB-23); None without any order."""
    return _stage(
        Order.objects.sales()
        .filter(customer_id=customer_id)
        .exclude(state=rules.State.CANCELLED)
        .order_by("-placed_at", "-pk")
    )


def _stage(rows: QuerySet[Order]) -> OrderStage | None:
    order = rows.only("pk", "state", "owner_id").first()
    if order is None:
        return None
    shipped = order.lines.filter(shipped_quantity__gt=0).values_list("shipped_quantity", flat=True)
    return OrderStage(
        order_id=order.pk,
        after_sales=rules.is_after_sales(state=order.state, shipped_quantities=shipped[:1]),
        owner_id=order.owner_id,
    )


def find_order(*, shop_id: int | None, number: str) -> Order | None:
    """Return the order with this number (the shop's or ours), without asking who wants it."""
    number = number.strip()
    if not number:
        return None
    rows = Order.objects.select_related("shop__site", "customer")
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    return rows.filter(Q(external_no__iexact=number) | Q(number__iexact=number)).first()


@dataclass(frozen=True)
class PublicOrder:
    """What a buyer may see of an own order: state and tracking, nothing personal (C7)."""

    number: str
    state: str
    state_label: str
    placed_at: dt.datetime
    promised_ship_at: dt.datetime | None
    shipped_at: dt.datetime | None
    delivered_at: dt.datetime | None
    parcels: tuple[tuple[str, str, str], ...]  # carrier, tracking number, link


def look_up_for_buyer(*, shop_id: int | None, number: str, proof: str) -> PublicOrder | None:
    """
    Return the state of an order to somebody who knows its number and a fact of its buyer (C7).

    The proof is the last four digits of the phone, the whole phone, the e-mail, the postcode or
    the customer number. Anything else answers like an unknown number: None.
    """

    order = find_order(shop_id=shop_id, number=number)
    proof = proof.strip()
    if order is None or order.kind != "sale" or len(proof) < 4:
        return None
    proofs: set[str] = set()
    phone = normalize_identity("phone", order.buyer_phone)
    if phone:
        proofs |= {phone, phone[-4:]}
    if order.postcode:
        proofs.add("".join(order.postcode.split()).casefold())
    if order.customer_id:
        for kind, norm in Identity.objects.filter(
            customer_id=order.customer_id,
            kind__in=["email", "phone", "order_customer_code"],
        ).values_list("kind", "value_norm"):
            proofs.add(norm)
            if kind == "phone":
                proofs.add(norm[-4:])
    given = {
        "".join(proof.split()).casefold(),
        normalize_identity("phone", proof),
        normalize_identity("email", proof),
    } - {""}
    if not given & proofs:
        return None
    return PublicOrder(
        number=order.external_no,
        state=order.state,
        state_label=order.get_state_display(),
        placed_at=order.placed_at,
        promised_ship_at=order.promised_ship_at,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        parcels=tuple(
            (each.carrier.name, each.tracking_no, tracking_url(each.carrier, each.tracking_no))
            for each in order.shipments.select_related("carrier")
        ),
    )
