"""Rewards and coaching: what was done well, and what help was given (L14, L23)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.approvals import public as approvals
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.events.public import publish
from cangke.foundation.money.public import to_cents
from cangke.foundation.notices.public import announce, notify
from cangke.foundation.numbering.public import next_number
from cangke.people.public import Employee

from .. import queries
from ..events import RewardGranted
from ..models import Coaching, Reward
from .refusals import ConductIncomplete, WrongPerson

REWARD = "discipline.reward"


@transaction.atomic
def propose_reward(
    *,
    employee: Employee,
    kind: str,
    date: dt.date,
    reason: str,
    by: Account,
    at: dt.datetime,
    amount: Decimal | None = None,
    public: bool = False,
) -> Reward:
    """
    Reward somebody; one that carries money is granted once it is approved (L14).

    With ``public`` the whole company reads of a reward that is granted at once.

    :raises WrongPerson: for oneself
    :raises ConductIncomplete: without a reason, for a day to come, with money the kind has not
    """
    if employee.account_id == by.pk:
        raise WrongPerson(_("不能奖励自己。"), field="employee")
    today = site_day(at, employee.site.zone)
    known = queries.reward_policy(today).kind(kind)
    if known is None:
        raise ConductIncomplete(_("制度里没有这种奖励。"), field="kind")
    if date > today:
        raise ConductIncomplete(_("日期不能在将来。"), field="date")
    if not reason.strip():
        raise ConductIncomplete(_("请写明事迹。"), field="reason")
    if amount is not None and (not known.money or amount <= 0):
        raise ConductIncomplete(_("这种奖励不附奖金。"), field="amount")
    made = Reward.objects.create(
        number=next_number("reward", at=at, zone=employee.site.zone),
        employee=employee,
        kind=kind,
        date=date,
        reason=reason.strip(),
        amount=to_cents(amount) if amount is not None else None,
        state="asked" if amount is not None else "granted",
        by=by,
        at=at,
        granted_at=None if amount is not None else at,
    )
    record(
        "discipline.rewarded",
        obj=made,
        by=by,
        at=at,
        changes={"employee": employee.pk, "kind": kind, "amount": str(made.amount or "")},
        reason=made.reason[:300],
    )
    if made.amount is None:
        _granted(made, at=at)
        if public:
            _make_public(made, at=at)
        return made
    approvals.submit_case(
        kind=REWARD,
        subject_id=made.pk,
        applicant=by,
        title=lambda: (
            _("%(kind)s：%(name)s") % {"kind": queries.in_words(known, kind), "name": employee.name}
        ),
        facts=lambda: [
            (_("员工"), employee.name),
            (_("事迹"), made.reason[:500]),
            (_("奖金"), f"{made.amount} {employee.site.currency}"),
        ],
        amount=made.amount,
        currency=employee.site.currency,
        by=by,
        at=at,
    )
    return made


def reward_snapshot(reward: Reward) -> dict[str, object]:
    """What is approved: who gets what, and why."""
    return {
        "employee": reward.employee_id,
        "kind": reward.kind,
        "amount": str(reward.amount or ""),
        "reason": reward.reason,
    }


@transaction.atomic
def settle_reward(
    *, reward_id: int, approved: bool, at: dt.datetime, fingerprint: str = ""
) -> Reward | None:
    """Grant what was approved, close what was not. Safe to repeat."""
    reward = (
        Reward.objects.select_for_update(of=("self",))
        .select_related("employee__site", "employee__account")
        .get(pk=reward_id)
    )
    if reward.state != "asked":
        return None
    if approved and fingerprint != approvals.fingerprint(reward_snapshot(reward)):
        approved = False
    reward.state = "granted" if approved else "refused"
    if approved:
        reward.granted_at = at
        reward.pay_month = site_day(at, reward.employee.site.zone).replace(day=1)
    reward.save(update_fields=["state", "granted_at", "pay_month"])
    record("discipline.reward_decided", obj=reward, by=None, at=at, changes={"state": reward.state})
    notify(
        reward.by,
        kind="discipline.reward",
        title=gettext_lazy("奖励已批准") if approved else gettext_lazy("奖励没有批准"),
        body=reward.number,
        url=reverse("discipline:reward", args=[reward.pk]),
        at=at,
    )
    if approved:
        _granted(reward, at=at)
    return reward


def _granted(reward: Reward, *, at: dt.datetime) -> None:
    publish(
        RewardGranted(reward_id=reward.pk, employee_id=reward.employee_id, kind=reward.kind, at=at)
    )
    if reward.employee.account is not None:
        notify(
            reward.employee.account,
            kind="discipline.reward",
            title=gettext_lazy("您获得了奖励"),
            body=reward.number,
            url=reverse("discipline:reward", args=[reward.pk]),
            at=at,
        )


def _make_public(reward: Reward, *, at: dt.datetime) -> None:
    """Tell the whole company; the amount is nobody else's business."""
    reward.announced_at = at
    reward.save(update_fields=["announced_at"])
    readers = Account.objects.filter(
        pk__in=Employee.objects.at_work().values("account"), is_active=True
    )
    body = f"{reward.employee.name}：{reward.reason}"
    title = gettext_lazy("表彰")
    notify(readers, kind="discipline.reward", title=title, body=body, at=at)
    announce(kind="discipline.reward", title=title, body=body, at=at)


@transaction.atomic
def note_coaching(
    *, employee: Employee, ground: str, date: dt.date, text: str, by: Account, at: dt.datetime
) -> Coaching:
    """
    Note what help somebody got and on what matter, so that it stands beside later cases (L23).

    :raises WrongPerson: for oneself
    :raises ConductIncomplete: without words, or for a day to come
    """
    if employee.account_id == by.pk:
        raise WrongPerson(_("不能给自己登记辅导。"), field="employee")
    if not text.strip():
        raise ConductIncomplete(_("请写明做了什么。"), field="text")
    if date > site_day(at, employee.site.zone):
        raise ConductIncomplete(_("日期不能在将来。"), field="date")
    made = Coaching.objects.create(
        employee=employee, ground=ground, date=date, text=text.strip(), by=by, at=at
    )
    record(
        "discipline.coached",
        obj=made,
        by=by,
        at=at,
        changes={"employee": employee.pk, "ground": ground},
    )
    return made
