"""What is counted over the rooms below for one person: the month's work, the signs of abilities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cangke.desk import public as desk
from cangke.foundation.calendar.public import day_bounds
from cangke.foundation.search.public import matching_ids
from cangke.knowledge.public import Article, Question, question_figures
from cangke.orders.public import OPEN_STATES, Order, Remark, WarehouseChase
from cangke.people.public import (
    Ability,
    AbilityEvidence,
    Employee,
    HeldWork,
    WorkCount,
    WorkField,
)
from cangke.quality import public as quality
from cangke.regularization.public import Recorded
from cangke.tickets.public import Errand, Pledge, PledgeState, Ticket

MOST_TRAINING = 3


def _period(
    employee: Employee, first_date: dt.date, last_date: dt.date
) -> tuple[dt.datetime, dt.datetime]:
    since, _end = day_bounds(first_date, employee.site.zone)
    _start, until = day_bounds(last_date, employee.site.zone)
    return since, until


def work_done(*, employee_id: int, first_date: dt.date, last_date: dt.date) -> Sequence[WorkCount]:
    """
    Count what somebody did under the five core fields (answers `people.ports.work_done`, R11).

    Both days are included, by the clock of the person's site.
    """
    employee = Employee.objects.select_related("site").get(pk=employee_id)
    since, until = _period(employee, first_date, last_date)
    account_id = employee.account_id
    calls = desk.PhoneCall.objects.filter(
        agent=employee, called_at__gte=since, called_at__lt=until
    ).aggregate(all=Count("pk"), back=Count("pk", filter=Q(call_back_done_at__isnull=False)))
    talk = desk.Conversation.objects.filter(
        assignee=employee, closed_at__gte=since, closed_at__lt=until
    ).aggregate(all=Count("pk"), solved=Count("pk", filter=Q(handling_result__is_solved=True)))
    pledges = Pledge.objects.filter(
        keeper=employee, state=PledgeState.KEPT, settled_at__gte=since, settled_at__lt=until
    ).count()
    solved = Ticket.objects.filter(owner=employee, solved_at__gte=since, solved_at__lt=until)
    errands = Errand.objects.filter(issuer=employee, issued_at__gte=since, issued_at__lt=until)
    chases = WarehouseChase.objects.filter(
        asked_by=account_id, asked_at__gte=since, asked_at__lt=until
    )
    remarks = Remark.objects.filter(author=account_id, at__gte=since, at__lt=until)
    asked = Question.objects.filter(asked_by=account_id, asked_at__gte=since, asked_at__lt=until)
    rows = [
        (WorkField.LOGISTICS, _("追问仓库"), chases.count()),
        (WorkField.LOGISTICS, _("请其他部门协助"), errands.count()),
        (WorkField.ORDERS, _("写订单备注"), remarks.count()),
        (WorkField.ORDERS, _("处理的订单"), remarks.values("order").distinct().count()),
        (WorkField.PROBLEMS, _("解决的会话"), talk["solved"]),
        (WorkField.PROBLEMS, _("解决的工单"), solved.count()),
        (WorkField.CARE, _("结束的会话"), talk["all"]),
        (WorkField.CARE, _("接打电话"), calls["all"]),
        (WorkField.CARE, _("按约回电"), calls["back"]),
        (WorkField.CARE, _("兑现的承诺"), pledges),
        (WorkField.DATA, _("记下的疑问"), asked.count()),
    ]
    return [WorkCount(field, label, count) for field, label, count in rows if count]


def ability_facts(
    *, employee_id: int, first_date: dt.date, last_date: dt.date
) -> Sequence[AbilityEvidence]:
    """
    Tell what is recorded about somebody's abilities (answers `people.ports.ability_facts`, R6).

    Kept and broken promises speak of keeping promises (A18), how quickly customers were answered
    of listening, quality checks of the items that are abilities, noted questions of knowing the
    goods (J4). Tests are added by the room that will hold them.
    """
    employee = Employee.objects.select_related("site").get(pk=employee_id)
    since, until = _period(employee, first_date, last_date)
    found = []
    pledges = Pledge.objects.filter(
        keeper=employee, settled_at__gte=since, settled_at__lt=until
    ).aggregate(
        kept=Count("pk", filter=Q(state=PledgeState.KEPT)),
        broken=Count("pk", filter=Q(state=PledgeState.BROKEN)),
    )
    if pledges["kept"] or pledges["broken"]:
        words = _("承诺兑现 %(kept)d 个，未兑现 %(broken)d 个") % pledges
        found.append(AbilityEvidence(Ability.PROMISES, words))
    quick = desk.agent_figures(employee_id=employee_id, first_date=first_date, last_date=last_date)[
        "rate_3_minutes"
    ]
    if quick.value is not None:
        words = _("%(figure)s %(percent)s%%，共 %(count)d 次") % {
            "figure": desk.figure_text(quick).label,
            "percent": round(float(quick.value) * 100),
            "count": quick.denominator,
        }
        found.append(AbilityEvidence(Ability.LISTENING, words))
    scored = quality.item_scores_of(employee_id, since=since, until=until)
    for code in (Ability.EXPRESSION, Ability.PRODUCT, Ability.EMPATHY, Ability.LISTENING):
        if code.value in scored:
            average, count = scored[code.value]
            words = _("质检平均 %(points)s 分，共 %(count)d 次") % {
                "points": average,
                "count": count,
            }
            found.append(AbilityEvidence(code, words))
    noted = _questions(employee, since, until)
    if noted:
        found.append(AbilityEvidence(Ability.PRODUCT, noted))
    return found


def _questions(employee: Employee, since: dt.datetime, until: dt.datetime) -> str:
    """Somebody's question log in words, nothing if there is none (J4)."""
    if employee.account_id is None:
        return ""
    figures = question_figures([employee.account_id], from_at=since, until_at=until)
    log = figures[employee.account_id]
    if not log.asked:
        return ""
    if log.mean_minutes is None:
        return _("记下疑问 %(asked)d 个，还没有答案") % {"asked": log.asked}
    return _("记下疑问 %(asked)d 个，已有答案 %(answered)d 个，平均 %(minutes)s 分钟得到答案") % {
        "asked": log.asked,
        "answered": log.answered,
        "minutes": log.mean_minutes,
    }


