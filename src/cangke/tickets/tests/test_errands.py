"""What is asked of departments and ordered from above (A24, B9, O18)."""

import datetime as dt

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from cangke.desk import public as desk
from cangke.desk.tests.factories import account_of
from cangke.foundation.access.public import Roles
from cangke.foundation.events.models import EventRecord
from cangke.foundation.events.public import event_name
from cangke.foundation.notices.models import Notice
from cangke.foundation.ui.public import Badge
from cangke.people.models import Employee
from cangke.people.tests.factories import make_department, make_employee, make_team
from cangke.tickets import actions, queries
from cangke.tickets.events import ErrandOverdue
from cangke.tickets.models import Counterpart, Errand
from cangke.tickets.rules import errands as rules
from tests.factories import client_for, make_account

from .factories import AT, HOUR, make_crew

pytestmark = pytest.mark.django_db
DUE = AT + 4 * HOUR
MINUTE = dt.timedelta(minutes=1)
LIST = reverse("errands:list")
HTMX = {"HX-Request": "true", "HX-Target": "ck-dialog-body"}


@pytest.fixture
def crew():
    return make_crew()


@pytest.fixture
def freight():
    """Two people of logistics."""
    department = make_department(name="物流部")
    team = make_team(department=department)
    return [make_employee("order-printing-clerk", team) for _number in range(2)]


@pytest.fixture
def logistics(crew, freight):
    row = Counterpart.objects.get(code="logistics")
    row.department = freight[0].department
    row.save()
    return row


def ask(crew, counterpart, **values):
    complete = {
        "counterpart": counterpart,
        "title": "查一下 720538 到哪了",
        "due_at": DUE,
        "conversation": crew.conversation,
        "by": crew.by,
        "at": AT,
    }
    return actions.ask_department(**{**complete, **values})


def answer(errand, who, text="在深圳中转，明天到", at=AT + HOUR):
    return actions.answer_errand(errand_id=errand.pk, text=text, by=account_of(who), at=at)


def again(errand):
    return Errand.objects.get(pk=errand.pk)


def kinds(errand):
    return list(errand.events.values_list("kind", flat=True))


def notices(employee, code):
    return Notice.objects.filter(account=employee.account, kind=code).count()


def text(response):
    return response.content.decode()


@pytest.mark.requirement("A24", "B9")
def test_b9_the_departments_of_the_manual_are_there(crew):
    codes = set(Counterpart.objects.values_list("code", flat=True))
    assert codes >= {
        "sales",
        "operations",
        "logistics",
        "warehouse",
        "quality",
        "supply_chain",
        "finance",
        "product",
        "after_sales",
    }
    Counterpart.objects.filter(code="sales").update(name="营销")
    actions.ensure(at=AT)
    assert Counterpart.objects.get(code="sales").name == "营销"


@pytest.mark.requirement("A24")
def test_a24_a_note_to_logistics_shows_in_that_departments_list(crew, freight, logistics):
    errand = ask(crew, logistics)
    for person in freight:
        assert notices(person, "tickets.asked") == 1
        assert list(queries.errands_to_answer(account_of(person))) == [errand]
    shown = text(client_for(account_of(freight[0])).get(LIST + "?view=to_me"))
    assert "查一下 720538" in shown
    stranger = make_employee("order-printing-clerk")
    assert "查一下 720538" not in text(client_for(account_of(stranger)).get(LIST))


@pytest.mark.requirement("B9", "A24")
def test_b9_the_reply_returns_to_the_ticket_and_the_conversation(crew, freight, logistics):
    ticket = crew.ticket()
    errand = ask(crew, logistics, conversation=None, ticket=ticket)
    assert errand.conversation == crew.conversation
    answer(errand, freight[1])
    assert (again(errand).state, again(errand).replied_by) == ("answered", freight[1])
    assert list(ticket.entries.values_list("kind", flat=True)) == ["opened", "asked", "note"]
    note = crew.conversation.messages.get(direction="note")
    assert (note.agent, note.counts_as_reply) == (freight[1], False)
    assert "在深圳中转" in note.body
    assert notices(crew.agent, "tickets.errand_answered") == 1
    with pytest.raises(actions.ErrandOver):
        answer(errand, freight[0])
    assert crew.conversation.messages.filter(direction="note").count() == 1


