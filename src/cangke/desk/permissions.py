"""Who may do what at the desk, on which rows, and which fields are whose business."""

from collections.abc import Callable, Collection, Mapping

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    LEADING,
    SERVICE,
    WAREHOUSE,
    Account,
    Roles,
    can,
    classify,
    gate,
    mask_name,
    mask_phone,
    permission,
    reach,
)
from cangke.foundation.audit.public import name_acts, page_of
from cangke.foundation.notices.public import notice_kind
from cangke.people.public import Employee

from .channels import rights as channel_rights
from .models import (
    AgentProfile,
    Attachment,
    Channel,
    ConductAlert,
    Conversation,
    HandlingResult,
    LaterReply,
    Mention,
    Message,
    PhoneCall,
    PresenceInterval,
    QuestionType,
    QueueGroup,
    Rating,
    Segment,
    Transfer,
    Turn,
    Visit,
    of_departments,
)
from .rules.states import ConversationState

Path = Callable[[Account, Collection[int]], Q]
SERVING = [*SERVICE, *LEADING]

VIEW = permission("desk.view", _("查看会话"), roles=[*SERVING, Roles.MANAGER])
REPLY = permission("desk.reply", _("回复客户、写备注"), roles=SERVING)
CLAIM = permission("desk.claim", _("接起排队会话"), roles=SERVING)
TRANSFER = permission("desk.transfer", _("转接会话"), roles=SERVING)
CLOSE = permission("desk.close", _("结束与重开会话"), roles=SERVING)
CALL = permission("desk.call", _("登记来电"), roles=SERVING)
VISIT = permission(
    "desk.visit", _("登记来访"), roles=[*SERVING, *WAREHOUSE, Roles.MANAGER, Roles.HR]
)
PRESENCE = permission("desk.presence", _("切换本人在线状态"), roles=SERVING)
ASSIGN = permission("desk.assign", _("指派与接管会话"), roles=LEADING)
SUPERVISE = permission("desk.supervise", _("结束重大投诉、判定垃圾、强制离线"), roles=LEADING)
CONDUCT = permission("desk.conduct", _("查看与处理用语提醒"), roles=LEADING)
BOARD = permission("desk.board", _("查看实时看板"), roles=[*LEADING, Roles.MANAGER])
REPORT = permission("desk.report", _("查看服务报表"), roles=[*SERVING, Roles.MANAGER, Roles.HR])
EXPORT = permission("desk.export", _("导出会话与报表"), roles=[*LEADING, Roles.MANAGER])
SETUP = permission(
    "desk.setup", _("设置渠道、接待组与类型"), roles=[Roles.DEPUTY, Roles.SUPERVISOR]
)

notice_kind("desk.mention", _("同事提到我"), urgent=True)
notice_kind("desk.transfer", _("转接"), urgent=True)
notice_kind("desk.assigned", _("会话指派"), urgent=True)
notice_kind("desk.escalated", _("客户等待过久"), urgent=True)
notice_kind("desk.major", _("重大投诉"), urgent=True)
notice_kind("desk.idle", _("空挂"))
notice_kind("desk.woken", _("稍后处理的会话到时间"), urgent=True)
notice_kind("desk.later_held", _("定时回复没有发出"), urgent=True)
notice_kind("desk.conduct", _("用语提醒"))
notice_kind("desk.rating", _("顾客评分低"))


def groups_of(account: Account) -> Q:
    """Return the queue groups the account serves, as a condition on ``group_id``."""
    served = AgentProfile.groups.through.objects.filter(
        agentprofile__employee__account_id=account.pk
    ).values("queuegroup_id")
    return Q(group_id__in=served)


def _own(account: Account, ids: Collection[int]) -> Q:
    """
    What the account holds, has served, is called into, is offered, or could take from its queues.
    """
    here = {"conversation_id": OuterRef("pk")}
    offered = Transfer.objects.filter(state="pending", to_agent__account_id=account.pk, **here)
    served = Segment.objects.filter(agent__account_id=account.pk, **here)
    called = Mention.objects.filter(employee__account_id=account.pk, **here)
    return (
        Q(assignee__account_id=account.pk)
        | (Q(state=ConversationState.QUEUED.value) & groups_of(account))
        | Q(Exists(offered))
        | Q(Exists(served))
        | Q(Exists(called))
    )


def _leads(account: Account) -> bool:
    """A reach over teams is for those who lead; others with it see what is theirs (A7, B10)."""
    return can(account, ASSIGN) or can(account, BOARD)


