"""Who enters and leaves the site, and what they came to ask (A3)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.customers.public import find_or_create_by_identity
from cangke.foundation.access.public import Account, get_visible
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee, Site

from ..events import ConversationOpened
from ..models import Channel, HandlingResult, QuestionType, Visit
from ..rules.closing import ClosingReason
from ..rules.facts import Direction, Origin, SenderKind
from .attending import ensure_profile, touch
from .call import open_conversation
from .closing import end
from .hold import take_queued
from .thread import Thread, acting_employee


class VisitIncomplete(Refusal):
    """A visit names who came, for whom and why."""


class AlreadyLeft(Conflict):
    """The visitor was signed out before."""


@transaction.atomic
def sign_in_visitor(
    *,
    site: Site,
    visitor_name: str,
    company: str,
    purpose_kind: str,
    purpose: str,
    by: Account,
    at: dt.datetime,
    came_at: dt.datetime | None = None,
    phone: str = "",
    people: int = 1,
    host: Employee | None = None,
    badge: str = "",
    plate: str = "",
    asks: bool = False,
) -> Visit:
    """
    Register somebody who enters. ``asks``: a customer with a question, who gets a conversation.

    :raises VisitIncomplete: without name, company or purpose; with an arrival in the future; or
        with a question but no phone to know the customer by
    """
    for field, value, said in (
        ("visitor_name", visitor_name, _("请填写来访人姓名。")),
        ("company", company, _("请填写来访单位；个人填“个人”。")),
        ("purpose", purpose, _("请写明来访事由。")),
    ):
        if not value.strip():
            raise VisitIncomplete(said, field=field)
    came = came_at or at
    if came > at:
        raise VisitIncomplete(_("进入时间不能晚于现在。"), field="came_at")
    visit = Visit.objects.create(
        site=site,
        visitor_name=visitor_name.strip(),
        company=company.strip(),
        phone=phone.strip(),
        people=people,
        purpose_kind=purpose_kind,
        purpose=purpose.strip(),
        host=host,
        badge=badge.strip(),
        plate=plate.strip().upper(),
        came_at=came,
        registered_by=by,
    )
    if asks:
        _talk(visit, by=by, at=at)
    record(
        "desk.visitor_came",
        obj=visit,
        by=by,
        at=at,
        changes={"came_at": came.isoformat(), "conversation": visit.conversation_id},
    )
    return visit


@transaction.atomic
def open_visit_conversation(*, visit_id: int, by: Account, at: dt.datetime) -> Visit:
    """Begin a conversation for a visit that turned out to be a question; again changes nothing."""
    get_visible(by, Visit, "change", pk=visit_id)
    visit = Visit.objects.select_for_update().select_related("site").get(pk=visit_id)
    if visit.conversation_id is None:
        _talk(visit, by=by, at=at)
        record(
            "desk.visit_asked",
            obj=visit,
            by=by,
            at=at,
            changes={"conversation": visit.conversation_id},
        )
    return visit


def _talk(visit: Visit, *, by: Account, at: dt.datetime) -> None:
    """What a visitor asks is a conversation of the walk-in channel, held by who received them."""
    if not visit.phone:
        raise VisitIncomplete(_("有咨询的客户请留下电话，下次来时认得出来。"), field="phone")
    channel = (
        Channel.objects.filter(kind="walk_in", is_active=True, site=visit.site).first()
        or Channel.objects.filter(kind="walk_in", is_active=True).order_by("pk").first()
    )
    if channel is None:
        raise Refusal(_("还没有来访渠道，请管理员先在设置里添加。"))
    employee = acting_employee(by)
    ensure_profile(employee)
    touch(employee, at=at)
    customer = find_or_create_by_identity(
        kind="phone",
        value=visit.phone,
        display_name=visit.visitor_name,
        shop_id=channel.shop_id,
        by=by,
        at=at,
    )
    conversation = open_conversation(channel, customer, order=None, at=visit.came_at)
    thread = Thread.hold(conversation, at=at)
    take_queued(thread, employee, started_by="visit")
    thread.say(
        direction=Direction.IN,
        sender=SenderKind.CUSTOMER,
        origin=Origin.VISIT_LOG,
        body=visit.purpose,
        at=visit.came_at,
        backdated=True,
    )
    thread.save()
    visit.conversation = conversation
    visit.save(update_fields=["conversation"])
    publish(
        ConversationOpened(
            conversation_id=conversation.pk,
            customer_id=customer.pk,
            channel_id=channel.pk,
            at=at,
        )
    )


@transaction.atomic
def sign_out_visitor(
    *,
    visit_id: int,
    by: Account,
    at: dt.datetime,
    left_at: dt.datetime | None = None,
    result: str = "",
    question_type: QuestionType | None = None,
    handling_result: HandlingResult | None = None,
) -> Visit:
    """
    Note that somebody left. With type and result what they asked is closed, else it goes on.

    :raises AlreadyLeft: if they were signed out before
    :raises VisitIncomplete: with a time before the arrival or in the future
    """
    get_visible(by, Visit, "change", pk=visit_id)
    visit = Visit.objects.select_for_update().get(pk=visit_id)
    if visit.left_at is not None:
        raise AlreadyLeft(_("已经登记过离开了。"))
    left = left_at or at
    if left > at or left < visit.came_at:
        raise VisitIncomplete(_("离开时间要在进入之后、现在之前。"), field="left_at")
    visit.left_at, visit.signed_out_by, visit.result = left, by, result.strip()
    visit.save(update_fields=["left_at", "signed_out_by", "result"])
    if visit.conversation_id is not None:
        _settle(visit, question_type, handling_result, by=by, at=at)
    record(
        "desk.visitor_left",
        obj=visit,
        by=by,
        at=at,
        changes={"left_at": left.isoformat(), "minutes": visit.minutes(at=at)},
    )
    return visit


def _settle(
    visit: Visit,
    question_type: QuestionType | None,
    handling_result: HandlingResult | None,
    *,
    by: Account,
    at: dt.datetime,
) -> None:
    """Write down what was answered on the spot, and close what is settled."""
    assert visit.conversation_id is not None
    employee = acting_employee(by)
    touch(employee, at=at)
    thread = Thread.lock(visit.conversation_id, at=at)
    if not thread.conversation.is_open:
        return
    if visit.result:
        thread.say(
            direction=Direction.OUT,
            sender=SenderKind.AGENT,
            origin=Origin.VISIT_LOG,
            body=visit.result,
            agent=employee,
            at=at,
            backdated=True,
        )
    mine = thread.conversation.assignee_id == employee.pk
    if mine and question_type is not None and handling_result is not None:
        thread.set(question_type=question_type, handling_result=handling_result)
        end(thread, ClosingReason.SETTLED, by=by, employee=employee)
    else:
        thread.save()