@pytest.mark.requirement("B9")
def test_b9_a_request_to_quality_control_shows_in_its_list_and_the_reply_in_the_case(crew):
    department = make_department(name="品控部")
    inspector = make_employee("warehouse-clerk", make_team(department=department))
    quality = Counterpart.objects.get(code="quality")
    quality.department = department
    quality.save()
    ticket = crew.ticket()
    errand = ask(crew, quality, title="退回的 3 件请复检", conversation=None, ticket=ticket)
    shown = text(client_for(account_of(inspector)).get(LIST + "?view=to_me"))
    assert "退回的 3 件请复检" in shown
    answer(errand, inspector, "2 件合格，1 件划伤")
    case = text(client_for(crew.by).get(reverse("tickets:ticket", args=[ticket.pk])))
    assert "2 件合格，1 件划伤" in case
    assert inspector.name in case


@pytest.mark.requirement("A24")
def test_a24_without_a_reply_in_time_sender_and_supervisor_are_reminded(crew, freight, logistics):
    errand = ask(crew, logistics)
    actions.sweep_errands(at=DUE - HOUR - MINUTE)
    assert kinds(errand) == ["asked"]
    for minutes in (0, 1):
        actions.sweep_errands(at=DUE - HOUR + minutes * MINUTE)
    assert notices(freight[0], "tickets.asked") == 2, "asked, and once more before its time"
    for minutes in (0, 1):
        actions.sweep_errands(at=DUE + minutes * MINUTE)
    assert kinds(errand) == ["asked", "reminded", "overdue"]
    assert notices(crew.agent, "tickets.errand_overdue") == 1
    assert notices(crew.leader, "tickets.errand_overdue") == 1
    assert EventRecord.objects.filter(name=event_name(ErrandOverdue)).count() == 1
    answer(errand, freight[0], at=DUE + HOUR)
    assert not Errand.objects.overdue(DUE + 2 * HOUR).exists()


@pytest.mark.requirement("O18")
def test_o18_a_task_without_report_is_red_for_both(crew):
    at = timezone.now()
    task = actions.order_task(
        receiver=crew.agent,
        title="整理周五的培训材料",
        due_at=at + HOUR,
        by=crew.boss,
        at=at,
    )
    assert notices(crew.agent, "tickets.asked") == 1
    Errand.objects.filter(pk=task.pk).update(due_at=at - MINUTE, issued_at=at - HOUR)
    actions.sweep_errands(at=at)
    for person in (crew.agent, crew.leader):
        assert notices(person, "tickets.errand_overdue") == 1
        account = account_of(person)
        shown = text(client_for(account).get(LIST + "?view=late"))
        assert "整理周五" in shown
        assert "ck-state--late" in shown
        assert queries.errand_badge(account) == Badge(1, late=True)
    answer(task, crew.agent, "已放到共享盘", at=at)
    assert queries.errand_badge(crew.boss) is None
    assert again(task).reply == "已放到共享盘"


@pytest.mark.requirement("O18")
def test_o18_orders_go_down_only(crew):
    words = {"title": "x", "due_at": DUE, "at": AT}
    outsider = make_crew()
    for receiver, by in ((crew.leader, crew.boss), (outsider.agent, crew.boss)):
        with pytest.raises(actions.ErrandIncomplete) as refused:
            actions.order_task(receiver=receiver, by=by, **words)
        assert refused.value.field == "receiver"
    assert not Errand.objects.exists()


@pytest.mark.parametrize(
    ("field", "values"), [("title", {"title": " "}), ("due_at", {"due_at": AT})]
)
def test_words_and_a_time_to_come_are_required(crew, logistics, field, values):
    with pytest.raises(actions.ErrandIncomplete) as refused:
        ask(crew, logistics, **values)
    assert refused.value.field == field
    assert not Errand.objects.exists()


def test_a_department_where_nobody_answers_cannot_be_asked(crew):
    with pytest.raises(actions.ErrandIncomplete) as refused:
        ask(crew, Counterpart.objects.get(code="finance"))
    assert refused.value.field == "counterpart"


