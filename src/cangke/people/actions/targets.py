"""What a post is to sell in a month."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal
from cangke.rulebook.public import policy

from ..models import Post, SalesTarget
from ..rules import TargetPolicy, may_have_target


class NoTargetHere(Refusal):
    """The post carries no sales target by the rulebook (B12)."""


@transaction.atomic
def set_sales_target(
    *, post_id: int, month: dt.date, amount: Decimal, currency: str, by: Account, at: dt.datetime
) -> SalesTarget:
    """
    Set what a post is to sell in a month, or set it anew; ``month`` is any day of it (B12).

    :raises NoTargetHere: for an after-sales post, by the rulebook of that month's first day
    :raises Refusal: for an amount below zero
    """
    get_visible(by, Post, "change", pk=post_id)
    post = Post.objects.select_for_update(of=("self",)).get(pk=post_id)
    first = month.replace(day=1)
    if not may_have_target(post.stage, policy=policy(TargetPolicy, on=first)):
        raise NoTargetHere(
            _("“%s”是售后岗位，制度规定不定销售目标。要改先改制度 B12。") % post.title,
            field="amount",
        )
    if amount < 0:
        raise Refusal(_("金额不能小于零。"), field="amount")
    made = SalesTarget.objects.create(
        post=post, month=first, amount=amount, currency=currency, by=by, created_at=at
    )
    record(
        "people.sales_target_set",
        obj=post,
        by=by,
        at=at,
        changes={"month": f"{first:%Y-%m}", "amount": str(amount), "currency": currency},
    )
    return made