def kept_near(account: Account) -> Q | None:
    """
    Return a condition that all the account may see meets, found through indexes (A1).

    The gate asks about each row, which is right for few and slow over all there ever were. There is
    none for whoever sees more than what went through their own hands.
    """
    if _leads(account) or not reach(account, VIEW) <= {"self", "team", "department"}:
        return None
    own = {"account_id": account.pk}
    held = Conversation.objects.filter(assignee__in=Employee.objects.filter(**own).values("pk"))
    waiting = Conversation.objects.filter(groups_of(account), state=ConversationState.QUEUED.value)
    reached = (
        held.order_by()
        .values("pk")
        .union(
            waiting.order_by().values("pk"),
            Segment.objects.filter(agent__account_id=account.pk).order_by().values("conversation"),
            Mention.objects.filter(employee__account_id=account.pk)
            .order_by()
            .values("conversation"),
            Transfer.objects.filter(state="pending", to_agent__account_id=account.pk)
            .order_by()
            .values("conversation"),
        )
    )
    return Q(pk__in=reached)


def _teams(account: Account, ids: Collection[int]) -> Q:
    """What the teams hold, have served, and what waits in their queues and those of no team."""
    if not _leads(account):
        return _own(account, ids)
    served = Segment.objects.filter(conversation_id=OuterRef("pk"), agent__team_id__in=ids)
    return (
        Q(assignee__team_id__in=ids)
        | Q(assignee__isnull=True, group__team_id__in=ids)
        | Q(Exists(served))
        | _own(account, ids)
    )


def _departments(account: Account, ids: Collection[int]) -> Q:
    """The same for whole departments, with all that waits in queues of no team."""
    if not _leads(account):
        return _own(account, ids)
    return of_departments(ids)


def _figures(key: str, own: str = "credited") -> Path:
    """Figures of others are for those who lead; everybody sees their own (P12)."""

    def rows(account: Account, ids: Collection[int]) -> Q:
        if _leads(account):
            return Q(**{f"{key}__in": ids})
        return Q(**{f"{own}__account_id": account.pk})

    return rows


def _shops(account: Account, ids: Collection[int]) -> Q:
    return Q(shop_id__in=ids)


def _everywhere(account: Account, ids: Collection[int]) -> Q:
    """Set-up is the same for everybody who may see it."""
    return Q(pk__isnull=False)


def _own_site(account: Account, ids: Collection[int]) -> Q:
    """Who is on the site is known to everybody who works there and registers visits."""
    return Q(site__in=Employee.objects.filter(account_id=account.pk).values("site"))


_BY_AGENT = {"self": "account_id", "team": "team_id", "department": "department_id"}


def _logs_or_calls_back(key: str) -> Path:
    """A call is of whoever wrote it down, and of whoever is to call back."""

    def rows(account: Account, ids: Collection[int]) -> Q:
        wanted = [account.pk] if key == "account_id" else ids
        return Q(**{f"agent__{key}__in": wanted}) | Q(**{f"call_back_by__{key}__in": wanted})

    return rows


REACH: Mapping[str, Path] = {
    "self": _own,
    "team": _teams,
    "department": _departments,
    "shop": _shops,
}


def _through(key: str) -> Mapping[str, Path]:
    """Reach the rows of the conversations that each scope reaches."""

    def following(reach: Path) -> Path:
        def rows(account: Account, ids: Collection[int]) -> Q:
            # Asked of each row: the few asked for shall not collect all that is in reach.
            return Q(Exists(Conversation.objects.filter(reach(account, ids), pk=OuterRef(key))))

        return rows

    return {kind: following(reach) for kind, reach in REACH.items()}


