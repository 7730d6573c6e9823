from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.events.public import publish
from cangke.foundation.live.public import signal
from cangke.foundation.refusal import Conflict, Refusal
from cangke.rulebook.public import policy

from .. import rules
from ..events import WarehouseAnswered, WarehouseChased
from ..models import WarehouseChase
from .history import NotAllowedNow, locked, note


class ChasedJustNow(Conflict):
    """Somebody asked the warehouse about this order minutes ago."""


@transaction.atomic
def chase_warehouse(
    *, order_id: int, question: str, by: Account, at: dt.datetime
) -> WarehouseChase:
    """
    Ask the warehouse about an order, on record (C16).

    Time and sender are those of the act itself. No caller offers another: the edges pass their
    clock, and the database refuses to change the row.

    :raises NotAllowedNow: if the order has left or is cancelled
    :raises ChasedJustNow: if it was asked within the rulebook's interval
    :raises Refusal: if the time lies before what is on record already
    """
    order = locked(order_id)
    if order.state not in rules.OPEN_STATES:
        raise NotAllowedNow(_("订单已经发出或取消，不用追问。"))
    last = order.chases.order_by("-asked_at").select_related("asked_by").first()
    if at < order.received_at or (last is not None and at < last.asked_at):
        raise Refusal(_("追问不能补记。"))
    interval = policy(rules.OrderPolicy, on=site_day(at, order.shop.site.zone)).chase_repeat_minutes
    if last is not None and at - last.asked_at < dt.timedelta(minutes=interval):
        raise ChasedJustNow(
            _("%(name)s 刚追问过，%(minutes)d 分钟内不重复追问。")
            % {"name": last.asked_by, "minutes": interval}
        )
    chase = WarehouseChase.objects.create(
        order=order,
        asked_by=by,
        asked_at=at,
        question=(question.strip() or _("请问什么时候可以发货？"))[:300],
        promised_ship_at=order.promised_ship_at,
    )
    note(order, "chase", by=by, at=at, text=chase.question, data={"chase": chase.pk})
    record("orders.chased", obj=order, by=by, at=at, changes={"chase": chase.pk})
    signal("warehouse:chases", "chase", {"chase": chase.pk})
    publish(WarehouseChased(order_id=order.pk, chase_id=chase.pk))
    return chase


@transaction.atomic
def answer_chase(*, chase_id: int, answer: str, by: Account, at: dt.datetime) -> WarehouseChase:
    """
    Answer a question of an agent; one answer, kept as given.

    :raises Refusal: if the answer is empty
    :raises NotAllowedNow: if it was answered before
    """
    if not answer.strip():
        raise Refusal(_("请填写答复。"), field="answer")
    order_id = WarehouseChase.objects.values_list("order_id", flat=True).get(pk=chase_id)
    order = locked(order_id)
    chase = WarehouseChase.objects.select_for_update(of=("self",)).get(pk=chase_id)
    if chase.answered_at is not None:
        raise NotAllowedNow(_("这个追问已经答复。"))
    chase.answer, chase.answered_by, chase.answered_at = answer.strip()[:300], by, at
    chase.save(update_fields=["answer", "answered_by", "answered_at"])
    note(order, "answer", by=by, at=at, text=chase.answer, data={"chase": chase.pk})
    record("orders.chase_answered", obj=order, by=by, at=at, changes={"chase": chase.pk})
    signal(f"account:{chase.asked_by_id}", "chase", {"chase": chase.pk})
    publish(WarehouseAnswered(order_id=order.pk, chase_id=chase.pk))
    return chase
