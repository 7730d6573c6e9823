"""The words for the desk's states, as functions so that a changed word makes no migration."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..rules.closing import ClosingReason
from ..rules.facts import Direction, Origin, SegmentEnd, SenderKind
from ..rules.routing import Presence
from ..rules.stage import Stage
from ..rules.states import ConversationState
from ..rules.turns import TurnState

Choices = list[tuple[str, Any]]


def channel_kind_choices() -> Choices:
    return [
        ("web_chat", _("在线聊天")),
        ("email", _("邮件")),
        ("phone", _("电话")),
        ("walk_in", _("来访")),
        ("letter", _("来信")),
        ("marketplace_im", _("旺旺")),
        ("wecom", _("微信客服")),
        ("api", _("接口")),
    ]


def stage_choices() -> Choices:
    return [(Stage.PRESALE, _("售前")), (Stage.AFTERSALE, _("售后"))]


def stage_source_choices() -> Choices:
    return [("order", _("按订单")), ("manual", _("人工")), ("default", _("默认"))]


def state_choices() -> Choices:
    return [
        (ConversationState.QUEUED, _("排队中")),
        (ConversationState.ACTIVE, _("待回复")),
        (ConversationState.WAITING_CUSTOMER, _("等客户")),
        (ConversationState.SNOOZED, _("稍后处理")),
        (ConversationState.CLOSED, _("已结束")),
        (ConversationState.MERGED, _("已合并")),
    ]


def priority_choices() -> list[tuple[int, Any]]:
    return [(0, _("普通")), (1, _("优先")), (2, _("紧急")), (3, _("特急"))]


def close_reason_choices() -> Choices:
    return [
        (ClosingReason.SETTLED, _("已处理")),
        (ClosingReason.AUTO_IDLE, _("客户未再回复")),
        (ClosingReason.LEFT, _("客户离开")),
        (ClosingReason.SPAM, _("垃圾信息")),
        (ClosingReason.BOT_ONLY, _("机器人已处理")),
        (ClosingReason.MERGED, _("已合并")),
        (ClosingReason.TEST, _("测试")),
        (ClosingReason.IMPORTED, _("导入的聊天记录")),
    ]


def direction_choices() -> Choices:
    return [
        (Direction.IN, pgettext_lazy("message", "来")),
        (Direction.OUT, pgettext_lazy("message", "去")),
        (Direction.NOTE, _("内部备注")),
        (Direction.EVENT, _("事件")),
    ]


def sender_choices() -> Choices:
    return [
        (SenderKind.CUSTOMER, _("客户")),
        (SenderKind.AGENT, _("客服")),
        (SenderKind.BOT, _("机器人")),
        (SenderKind.SYSTEM, _("系统")),
    ]


def origin_choices() -> Choices:
    return [
        (Origin.TYPED, _("人工输入")),
        (Origin.SCRIPT, _("话术")),
        (Origin.ASSISTED, _("辅助草拟")),
        (Origin.AUTO_WELCOME, _("自动问候")),
        (Origin.AUTO_AWAY, _("离线通知")),
        (Origin.AUTO_KEYWORD, _("关键词自动回复")),
        (Origin.AUTO_MAIL, _("自动邮件")),
        (Origin.BOT, _("机器人")),
        (Origin.RULE, _("规则")),
        (Origin.CAMPAIGN, _("群发")),
        (Origin.CSAT, _("评价邀请")),
        (Origin.SYSTEM, _("系统")),
        (Origin.PHONE_LOG, _("来电记录")),
        (Origin.VISIT_LOG, _("来访记录")),
        (Origin.HISTORY, _("导入的聊天记录")),
    ]


def later_state_choices() -> Choices:
    return [
        ("waiting", _("等待发送")),
        ("held", _("已暂停，等人再看")),
        ("sent", _("已发送")),
        ("cancelled", _("已取消")),
    ]


def held_reason_choices() -> Choices:
    return [
        ("wrote", _("客户又来信了")),
        ("ended", _("会话已结束")),
        ("moved", _("会话已不在写的人手上")),
        ("merged", _("会话已合并到这里")),
        ("words", _("含有不能发送的用语")),
    ]


def delivery_choices() -> Choices:
    return [
        ("received", _("已收到")),
        ("queued", _("待发送")),
        ("sent", _("已发送")),
        ("delivered", _("已送达")),
        ("read", _("已读")),
        ("failed", _("发送失败")),
    ]


def segment_start_choices() -> Choices:
    return [
        ("auto", _("自动分配")),
        ("claim", _("主动接起")),
        ("transfer", _("转接")),
        ("supervisor", _("主管指派")),
        ("call", _("来电")),
        ("visit", _("来访")),
    ]


def segment_end_choices() -> Choices:
    return [
        (SegmentEnd.CLOSED, _("会话结束")),
        (SegmentEnd.TRANSFERRED, _("已转接")),
        (SegmentEnd.NO_REPLY, _("超时未回复")),
        (SegmentEnd.SHIFT_END, _("下班")),
        (SegmentEnd.STAGE_CHANGED, _("售前转售后")),
        (SegmentEnd.TAKEN_OVER, _("被接管")),
        (SegmentEnd.RELEASED, _("退回队列")),
    ]


def turn_state_choices() -> Choices:
    return [
        (TurnState.OPEN, _("等待回复")),
        (TurnState.ANSWERED, _("已回复")),
        (TurnState.TRANSFERRED_UNREPLIED, _("未回复即转出")),
        (TurnState.ABANDONED, _("客户已离开")),
        (TurnState.EXPIRED, _("未回复")),
    ]


def transfer_state_choices() -> Choices:
    return [
        ("pending", _("待接受")),
        ("accepted", _("已接受")),
        ("declined", _("已拒绝")),
        ("withdrawn", _("已撤回")),
        ("lapsed", _("逾时未接受")),
    ]


def presence_choices() -> Choices:
    return [
        (Presence.ONLINE, _("在线")),
        (Presence.BUSY, _("忙碌")),
        (Presence.BREAK, _("小休")),
        (Presence.MEETING, _("会议")),
        (Presence.TRAINING, _("培训")),
        (Presence.AWAY, _("离开")),
        (Presence.OFFLINE, _("离线")),
    ]


def presence_source_choices() -> Choices:
    return [
        ("self", _("本人")),
        ("shift", _("班次")),
        ("idle_guard", _("空挂检查")),
        ("supervisor", _("主管")),
        ("heartbeat", _("连接中断")),
    ]


def call_direction_choices() -> Choices:
    return [("in", _("来电")), ("out", _("去电"))]


def visit_purpose_choices() -> Choices:
    return [
        ("inquiry", _("咨询")),
        ("pick_up", _("提货")),
        ("delivery", _("送货")),
        ("inspection", _("看仓、验货")),
        ("complaint", _("投诉")),
        ("interview", _("面试")),
        ("service", _("施工、维修")),
        ("other", pgettext_lazy("visit", "其他")),
    ]