def test_who_is_named_answers_alone_and_taking_it_keeps_others_off(crew, freight, logistics):
    errand = ask(crew, logistics)
    first, second = (account_of(each) for each in freight)
    actions.take_errand(errand_id=errand.pk, by=first, at=AT)
    with pytest.raises(actions.ErrandOver):
        actions.take_errand(errand_id=errand.pk, by=second, at=AT)
    assert not queries.errands_to_answer(second).exists()
    assert list(queries.errands_to_answer(first)) == [errand]
    logistics.members.set([freight[1]])
    assert list(queries.people_of(logistics)) == [freight[1]]


def test_only_who_was_asked_answers_and_only_who_asked_takes_it_back(crew, freight, logistics):
    errand = ask(crew, logistics)
    with pytest.raises(Http404):
        actions.answer_errand(errand_id=errand.pk, text="我猜", by=crew.by, at=AT)
    with pytest.raises(Http404):
        actions.withdraw_errand(errand_id=errand.pk, text="x", by=account_of(freight[0]), at=AT)
    assert again(errand).state == "open"
    with pytest.raises(actions.ErrandIncomplete):
        actions.withdraw_errand(errand_id=errand.pk, text=" ", by=crew.by, at=AT)
    actions.withdraw_errand(errand_id=errand.pk, text="客户找到了", by=crew.by, at=AT)
    with pytest.raises(actions.ErrandOver):
        answer(errand, freight[0])


def test_a_reply_that_does_not_settle_it_is_asked_again_and_both_stay(crew, freight, logistics):
    errand = ask(crew, logistics)
    with pytest.raises(actions.ErrandOver):
        actions.ask_again(errand_id=errand.pk, text="?", due_at=DUE, by=crew.by, at=AT)
    answer(errand, freight[0], "不清楚")
    later = AT + 9 * HOUR
    actions.ask_again(errand_id=errand.pk, text="请查单号", due_at=later, by=crew.by, at=AT + HOUR)
    assert (again(errand).state, again(errand).due_at) == ("open", later)
    answer(errand, freight[0], "SF12，明天到", at=AT + 2 * HOUR)
    assert kinds(errand) == ["asked", "answered", "reopened", "answered"]
    assert crew.conversation.messages.filter(direction="note").count() == 2


def test_what_somebody_who_left_had_taken_waits_for_the_department_again(crew, freight, logistics):
    errand = ask(crew, logistics)
    task = actions.order_task(receiver=crew.agent, title="x", due_at=DUE, by=crew.boss, at=AT)
    actions.take_errand(errand_id=errand.pk, by=account_of(freight[0]), at=AT)
    assert not queries.errands_to_answer(account_of(freight[1])).exists()
    actions.pass_on_errands(employee_id=freight[0].pk, at=AT + HOUR)
    assert (again(errand).state, again(errand).taken_by) == ("open", None)
    assert list(queries.errands_to_answer(account_of(freight[1]))) == [errand]
    actions.pass_on_errands(employee_id=crew.agent.pk, at=AT + HOUR)
    assert kinds(task) == ["asked", "comment"]
    assert notices(crew.leader, "tickets.asked") == 1


def test_replies_follow_a_merged_ticket(crew, freight, logistics):
    kept, merged = crew.ticket(), crew.ticket()
    errand = ask(crew, logistics, ticket=merged)
    actions.merge_tickets(kept_id=kept.pk, merged_ids=[merged.pk], by=crew.by, at=AT)
    answer(errand, freight[0])
    assert kept.entries.filter(kind="note").count() == 1
    assert not merged.entries.filter(kind="note").exists()


@pytest.mark.parametrize(
    ("hours", "before"), [(8, 60), (1, 30)], ids=["an hour before", "at half-time"]
)
def test_a_reply_is_asked_for_once_more(hours, before):
    due = AT + hours * HOUR
    assert rules.remind_at(asked_at=AT, due_at=due, minutes=60) == due - before * MINUTE
    assert rules.is_overdue(state="open", due_at=due, at=due)
    assert not rules.is_overdue(state="answered", due_at=due, at=due)


# --- pages


