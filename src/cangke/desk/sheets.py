"""Tables in and out: chat records of other tools, the walk-in register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, scope
from cangke.foundation.sheets.public import (
    BadRow,
    Column,
    Field,
    Importer,
    Option,
    Outcome,
    Row,
    Task,
    choice,
    local_moment,
    on_clock,
    register_exporter,
    register_importer,
    taken,
    text,
    unchanged,
)
from cangke.people.public import Employee

from . import actions
from .models import Channel, Visit

SIDES = {
    "客户": True, "买家": True, "访客": True, "customer": True, "buyer": True, "in": True,
    "客服": False, "卖家": False, "agent": False, "seller": False, "out": False,
}  # fmt: skip


def _channels(account: Account | None) -> Sequence[tuple[str, Any]]:
    return list(Channel.objects.order_by("name").values_list("code", "name"))


@register_importer
class ChatRecordImporter(Importer):
    """Chat records of a tool that was used before, or beside this system."""

    kind = "chat_records"
    label = _("聊天记录")
    permission = "desk.setup"
    chunk_size = 500
    group_by = "thread"
    help = _(
        "同一会话的行要放在一起。导入的记录只供查阅，不计入响应、绩效等任何指标；重复导入不会重复。"
    )
    fields = [
        Field("thread", _("会话编号"), ["会话ID", "conversation", "thread", "session id"],
              required=True, parse=text(most=120)),
        Field("customer", _("客户账号"), ["旺旺名字", "买家账号", "客户", "customer", "buyer"],
              required=True, parse=text(most=120)),
        Field("customer_name", _("客户姓名"), ["昵称", "customer name"], parse=text(most=100)),
        Field("at", _("时间"), ["发送时间", "time", "sent at", "date"], required=True,
              parse=local_moment),
        Field("side", _("谁说的"), ["方向", "发送方", "direction", "sender"], required=True,
              parse=choice(SIDES)),
        Field("agent", _("客服"), ["客服账号", "客服姓名", "工号", "agent"], parse=text(most=100)),
        Field("body", _("内容"), ["消息", "聊天内容", "message", "text"], required=True,
              parse=text(most=20_000)),
        Field("message_id", _("消息编号"), ["消息ID", "message id"], parse=text(most=120)),
    ]  # fmt: skip
    options = [Option("channel", _("渠道"), _channels)]

    def begin(self, task: Task) -> None:
        code = task.options.get("channel", "")
        self.channel = Channel.objects.select_related("site").filter(code=code).first()
        people = Employee.objects.all()
        self.people = {each.name: each for each in people} | {each.number: each for each in people}

    def row(self, values: dict[str, Any], line: int) -> dict[str, Any]:
        if self.channel is None:
            raise BadRow(said("请选择渠道。"), field="thread")
        zone = ZoneInfo(self.channel.site.zone)
        at: dt.datetime = values["at"]
        values["at"] = on_clock(at, zone)
        return values

    def commit_chunk(self, rows: Sequence[Row], task: Task) -> Sequence[Outcome]:
        assert self.channel is not None
        outcomes: list[Outcome] = []
        for reference, group in groupby(rows, key=lambda row: row.values["thread"]):
            told = [row.values for row in group]
            conversation, new = actions.take_in_history(
                channel=self.channel,
                reference=reference,
                customer=told[0]["customer"],
                customer_name=told[0]["customer_name"],
                lines=[self._line(values) for values in told],
                at=task.at,
            )
            outcomes += [
                taken(conversation.number) if each else unchanged(conversation.number)
                for each in new
            ]
        return outcomes

    def _line(self, values: Any) -> actions.PastLine:
        return actions.PastLine(
            at=values["at"],
            from_customer=values["side"],
            body=values["body"],
            agent=None if values["side"] else self.people.get(values["agent"]),
            agent_name="" if values["side"] else values["agent"],
            message_id=values["message_id"],
        )


def _visits(account: Account | None) -> QuerySet[Visit]:
    rows = Visit.objects.all() if account is None else scope(account, Visit, "view")
    return rows.select_related("site", "host", "conversation")


register_exporter(
    "visits",
    _("来访记录"),
    permission="desk.export",
    columns=[
        Column("came_at", _("进入时间"), field="came_at"),
        Column("left_at", _("离开时间"), field="left_at"),
        Column("visitor_name", _("来访人"), field="visitor_name"),
        Column("company", _("单位"), field="company"),
        Column("phone", _("电话"), field="phone"),
        Column("people", _("人数"), field="people"),
        Column("purpose_kind", _("来访类别"), value=lambda row: row.get_purpose_kind_display()),
        Column("purpose", _("来访事由"), field="purpose"),
        Column("host", _("接待人"), value=lambda row: row.host.name if row.host else ""),
        Column("result", _("结果"), field="result"),
        Column("site", _("站点"), value=lambda row: row.site.name),
        Column(
            "conversation",
            _("会话"),
            value=lambda row: row.conversation.number if row.conversation else "",
        ),
    ],
    rows=_visits,
)
