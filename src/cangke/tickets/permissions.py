"""Who may see and do what with the work items of the desk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    SERVICE,
    Account,
    Roles,
    classify,
    gate,
    permission,
)
from cangke.foundation.audit.public import name_acts, page_of
from cangke.foundation.notices.public import notice_kind

from .models import Pledge

SERVING = [*SERVICE, *LEADING]

VIEW = permission("tickets.view", _("查看工单与承诺"), roles=[*SERVING, Roles.MANAGER])
PLEDGE = permission("tickets.pledge", _("登记与兑现承诺"), roles=SERVING)
JUDGE = permission("tickets.judge", _("免除、改派、更正承诺"), roles=LEADING)
EXPORT = permission("tickets.export", _("导出工单与承诺"), roles=[*LEADING, Roles.MANAGER])

notice_kind("tickets.pledge_due", _("承诺快到期"), urgent=True)
notice_kind("tickets.pledge_broken", _("承诺未兑现"), urgent=True)
notice_kind("tickets.pledge_given", _("承诺改由我兑现、批准有结果"))

Reach = Callable[[Account, Collection[int]], Q]


def _own_pledges(account: Account, ids: Collection[int]) -> Q:
    """What one keeps, has registered, or what was promised in a conversation one holds."""
    return (
        Q(keeper__account_id=account.pk)
        | Q(made_by_id=account.pk)
        | Q(conversation__assignee__account_id=account.pk)
    )


def _with_own(key: str, own: Reach) -> Reach:
    def rows(account: Account, ids: Collection[int]) -> Q:
        return Q(**{f"{key}__in": ids}) | own(account, ids)

    return rows


PLEDGES: Mapping[str, Reach] = {
    "self": _own_pledges,
    "team": _with_own("keeper__team_id", _own_pledges),
    "department": _with_own("keeper__department_id", _own_pledges),
}
gate(
    Pledge,
    permissions={"view": VIEW, "pledge": PLEDGE, "judge": JUDGE, "export": EXPORT},
    paths=PLEDGES,
)
classify(
    Pledge,
    internal=[
        "number",
        "kind",
        "text",
        "amount",
        "currency",
        "conversation",
        "order",
        "customer",
        "keeper",
        "due_at",
        "state",
        "excesses",
        "settled_at",
        "proof",
        "proof_message",
        "kept_late_at",
        "reason",
        "made_by",
        "made_at",
    ],
)
name_acts(
    {
        "tickets.pledge_made": _("登记承诺"),
        "tickets.pledge_approved": _("批准承诺"),
        "tickets.pledge_declined": _("承诺未获批准"),
        "tickets.pledge_amended": _("修改承诺"),
        "tickets.pledge_reminded": _("提醒承诺到期"),
        "tickets.pledge_given": _("改派承诺"),
        "tickets.pledge_kept": _("兑现承诺"),
        "tickets.pledge_broken": _("承诺到期未兑现"),
        "tickets.pledge_kept_late": _("逾期兑现承诺"),
        "tickets.pledge_cleared": _("更正为已兑现"),
        "tickets.pledge_waived": _("免除承诺"),
    }
)
page_of(Pledge, "tickets:pledge")
