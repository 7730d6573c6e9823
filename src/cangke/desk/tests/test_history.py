"""Chat records of other tools: kept, found, counted in nothing."""

import pytest
from django.utils import timezone

from cangke.desk.models import Conversation, Message, Turn
from cangke.foundation.sheets.public import run_import

from .factories import make_channel

pytestmark = pytest.mark.django_db

HEAD = "会话编号,旺旺名字,昵称,发送时间,方向,客服姓名,聊天内容\n"
LINES = """\
A1,tb小鱼,小鱼,2026-03-01 10:00:00,客户,,在吗
A1,tb小鱼,小鱼,2026-03-01 10:00:30,客服,{agent},在的
A1,tb小鱼,小鱼,2026-03-01 10:01:00,客户,,在吗
A2,tb老王,,2026-03-02 23:59:59,买家,,发货了吗
"""


@pytest.fixture
def channel(company):
    return make_channel(company.shop, kind="marketplace_im")


def bring(tmp_path, channel, text):
    path = tmp_path / "records.csv"
    path.write_text(HEAD + text, encoding="utf-8")
    return run_import("chat_records", path, options={"channel": channel.code}, at=timezone.now())


@pytest.mark.requirement("A1", "X2")
def test_records_become_closed_conversations_and_move_no_figure(tmp_path, company, channel):
    agent = company.agent(online=False)
    report = bring(tmp_path, channel, LINES.format(agent=agent.name))
    assert (report["state"], report["taken"]) == ("done", 4)
    first, second = Conversation.objects.order_by("opened_at")
    assert (first.state, first.close_reason, first.customer.display_name) == (
        "closed",
        "imported",
        "小鱼",
    )
    assert first.opened_at.isoformat() == "2026-03-01T02:00:00+00:00"
    lines = first.messages.filter(direction__in=["in", "out"]).order_by("seq")
    assert [each.body for each in lines] == ["在吗", "在的", "在吗"]
    assert lines[1].agent == agent
    assert second.customer.display_name == "tb老王"
    assert not Turn.objects.exists()
    assert not Message.objects.filter(counts_as_reply=True).exists()


def test_the_same_file_again_adds_nothing_and_a_longer_one_only_what_is_new(tmp_path, channel):
    bring(tmp_path, channel, LINES.format(agent="外援"))
    again = bring(tmp_path, channel, LINES.format(agent="外援"))
    assert (again["taken"], again["unchanged"]) == (0, 4)
    more = "A2,tb老王,,2026-03-03 00:00:05,客服,外援,已发货\n"
    assert bring(tmp_path, channel, LINES.format(agent="外援") + more)["taken"] == 1
    assert Conversation.objects.count() == 2
    added = Message.objects.get(body="已发货")
    assert (added.agent, added.data) == (None, {"agent_name": "外援"})


@pytest.mark.parametrize(
    "line",
    [
        "A1,tb小鱼,,yesterday,客户,,在吗\n",
        "A1,tb小鱼,,2026-03-01 10:00,路人,,在吗\n",
        "A1,,,2026-03-01 10:00,客户,,在吗\n",
        "A1,tb小鱼,,2026-03-01 10:00,客户,,\n",
    ],
)
def test_a_bad_line_is_named_and_not_taken(tmp_path, channel, line):
    report = bring(tmp_path, channel, line)
    assert report["refused"] == 1
    assert report["errors"][0]["line"] == 2
    assert not Conversation.objects.exists()
