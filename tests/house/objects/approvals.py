import datetime as dt
import itertools

from django.utils import timezone

from cangke.approvals import actions
from cangke.approvals.models import ApprovalFlow
from cangke.approvals.tests.factories import make_ladder, publish, step, submit
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
