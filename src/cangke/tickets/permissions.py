"""Who may see and do what with the work items of the desk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    SERVICE,
    STAFF,
    Account,
    Roles,
    can,
    classify,
    gate,
    held_everywhere,
    permission,
)
from cangke.foundation.audit.public import name_acts, page_of
from cangke.foundation.notices.public import notice_kind

from .models import Counterpart, Errand, Pledge, Ticket, TicketKind, TicketMacro

SERVING = [*SERVICE, *LEADING]

VIEW = permission("tickets.view", _("查看工单与承诺"), roles=[*SERVING, Roles.MANAGER])
PLEDGE = permission("tickets.pledge", _("登记与兑现承诺"), roles=SERVING)
JUDGE = permission("tickets.judge", _("免除、改派、更正承诺"), roles=LEADING)
WORK = permission("tickets.work", _("开工单、处理工单"), roles=SERVING)
MANAGE = permission("tickets.manage", _("批量改派、作废工单"), roles=LEADING)
SETUP = permission(
    "tickets.setup", _("设置工单类别与一键处理"), roles=[Roles.DEPUTY, Roles.SUPERVISOR]
)
ASK = permission("tickets.ask", _("请其他部门协助"), roles=SERVING)
ANSWER = permission("tickets.answer", _("查看与答复协作事项"), roles=STAFF)
ORDER = permission(
    "tickets.order",
    _("交办工作"),
    roles=[*LEADING, Roles.MANAGER, Roles.WAREHOUSE_SUPERVISOR],
)
ALL_ERRANDS = permission(
    "tickets.all_errands", _("查看全部协作事项"), roles=[Roles.SUPERVISOR, Roles.MANAGER]
)
ORDER_ANY = permission("tickets.order_any", _("交办给任何人"), roles=[Roles.MANAGER])
EXPORT = permission("tickets.export", _("导出工单与承诺"), roles=[*LEADING, Roles.MANAGER])

notice_kind("tickets.pledge_due", _("承诺快到期"), urgent=True)
notice_kind("tickets.pledge_broken", _("承诺未兑现"), urgent=True)
notice_kind("tickets.pledge_given", _("承诺改由我兑现、批准有结果"))
notice_kind("tickets.given", _("工单由我处理、工单变动"))
notice_kind("tickets.overdue", _("工单逾期"), urgent=True)
notice_kind("tickets.mention", _("同事在工单里提到我"), urgent=True)
notice_kind("tickets.changed", _("我处理或关注的工单有新内容"))
notice_kind("tickets.asked", _("同事请我的部门协助、上级交办"), urgent=True)
notice_kind("tickets.errand_answered", _("协作事项有答复"))
notice_kind("tickets.errand_overdue", _("协作事项逾期"), urgent=True)

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


def _own_tickets(account: Account, ids: Collection[int]) -> Q:
    """What one answers for, has opened, watches, or what grew out of a conversation one holds."""
    watched = Ticket.watchers.through.objects.filter(account=account).values("ticket_id")
    return (
        Q(owner__account_id=account.pk)
        | Q(opened_by_id=account.pk)
        | Q(conversation__assignee__account_id=account.pk)
        | Q(pk__in=watched)
    )


def _everywhere(account: Account, ids: Collection[int]) -> Q:
    """Kinds and macros are the same for everybody who may see them."""
    return Q(pk__isnull=False)


gate(
    Ticket,
    permissions={"view": VIEW, "work": WORK, "manage": MANAGE, "export": EXPORT},
    paths={
        "self": _own_tickets,
        "team": _with_own("owner__team_id", _own_tickets),
        "department": _with_own("owner__department_id", _own_tickets),
    },
)


def concerning(account: Account) -> Q:
    """What one has asked or ordered, or is to answer."""
    return _own_errands(account, ())


def sees_all_errands(account: Account) -> bool:
    """Whether a reach over everything, which many posts have, goes for errands too."""
    return ALL_ERRANDS in held_everywhere(account)


def holds_everywhere(account: Account) -> bool:
    """Whether somebody may answer errands with a reach over everything."""
    return ANSWER in held_everywhere(account)


def _own_errands(account: Account, ids: Collection[int]) -> Q:
    """What one has asked or ordered, or is to answer: alone, or for one's department."""
    return (
        Q(issuer__account_id=account.pk)
        | Q(receiver__account_id=account.pk)
        | Q(counterpart__in=Counterpart.objects.answered_by(account.pk).values("pk"))
    )