@pytest.mark.requirement("A24")
def test_a24_asked_from_the_desk_and_answered_on_the_page(crew, freight, logistics):
    client = client_for(crew.by)
    address = f"{reverse('errands:ask')}?conversation={crew.conversation.pk}"
    due = timezone.localtime(timezone.now() + 5 * HOUR).strftime("%Y-%m-%d %H:%M")
    words = {"counterpart": logistics.pk, "title": "改地址来得及吗", "due_at": due}
    assert client.post(address, words | {"title": ""}).status_code == 422
    sent = client.post(address, words, headers=HTMX)
    assert "tickets-changed" in sent["HX-Trigger"]
    errand = Errand.objects.get()
    beside = reverse("tickets:conversation-panel", args=[crew.conversation.pk])
    assert "改地址来得及吗" in text(client.get(beside))
    worker = client_for(account_of(freight[0]))
    page = reverse("errands:errand", args=[errand.pk])
    assert "发出答复" in text(worker.get(page))
    assert "发出答复" not in text(client.get(page))
    assert "改地址来得及吗" in text(worker.get(reverse("errands:panel")))
    say = reverse("errands:say", args=[errand.pk])
    assert worker.post(reverse("errands:take", args=[errand.pk])).status_code == 302
    assert worker.post(say, {"text": "", "as": "answer"}).status_code == 422
    assert client.post(say, {"text": "急", "as": "comment"}).status_code == 302
    assert worker.post(say, {"text": "来得及", "as": "answer"}).status_code == 302
    shown = text(client.get(page))
    for word in ("来得及", "急", "已答复"):
        assert word in shown
    again_at = reverse("errands:again", args=[errand.pk])
    assert client.post(again_at, {"text": "改成 12 号楼", "due_at": due}).status_code == 302
    assert worker.get(reverse("errands:withdraw", args=[errand.pk])).status_code == 404
    done = client.post(reverse("errands:withdraw", args=[errand.pk]), {"text": "不改了"})
    assert done.status_code == 302


def test_a_ticket_shows_what_was_asked_for_it(crew, freight, logistics):
    ticket = crew.ticket(at=timezone.now())
    due = timezone.localtime(timezone.now() + 5 * HOUR).strftime("%Y-%m-%d %H:%M")
    words = {"counterpart": logistics.pk, "title": "到哪了", "due_at": due}
    asked = client_for(crew.by).post(f"{reverse('errands:ask')}?ticket={ticket.pk}", words)
    assert asked["location"] == reverse("tickets:ticket", args=[ticket.pk])
    assert "到哪了" in text(client_for(crew.by).get(asked["location"]))


def test_the_list_takes_the_same_queries(crew, logistics, django_assert_max_num_queries):
    for number in range(6):
        ask(crew, logistics, title=f"第{number}件")
    client = client_for(crew.by)
    client.get(LIST)
    with django_assert_max_num_queries(16):
        assert "第5件" in text(client.get(LIST))


def test_leaders_order_on_a_page_and_agents_do_not(crew):
    order = reverse("errands:order")
    due = timezone.localtime(timezone.now() + 5 * HOUR).strftime("%Y-%m-%d %H:%M")
    words = {"receiver": crew.agent.pk, "title": "整理话术", "due_at": due}
    assert client_for(crew.by).post(order, words).status_code == 403
    assert (
        client_for(crew.boss).post(order, words | {"receiver": crew.leader.pk}).status_code == 422
    )
    assert client_for(crew.boss).post(order, words).status_code == 302
    assert Errand.objects.get().receiver == crew.agent


def test_supervisors_say_who_answers(crew, freight):
    row = Counterpart.objects.get(code="finance")
    address = reverse("errands:counterpart", args=[row.pk])
    assert client_for(crew.by).get(address).status_code == 403
    supervisor = client_for(make_account(Roles.SUPERVISOR))
    assert "没有人答复" in text(supervisor.get(reverse("errands:counterparts")))
    words = {"name": "财务", "code": "finance", "position": "70", "is_active": "on"}
    saved = supervisor.post(address, words | {"members": [freight[0].pk]})
    assert saved.status_code == 302
    assert list(queries.people_of(row)) == [Employee.objects.get(pk=freight[0].pk)]


def test_notes_of_other_departments_are_written_once(crew, freight):
    words = {"conversation_id": crew.conversation.pk, "employee": freight[0], "at": AT}
    first = desk.pass_note(body="到了", client_token="e1", **words)
    assert desk.pass_note(body="到了", client_token="e1", **words) == first
    assert crew.conversation.messages.filter(direction="note").count() == 1