gate(
    Conversation,
    permissions={
        "view": VIEW,
        "reply": REPLY,
        "claim": CLAIM,
        "transfer": TRANSFER,
        "close": CLOSE,
        "assign": ASSIGN,
        "supervise": SUPERVISE,
        "report": REPORT,
        "export": EXPORT,
    },
    paths=REACH,
)
gate(Message, permissions={"view": VIEW, "reply": REPLY}, paths=_through("conversation_id"))
gate(LaterReply, permissions={"view": VIEW, "reply": REPLY}, paths=_through("conversation_id"))
gate(Attachment, permissions={"view": VIEW}, paths=_through("message__conversation_id"))
gate(Segment, permissions={"view": VIEW}, paths=_through("conversation_id"))
gate(Transfer, permissions={"view": VIEW}, paths=_through("conversation_id"))
gate(
    PhoneCall,
    permissions={"view": VIEW, "change": CALL},
    paths={each: _logs_or_calls_back(key) for each, key in _BY_AGENT.items()},
)
gate(
    Visit,
    permissions={"view": VISIT, "change": VISIT},
    paths={
        **dict.fromkeys(("self", "team", "department"), _own_site),
        "warehouse": "site_id",
    },
)
gate(
    Turn,
    permissions={"view": REPORT, "report": REPORT, "export": EXPORT},
    paths={
        "self": "credited__account_id",
        "team": _figures("credited__team_id"),
        "department": _figures("credited__department_id"),
        "shop": _figures("conversation__shop_id"),
    },
)
gate(
    Rating,
    permissions={"view": REPORT, "report": REPORT, "export": EXPORT},
    paths={
        "self": "agent__account_id",
        "team": _figures("agent__team_id", own="agent"),
        "department": _figures("agent__department_id", own="agent"),
        "shop": _figures("shop_id", own="agent"),
    },
)
gate(
    AgentProfile,
    permissions={"view": BOARD, "change": SETUP, "supervise": SUPERVISE},
    paths={
        "self": "employee__account_id",
        "team": "employee__team_id",
        "department": "employee__department_id",
    },
)
gate(
    PresenceInterval,
    permissions={"view": BOARD},
    paths={
        "self": "agent__account_id",
        "team": "agent__team_id",
        "department": "agent__department_id",
    },
)
gate(
    ConductAlert,
    permissions={"view": CONDUCT, "review": CONDUCT},
    paths={"team": "agent__team_id", "department": "agent__department_id"},
)
for model in (Channel, QueueGroup, QuestionType, HandlingResult):
    gate(
        model,
        permissions={"view": VIEW, "change": SETUP},
        paths=dict.fromkeys(("self", "team", "department", "shop"), _everywhere),
    )

classify(
    Conversation,
    public=["number"],
    internal=[
        "channel",
        "customer",
        "shop",
        "order",
        "language",
        "subject",
        "stage",
        "stage_source",
        "state",
        "priority",
        "is_major",
        "group",
        "assignee",
        "opened_at",
        "queued_at",
        "due_at",
        "snoozed_until",
        "first_human_reply_at",
        "last_in_at",
        "last_out_at",
        "last_message_at",
        "preview",
        "unread",
        "waiting_since",
        "closed_at",
        "closed_by",
        "close_reason",
        "question_type",
        "handling_result",
        "lost_reason",
        "reopen_count",
    ],
)
classify(
    Message,
    public=["body", "at", "direction"],
    internal=["seq", "agent", "origin", "delivery", "delivery_note", "recalled_at", "event"],
)
classify(LaterReply, internal=["body", "send_at", "state", "held_reason", "employee"])
classify(
    PhoneCall,
    internal=[
        "agent",
        "direction",
        "question",
        "answer",
        "result",
        "called_at",
        "duration_seconds",
        "call_back_due_at",
        "call_back_by",
        "call_back_done_at",
    ],
    personal={"caller_name": mask_name, "caller_phone": mask_phone},
)
classify(
    ConductAlert,
    internal=[
        "conversation",
        "agent",
        "at",
        "text",
        "words",
        "attempts",
        "reviewed_at",
        "reviewed_by",
        "note",
    ],
)
classify(
    Visit,
    internal=[
        "site",
        "company",
        "people",
        "purpose_kind",
        "purpose",
        "host",
        "badge",
        "plate",
        "came_at",
        "left_at",
        "result",
        "registered_by",
        "signed_out_by",
        "conversation",
    ],
    personal={"visitor_name": mask_name, "phone": mask_phone},
)
classify(
    Turn,
    internal=[
        "number",
        "opened_at",
        "agent",
        "agent_from",
        "state",
        "ended_at",
        "answered_at",
        "answered_by",
        "placeholder",
        "excluded_reason",
        "customer_ms",
        "open_ms",
        "agent_ms",
        "stage",
        "duty_date",
    ],
)
classify(
    Rating,
    internal=[
        "conversation",
        "agent",
        "channel",
        "shop",
        "stage",
        "asked_at",
        "open_until",
        "withdrawn_at",
        "score",
        "satisfied",
        "note",
        "rated_at",
    ],
)
classify(
    Segment,
    internal=["agent", "group", "stage", "started_at", "started_by", "ended_at", "end_reason"],
)
classify(Transfer, internal=["from_agent", "to_agent", "to_group", "reason", "state", "answer"])
classify(
    AgentProfile,
    internal=["employee", "presence", "presence_since", "max_chats", "weight", "draining"],
)
classify(PresenceInterval, internal=["agent", "state", "from_at", "to_at", "source"])
classify(Channel, public=["name", "kind"], internal=["code", "site", "shop", "is_active"])
classify(QueueGroup, internal=["code", "name", "stage", "team", "rank", "is_active"])
classify(QuestionType, internal=["code", "name", "name_en", "stage", "is_complaint", "is_active"])
classify(HandlingResult, internal=["code", "name", "name_en", "is_solved", "is_active"])
channel_rights.declare(view=VIEW, setup=SETUP, through=_through("message__conversation_id"))