def _led_errands(key: str) -> Reach:
    """Leaders see what their people asked and were ordered; others what concerns them."""

    def rows(account: Account, ids: Collection[int]) -> Q:
        own = _own_errands(account, ids)
        if not can(account, MANAGE):
            return own
        return own | Q(**{f"issuer__{key}__in": ids}) | Q(**{f"receiver__{key}__in": ids})

    return rows


gate(
    Errand,
    permissions={"view": ANSWER, "ask": ASK},
    paths={
        **dict.fromkeys(("self", "shop", "warehouse"), _own_errands),
        "team": _led_errands("team_id"),
        "department": _led_errands("department_id"),
    },
)
classify(
    Errand,
    internal=[
        "number",
        "kind",
        "counterpart",
        "receiver",
        "title",
        "body",
        "conversation",
        "ticket",
        "issuer",
        "issued_at",
        "due_at",
        "state",
        "taken_by",
        "reply",
        "replied_by",
        "replied_at",
        "overdue_at",
    ],
)
classify(Counterpart, internal=["code", "name", "name_en", "department", "team", "is_active"])
for model in (Counterpart, TicketKind, TicketMacro):
    gate(
        model,
        permissions={"view": VIEW, "change": SETUP},
        paths=dict.fromkeys(("self", "team", "department", "shop"), _everywhere),
    )
classify(
    Ticket,
    public=["number"],
    internal=[
        "kind",
        "title",
        "values",
        "state",
        "priority",
        "owner",
        "due_at",
        "paused_at",
        "overdue_at",
        "conversation",
        "order",
        "customer",
        "product",
        "solution",
        "answer_message",
        "answer_call",
        "merged_into",
        "split_from",
        "opened_by",
        "opened_at",
        "updated_at",
        "solved_at",
        "closed_at",
        "reopen_count",
    ],
)
classify(
    TicketKind,
    internal=["code", "name", "name_en", "group", "due_hours", "priority", "team", "is_active"],
)
classify(TicketMacro, internal=["name", "name_en", "kind", "is_active"])
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
        "tickets.ticket_opened": _("开工单"),
        "tickets.ticket_comment": _("写工单备注"),
        "tickets.ticket_replied": _("从工单回复客户"),
        "tickets.ticket_answer": _("附上给客户的答复"),
        "tickets.ticket_customer_wrote": _("客户在工单里来信"),
        "tickets.ticket_state": _("改工单状态"),
        "tickets.ticket_owner": _("改派工单"),
        "tickets.ticket_due": _("改工单期限"),
        "tickets.ticket_priority": _("改工单优先级"),
        "tickets.ticket_edited": _("修改工单"),
        "tickets.ticket_task_done": _("完成子任务"),
        "tickets.ticket_task_added": _("添加子任务"),
        "tickets.ticket_merged_in": _("并入工单"),
        "tickets.ticket_merged_into": _("工单被并入"),
        "tickets.ticket_split_off": _("拆出工单"),
        "tickets.ticket_split_from": _("由工单拆出"),
        "tickets.ticket_macro": _("一键处理工单"),
        "tickets.ticket_overdue": _("工单逾期"),
        "tickets.ticket_reopened": _("重新打开工单"),
        "tickets.ticket_void": _("作废工单"),
        "tickets.ticket_note": _("工单收到协作答复"),
        "tickets.ticket_asked": _("从工单请部门协助"),
        "tickets.errand_asked": _("请部门协助、交办"),
        "tickets.errand_taken": _("接手协作事项"),
        "tickets.errand_comment": _("补充协作事项"),
        "tickets.errand_answered": _("答复协作事项"),
        "tickets.errand_reopened": _("再问协作事项"),
        "tickets.errand_withdrawn": _("撤回协作事项"),
        "tickets.errand_reminded": _("提醒协作事项"),
        "tickets.errand_overdue": _("协作事项逾期"),
        "tickets.counterpart_saved": _("保存协作部门"),
        "tickets.kind_saved": _("保存工单类别"),
        "tickets.macro_saved": _("保存一键处理"),
    }
)
page_of(Pledge, "tickets:pledge")
page_of(Ticket, "tickets:ticket")
page_of(Errand, "errands:errand")
