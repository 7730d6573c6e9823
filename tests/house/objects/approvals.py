import datetime as dt
import itertools
from decimal import Decimal

from django.utils import timezone

from cangke.approvals import actions
from cangke.approvals.models import ApprovalFlow, Objection
from cangke.approvals.tests.factories import make_ladder, publish, step, submit
from cangke.payroll.actions import set_item
from cangke.payroll.tests.factories import make_office
from tests.house.objects import Keys, foreign

_number = itertools.count(9_000)


def _submitted():
    publish(step("a", "manager:1"))
    return submit(make_ladder().agent, next(_number), at=timezone.now())


@foreign(
    "approvals:case",
    "approvals:withdraw",
    "approvals:comment",
    "approvals:copy",
    "approvals:complete",
)
def _case() -> Keys:
    return {"pk": _submitted().pk}


@foreign("approvals:decide", "approvals:pass-on", "approvals:add-signer")
def _task() -> Keys:
    case = _submitted()
    return {"pk": case.pk, "task_id": case.tasks.get().pk}


@foreign("approvals:delegation-end")
def _delegation() -> Keys:
    ladder = make_ladder()
    at = timezone.now()
    given = actions.delegate(
        giver=ladder.boss,
        taker=ladder.leader,
        from_at=at,
        until_at=at + dt.timedelta(days=1),
        reason="休假",
        by=ladder.boss,
        at=at,
    )
    return {"pk": given.pk}


@foreign(
    "approvals:flow",
    "approvals:flow-edit",
    "approvals:flow-publish",
    "approvals:flow-discard",
    common="everybody may read how matters are decided",
)
def _flow() -> Keys:
    publish(step("a", "manager:1"))
    return {"pk": ApprovalFlow.objects.latest("pk").pk}


@foreign("approvals:objection", "approvals:objection-complete")
def _objection() -> Keys:
    return {"pk": _objected().pk}


@foreign("approvals:object")
def _objectionable() -> Keys:
    item = _objected().subject_id
    return {"label": "payroll.PayItem", "subject_id": item, "figure": "recovery"}


def _objected() -> Objection:
    """A recovery of somebody else's, which that person objects to."""
    at = timezone.now()
    office = make_office()
    actions.ensure(at=at)
    item = set_item(
        employee=office.agent,
        month=at.date().replace(day=1),
        kind="recovery",
        amount=Decimal("12.00"),
        reason="补发运费",
        by=office.hr,
        at=at,
    )
    own = office.agent.account
    assert own is not None
    return actions.object_to(subject=item, figure="recovery", reason="…", by=own, at=at)