name_acts(
    {
        "desk.answer_failed": _("回复未送到外部工具"),
        "desk.answer_sent": _("回复已送到外部工具"),
        "desk.assigned": _("指派会话"),
        "desk.call_logged": _("登记来电"),
        "desk.call_back_given": _("转交回电"),
        "desk.called_back": _("完成回电"),
        "desk.channel_saved": _("保存渠道"),
        "desk.claimed": _("接起会话"),
        "desk.claimed_out_of_turn": _("不按顺序接起会话"),
        "desk.closed": _("结束会话"),
        "desk.conduct_reviewed": _("处理用语提醒"),
        "desk.connector_saved": _("保存接口连接"),
        "desk.connector_secret_renewed": _("换接口密钥"),
        "desk.customer_left": _("客户离开"),
        "desk.delivery_failed": _("消息未送达"),
        "desk.delivery_returned": _("消息被退回"),
        "desk.draft_asked": _("请模型拟回复"),
        "desk.escalated": _("升级等待过久的会话"),
        "desk.group_saved": _("保存接待组"),
        "desk.hand_over_marked": _("标记待交接"),
        "desk.idle_hanging": _("提醒空挂"),
        "desk.insult_stopped": _("拦下不当用语"),
        "desk.later_cancelled": _("取消定时回复"),
        "desk.later_changed": _("修改定时回复"),
        "desk.later_held": _("暂停定时回复"),
        "desk.later_sent": _("发出定时回复"),
        "desk.later_written": _("写定时回复"),
        "desk.letter_logged": _("登记来信"),
        "desk.letter_posted": _("寄出回信"),
        "desk.mail_read_again": _("重新读取邮件"),
        "desk.mailbox_lost": _("邮箱连接中断"),
        "desk.mailbox_reached": _("邮箱连接恢复"),
        "desk.mailbox_saved": _("保存邮箱"),
        "desk.major_set": _("标记重大投诉"),
        "desk.merged": _("合并会话"),
        "desk.message_received": _("收到消息"),
        "desk.noted": _("写内部备注"),
        "desk.order_chosen": _("关联订单"),
        "desk.presence_changed": _("切换在线状态"),
        "desk.priority_set": _("设置优先级"),
        "desk.profile_saved": _("保存客服设置"),
        "desk.rated": _("顾客评价"),
        "desk.recalled": _("撤回消息"),
        "desk.released": _("放回队列"),
        "desk.reopened": _("重开会话"),
        "desk.replied": _("回复客户"),
        "desk.requeued": _("退回队列"),
        "desk.resent": _("重新发送"),
        "desk.result_saved": _("保存处理结果"),
        "desk.routed": _("分配会话"),
        "desk.sent_automatically": _("自动发送"),
        "desk.separated": _("拆开合并的会话"),
        "desk.serving_on": _("下班前把手上的会话接待完"),
        "desk.snoozed": _("放到稍后处理"),
        "desk.woken": _("稍后处理到时间"),
        "desk.stage_set": _("设置阶段"),
        "desk.transfer_accepted": _("接受转接"),
        "desk.mail_failed": _("邮件未发出"),
        "desk.mail_sent": _("邮件已发出"),
        "desk.transfer_declined": _("拒绝转接"),
        "desk.transfer_lapsed": _("转接无人应答"),
        "desk.transfer_requested": _("请求转接"),
        "desk.transfer_withdrawn": _("收回转接"),
        "desk.type_saved": _("保存问题类型"),
        "desk.turn_expired": _("轮次超时"),
        "desk.told_from_outside": _("渠道另一头的动静"),
        "desk.wecom_lost": _("微信客服连接中断"),
        "desk.wecom_reached": _("微信客服连接恢复"),
        "desk.wecom_row_again": _("重新读取微信消息"),
        "desk.wecom_saved": _("保存微信客服"),
        "desk.visit_asked": _("为来访建立会话"),
        "desk.visitor_came": _("登记来访"),
        "desk.visitor_left": _("登记来访离开"),
        "desk.turns_rebuilt": _("重算轮次"),
    }
)
page_of(Conversation, "desk:conversation")
