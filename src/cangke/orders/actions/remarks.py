from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Refusal
from cangke.people.public import employee_of
from cangke.rulebook.public import policy

from .. import rules
from ..events import RemarkAdded
from ..models import Remark
from ..ports import picking_started
from .history import NotAllowedNow, locked, note, save

FLAGS = ("red", "yellow", "green", "blue", "purple")


@transaction.atomic
def add_remark(
    *,
    order_id: int,
    by: Account,
    at: dt.datetime,
    logistics: str = "",
    gift: str = "",
    other: str = "",
    flag: str = "red",
) -> Remark:
    """
    Write a new version of the order's structured remark and flag the order (C10, C11).

    Author and time are the system's; earlier versions stay. After the warehouse began, the
    remark is marked late.

    :raises Refusal: if all three parts are empty, or the flag is none
    :raises NotAllowedNow: if the order is cancelled
    """
    if not any(part.strip() for part in (logistics, gift, other)):
        raise Refusal(_("请至少填写一项：物流方式、礼品或其他要求。"), field="other")
    if flag not in FLAGS:
        raise Refusal(_("请选择旗的颜色。"), field="flag")
    order = locked(order_id)
    if order.state == rules.State.CANCELLED:
        raise NotAllowedNow(_("订单已取消，不能再备注。"))
    employee = employee_of(by)
    author = employee.name if employee else str(by)
    zone = order.shop.site.zone
    text = rules.format_remark(
        logistics=logistics,
        gift=gift,
        other=other,
        author=author,
        at=at,
        zone=zone,
        policy=policy(rules.RemarkPolicy, on=site_day(at, zone)),
    )
    remark = Remark.objects.create(
        order=order,
        logistics=logistics.strip(),
        gift=gift.strip(),
        other=other.strip(),
        author=by,
        author_name=author,
        at=at,
        flag=flag,
        text=text,
        late=rules.is_late_remark(
            state=order.state,
            picking_started=order.pk in picking_started.ask(order_ids=[order.pk]),
        ),
    )
    order.flag = flag
    note(order, "remark", by=by, at=at, text=text, data={"remark": remark.pk, "late": remark.late})
    save(order)
    record("orders.remarked", obj=order, by=by, at=at, changes={"remark": remark.pk})
    publish(RemarkAdded(order_id=order.pk, remark_id=remark.pk, late=remark.late))
    return remark