def quality_recorded(*, employee_id: int, from_date: dt.date, to_date: dt.date) -> Recorded | None:
    """
    Average somebody's quality checks (answers the criterion 质检平均分 of regularization, N12).
    """
    employee = Employee.objects.select_related("site").get(pk=employee_id)
    since, until = _period(employee, from_date, to_date)
    found = quality.scores_of([employee_id], since=since, until=until).get(employee_id)
    if found is None:
        return None
    average, count = found
    query = urlencode({"q": employee.name, "state": "scored"})
    return Recorded(average, count, f"{reverse('quality:list')}?{query}")


def training_for(*, topic: str) -> Sequence[tuple[str, str]]:
    """What in the knowledge base teaches a topic (answers `people.ports.training_for`, R5)."""
    found = Article.objects.filter(
        pk__in=matching_ids("article", topic), audience="all", retired_at__isnull=True
    )
    return [
        (article.title, reverse("knowledge:article", args=[article.pk]))
        for article in found.order_by("-updated_at")[:MOST_TRAINING]
    ]


def held_work(*, employee_id: int) -> Sequence[HeldWork]:
    """What of open work waits for somebody (answers `people.ports.held_work`, Q8)."""
    talks = desk.Conversation.objects.held().filter(assignee=employee_id)
    calls = desk.PhoneCall.objects.filter(
        call_back_by=employee_id, call_back_due_at__isnull=False, call_back_done_at__isnull=True
    )
    tickets = Ticket.objects.unfinished().filter(owner=employee_id)
    pledges = Pledge.objects.running().filter(keeper=employee_id)
    errands = Errand.objects.filter(state="taken", taken_by=employee_id)
    orders = Order.objects.filter(state__in=OPEN_STATES, owner=employee_id)
    found = []
    for row in talks.select_related("customer").order_by("pk"):
        url = reverse("desk:conversation", args=[row.pk])
        found.append(HeldWork(_("会话"), f"{row.number} {row.customer}", url))
    for call in calls.order_by("call_back_due_at", "pk"):
        text = f"{call.caller_name} {call.question}"[:120]
        found.append(HeldWork(_("回电"), text, reverse("desk:calls")))
    for ticket in tickets.order_by("pk"):
        url = reverse("tickets:ticket", args=[ticket.pk])
        found.append(HeldWork(_("工单"), f"{ticket.number} {ticket.title}", url))
    for pledge in pledges.order_by("pk"):
        url = reverse("tickets:pledge", args=[pledge.pk])
        found.append(HeldWork(_("承诺"), f"{pledge.number} {pledge.text}", url))
    for errand in errands.order_by("pk"):
        url = reverse("errands:errand", args=[errand.pk])
        found.append(HeldWork(_("协作"), f"{errand.number} {errand.title}", url))
    for order in orders.order_by("pk"):
        found.append(HeldWork(_("订单"), order.number, reverse("orders:detail", args=[order.pk])))
    return found
