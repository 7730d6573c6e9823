"""What people see of tickets."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cangke.desk.tests.factories import account_of
from cangke.foundation.access.public import Roles
from cangke.foundation.ui.public import Badge
from cangke.tickets import actions, queries
from cangke.tickets.models import Ticket, TicketKind, TicketMacro
from cangke.tickets.toml import write_kind
from cangke.tickets.views import answers
from tests.factories import client_for, make_account

from .factories import AT, FIVE, kind, make_crew

pytestmark = pytest.mark.django_db
LIST = reverse("tickets:list")
NEW = reverse("tickets:new")
HTMX = {"HX-Request": "true", "HX-Target": "ck-dialog-body"}


@pytest.fixture
def crew():
    return make_crew()


def page(ticket, name="ticket"):
    return reverse(f"tickets:{name}", args=[ticket.pk])


def text(response):
    return response.content.decode()


def local(hours):
    return timezone.localtime(timezone.now() + dt.timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.requirement("A14")
def test_a14_the_form_is_filled_from_the_conversation_and_refuses_what_is_missing(crew):
    client = client_for(crew.by)
    address = f"{NEW}?kind=unfinished&conversation={crew.conversation.pk}"
    shown = text(client.get(address))
    assert crew.conversation.customer.display_name in shown
    assert 'name="f_demand"' in shown
    typed = {f"f_{key}": value for key, value in FIVE.items()}
    base = {"owner": crew.agent.pk, "due_at": local(5), "priority": "1"}
    bad = client.post(address, {**typed, **base, "f_demand": ""})
    assert bad.status_code == 422
    assert "少了一个螺丝包" in text(bad)
    assert not Ticket.objects.exists()
    done = client.post(address, {**typed, **base}, headers=HTMX)
    assert done.status_code == 200
    assert "tickets-changed" in done["HX-Trigger"]
    assert Ticket.objects.get().values == FIVE


@pytest.mark.requirement("A13")
def test_a13_the_form_asks_for_owner_and_due_time(crew):
    client = client_for(crew.by)
    address = f"{NEW}?kind=follow_up"
    assert client.get(f"{NEW}?kind=nothing").status_code == 404
    refused = client.post(address, {"owner": "", "due_at": local(5), "priority": "0"})
    assert refused.status_code == 422
    assert "没有负责人" in text(refused)
    TicketKind.objects.filter(code="follow_up").update(due_hours=None)
    refused = client.post(address, {"owner": crew.agent.pk, "due_at": "", "priority": "0"})
    assert "没有期限" in text(refused)
    assert not Ticket.objects.exists()


@pytest.mark.requirement("A13")
def test_a13_overdue_tickets_are_red_and_counted(crew, django_assert_max_num_queries):
    at = timezone.now()
    for number in range(4):
        crew.ticket(title=f"工单{number}", at=at - dt.timedelta(hours=3), due_at=at)
    crew.ticket(title="还早", at=at, due_at=at + dt.timedelta(hours=9))
    make_crew().ticket(title="别组的", at=at, due_at=at + dt.timedelta(hours=9))
    client = client_for(account_of(crew.colleague))
    client.get(LIST)
    with django_assert_max_num_queries(16):
        shown = text(client.get(LIST))
    assert shown.count("ck-state--late") >= 4
    assert "别组的" not in shown
    late = text(client.get(LIST + "?view=late"))
    assert "工单3" in late
    assert "还早" not in late
    assert queries.menu_badge(crew.by) == Badge(4, late=True)
    assert queries.menu_badge(account_of(crew.colleague)) is None
    assert queries.menu_badge(crew.boss) == Badge(4, late=True)
    home = text(client_for(crew.by).get(reverse("tickets:my-panel")))
    assert "逾期" in home
    assert "工单0" in home


def test_a_ticket_is_worked_on_its_page(crew, django_assert_max_num_queries):
    ticket = crew.ticket("lost", values={"tracking_no": "SF77"}, at=timezone.now())
    client = client_for(crew.by)
    client.get(page(ticket))
    with django_assert_max_num_queries(40):
        shown = text(client.get(page(ticket)))
    for words in ("SF77", "联系承运商查件", "必做"):
        assert words in shown
    talk = page(ticket, "talk")
    assert client.post(talk, {"text": "", "as": "note"}).status_code == 422
    client.post(talk, {"text": "查件中", "as": "note", "mentioned": [crew.colleague.pk]})
    client.post(talk, {"text": "正在为您查", "as": "reply", "settles": "on"})
    for task in ticket.tasks.all():
        client.post(reverse("tickets:task", args=[ticket.pk, task.pk]), {"done": "1"})
    client.post(page(ticket, "task-add"), {"title": "拍照"})
    refused = client.post(page(ticket, "move"), {"state": "solved"})
    assert refused.status_code == 422
    assert "请写明处理结果" in text(refused)
    client.post(page(ticket, "move"), {"state": "solved", "solution": "已找到"})
    client.post(page(ticket, "priority"), {"priority": "2"})
    client.post(page(ticket, "watch"), {"watch": "1"})
    shown = text(client.get(page(ticket)))
    for words in ("查件中", "正在为您查", "已找到", "拍照", "已解决", "紧急", "不再关注"):
        assert words in shown


def test_due_owner_and_answer_have_their_dialogs(crew):
    ticket = crew.ticket(at=timezone.now())
    client = client_for(crew.by)
    sent = crew.says("已处理", timezone.now())
    assert client.post(page(ticket, "due"), {"due_at": local(9), "reason": ""}).status_code == 422
    assert client.post(page(ticket, "due"), {"due_at": local(9), "reason": "等"}).status_code == 302
    assert client.post(page(ticket, "answer"), {"message": ""}).status_code == 422
    assert client.post(page(ticket, "answer"), {"message": sent.pk}).status_code == 302
    words = {"to": crew.colleague.pk, "reason": "他熟"}
    assert client.post(page(ticket, "give"), words).status_code == 302
    assert client_for(account_of(crew.colleague)).get(page(ticket)).status_code == 200
    take = client.post(page(ticket, "take"))
    assert take.status_code == 302
    assert Ticket.objects.get().owner == crew.agent


def test_tickets_are_merged_and_split_from_the_page(crew):
    kept, other = crew.ticket(at=timezone.now()), crew.ticket(title="同一件事", at=timezone.now())
    client = client_for(crew.by)
    assert "同一件事" in text(client.get(page(kept, "merge")))
    assert client.post(page(kept, "merge"), {"others": [other.pk]}).status_code == 302
    assert "已并入" in text(client.get(page(other)))
    address = f"{NEW}?kind=follow_up&split={kept.pk}"
    made = client.post(address, {"owner": crew.agent.pk, "due_at": local(5), "priority": "0"})
    assert made.status_code == 302
    assert Ticket.objects.filter(split_from=kept).exists()


def test_leaders_give_many_from_the_list(crew):
    tickets = [crew.ticket(at=timezone.now()) for _number in range(2)]
    ids = [each.pk for each in tickets]
    bulk = reverse("tickets:bulk-give")
    assert client_for(crew.by).post(bulk, {"ids": ids}).status_code == 403
    leader = client_for(crew.boss)
    asked = leader.post(bulk, {"ids": ids})
    assert "改派 2 张工单" in text(asked)
    words = {"ids": ids, "to": crew.colleague.pk, "reason": "请假"}
    assert leader.post(bulk, words).status_code == 302
    assert Ticket.objects.filter(owner=crew.colleague).count() == 2
    assert leader.post(bulk, words | {"reason": ""}).status_code == 422


def test_a_macro_is_one_click(crew):
    ticket = crew.ticket(at=timezone.now())
    macro = TicketMacro.objects.get(name="等客户补充资料")
    client = client_for(crew.by)
    assert client.post(page(ticket, "macro"), {"macro": macro.pk}).status_code == 302
    assert Ticket.objects.get().state == "waiting_customer"
    assert client.post(page(ticket, "macro"), {"macro": "x"}).status_code == 404


@pytest.mark.requirement("A22")
def test_a22_the_customer_sees_the_state_that_is_inside_and_nothing_internal(crew):
    """Design security 54: a status link altered is not found."""
    ticket = crew.ticket(title="内部标题", at=timezone.now())
    actions.comment_on_ticket(ticket_id=ticket.pk, text="内部备注", by=crew.by, at=timezone.now())
    actions.reply_on_ticket(ticket_id=ticket.pk, text="给客户的话", by=crew.by, at=timezone.now())
    address = answers.public_url(ticket)
    stranger = Client()
    for state, word in (("waiting_warehouse", "等仓库"), ("in_progress", "处理中")):
        actions.move_ticket(ticket_id=ticket.pk, state=state, by=crew.by, at=timezone.now())
        assert word in text(client_for(crew.by).get(page(ticket)))
        shown = text(stranger.get(address))
        assert word in shown
        assert "给客户的话" in shown
        for secret in ("内部备注", "内部标题", crew.agent.name):
            assert secret not in shown
    assert stranger.get(address[:-3] + "xx/").status_code == 404


def test_the_catalogue_leads_to_the_forms_and_keeps_the_conversation(crew):
    kind()
    address = reverse("tickets:catalogue")
    shown = text(client_for(crew.by).get(f"{address}?conversation={crew.conversation.pk}"))
    assert "货物状态查询" in shown
    assert f"kind=cargo_status&amp;conversation={crew.conversation.pk}" in shown
    assert client_for(make_account(Roles.HR)).get(address).status_code == 403


def test_orders_customers_and_conversations_show_their_tickets(crew):
    crew.ticket(title="这位客户的工单", at=timezone.now())
    client = client_for(crew.by)
    beside = reverse("tickets:conversation-panel", args=[crew.conversation.pk])
    assert "这位客户的工单" in text(client.get(beside))
    customer = reverse("tickets:customer-panel", args=[crew.conversation.customer_id])
    supervisor = client_for(make_account(Roles.SUPERVISOR))
    assert "这位客户的工单" in text(supervisor.get(customer))


def test_kinds_and_macros_are_set_up_by_supervisors(crew):
    row = kind("unfinished")
    supervisor = client_for(make_account(Roles.SUPERVISOR))
    address = reverse("tickets:kind", args=[row.pk])
    assert client_for(crew.by).get(address).status_code == 403
    shown = text(supervisor.get(address))
    assert "[[field]]" in shown
    body = {
        "name": "未完结订单",
        "code": row.code,
        "group": "unfinished",
        "priority": "1",
        "due_hours": "10",
        "position": "20",
        "needs_reply": "on",
        "is_active": "on",
    }
    broken = supervisor.post(address, body | {"text": "[[field]]\nkey = 'A'"})
    assert broken.status_code == 422
    good = supervisor.post(address, body | {"text": write_kind(row.fields, row.tasks)})
    assert good.status_code == 302
    row.refresh_from_db()
    assert (row.due_hours, len(row.specs)) == (10, 5)
    new = reverse("tickets:macro-new")
    assert supervisor.post(new, {"name": "空的", "position": "1"}).status_code == 422
    words = {"name": "加急", "priority": "2", "position": "1", "is_active": "on"}
    assert supervisor.post(new, words).status_code == 302
    for name in ("kinds", "macros"):
        assert supervisor.get(reverse(f"tickets:{name}")).status_code == 200


def test_a_kinds_text_read_back_is_the_same():
    for row in (kind("damaged"), kind("unfinished"), kind("storage_fee")):
        fields, tasks = actions.read_kind_text(write_kind(row.fields, row.tasks))
        assert fields == row.fields
        assert [each["title"] for each in tasks] == [each["title"] for each in row.tasks]


def test_the_list_is_exported_for_leaders(crew):
    crew.ticket(at=AT)
    assert "export" in text(client_for(crew.boss).get(LIST))
