"""What becomes of a ticket (A13, A14, A16)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from cangke.desk import public as desk
from cangke.desk.events import MessageReceived
from cangke.desk.tests.factories import account_of, make_channel
from cangke.foundation.audit.models import AuditEntry
from cangke.foundation.events.models import EventRecord
from cangke.foundation.events.public import event_name
from cangke.foundation.notices.models import Notice
from cangke.people.tests.factories import make_team
from cangke.tickets import actions, handlers, queries
from cangke.tickets.events import TicketClosed, TicketOverdue
from cangke.tickets.models import Ticket, TicketEntry, TicketKind, TicketMacro
from tests.factories import client_for

from .factories import AT, FIVE, HOUR, kind, make_crew

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def crew():
    return make_crew()


def again(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def kinds(ticket):
    return list(ticket.entries.values_list("kind", flat=True))


def move(ticket, state, by, at=AT + HOUR, **values):
    return actions.move_ticket(ticket_id=ticket.pk, state=state, by=by, at=at, **values)


def notices(employee, code):
    return Notice.objects.filter(account=employee.account, kind=code).count()


def published(event):
    return EventRecord.objects.filter(name=event_name(event)).count()


# --- opening


@pytest.mark.requirement("A13")
def test_a13_without_owner_or_due_time_it_cannot_be_opened(crew):
    for field, values in (
        ("owner", {"owner": None}),
        ("due_at", {"kind": TicketKind.objects.create(code="bare", name="无时限")}),
        ("due_at", {"due_at": AT}),
    ):
        with pytest.raises(actions.TicketIncomplete) as refused:
            crew.ticket(**values)
        assert refused.value.field == field
    assert not Ticket.objects.exists()
    assert not TicketEntry.objects.exists()


@pytest.mark.requirement("A13")
def test_a13_any_contact_becomes_a_ticket_with_its_links(crew):
    ticket = crew.ticket(title="客户要改地址", priority=2)
    assert ticket.number.startswith("TK")
    assert (ticket.conversation, ticket.customer) == (
        crew.conversation,
        crew.conversation.customer,
    )
    assert (ticket.state, ticket.priority, ticket.owner) == ("new", 2, crew.agent)
    assert ticket.due_at == AT + 24 * HOUR, "14 business hours from 10:00"
    assert kinds(ticket) == ["opened"]
    assert notices(crew.agent, "tickets.given") == 0, "who opens it knows"


@pytest.mark.requirement("A13")
def test_a13_overdue_is_told_and_counted_once(crew):
    ticket = crew.ticket(due_at=AT + HOUR)
    actions.sweep_tickets(at=AT + HOUR - MINUTE)
    assert again(ticket).overdue_at is None
    for minutes in (0, 1):
        actions.sweep_tickets(at=AT + HOUR + minutes * MINUTE)
    assert again(ticket).overdue_at == AT + HOUR
    assert list(Ticket.objects.overdue(AT + HOUR)) == [ticket]
    assert kinds(ticket) == ["opened", "overdue"]
    assert (notices(crew.agent, "tickets.overdue"), notices(crew.leader, "tickets.overdue")) == (
        1,
        1,
    )
    assert published(TicketOverdue) == 1


# --- states and clock


@pytest.mark.requirement("A13")
def test_a13_followed_up_until_solved_and_closed(crew):
    ticket = crew.ticket()
    move(ticket, "in_progress", crew.by)
    with pytest.raises(actions.NotYetDone) as refused:
        move(ticket, "solved", crew.by)
    assert refused.value.field == "solution"
    assert again(ticket).state == "in_progress"
    solved = move(ticket, "solved", crew.by, solution="地址已改")
    assert (solved.solution, solved.solved_at) == ("地址已改", AT + HOUR)
    closed = move(ticket, "closed", crew.by, at=AT + 2 * HOUR)
    assert closed.closed_at == AT + 2 * HOUR
    assert published(TicketClosed) == 1
    assert kinds(ticket) == ["opened", "state", "state", "state"]
    with pytest.raises(actions.TicketOver):
        move(ticket, "solved", crew.by, at=AT + 3 * HOUR)


@pytest.mark.requirement("A13")
def test_a13_the_clock_stands_while_the_customer_is_waited_for(crew):
    ticket = crew.ticket(due_at=AT + 4 * HOUR)
    waits = move(ticket, "waiting_customer", crew.by, at=AT + HOUR)
    assert (waits.paused_at, waits.left_seconds) == (AT + HOUR, 3 * 3600)
    actions.sweep_tickets(at=AT + 6 * HOUR)
    assert again(ticket).overdue_at is None
    goes_on = move(ticket, "in_progress", crew.by, at=AT + 6 * HOUR)
    assert (goes_on.due_at, goes_on.paused_at) == (AT + 9 * HOUR, None)


@pytest.mark.requirement("A13", "X9")
def test_what_was_waited_for_is_taken_off_also_where_it_is_solved_straight_away(crew):
    """Design security 81: an agent in another zone than the site; waiting → solved."""
    abroad = crew.by
    abroad.zone = "America/New_York"
    abroad.save()
    ticket = crew.ticket(due_at=AT + 4 * HOUR)
    move(ticket, "waiting_customer", crew.by, at=AT + HOUR)
    solved = move(ticket, "solved", crew.by, at=AT + 6 * HOUR, solution="地址已改")
    assert (solved.due_at, solved.paused_at, solved.left_seconds) == (AT + 9 * HOUR, None, None)
    assert not solved.clock.is_overdue(AT + 6 * HOUR), "five hours of waiting do not count"
    assert not Ticket.objects.overdue(AT + 6 * HOUR).exists()
    assert again(ticket).overdue_at is None
    page = client_for(crew.by).get(reverse("tickets:ticket", args=[ticket.pk])).content.decode()
    assert "逾期" not in page
    own = timezone.localtime(AT + 9 * HOUR, ZoneInfo("America/New_York"))
    assert f"{own:%H:%M}" in page, "told by the agent's clock"


def test_a_letter_of_the_customer_ends_the_waiting_and_is_heard_once(crew):
    ticket = crew.ticket()
    move(ticket, "waiting_customer", crew.by)
    letter = crew.company.writes(
        "照片发您了", at=AT + 2 * HOUR, customer=crew.conversation.customer
    ).message
    assert letter.conversation_id == crew.conversation.pk
    assert actions.hear_customer(message_id=letter.pk, at=AT + 2 * HOUR) == 1
    assert actions.hear_customer(message_id=letter.pk, at=AT + 2 * HOUR) == 0
    assert again(ticket).state == "in_progress"
    assert kinds(ticket).count("customer_wrote") == 1


def test_talk_without_tickets_takes_one_look(crew, django_assert_num_queries):
    message = crew.company.writes("在吗").message
    event = MessageReceived(message.conversation_id, message.pk, AT)
    with django_assert_num_queries(1):
        handlers.heard(event)
    ticket = crew.ticket()
    letter = crew.company.writes("有结果吗", at=AT + HOUR, customer=ticket.customer).message
    handlers.heard(MessageReceived(letter.conversation_id, letter.pk, AT + HOUR))
    assert ticket.entries.filter(kind="customer_wrote").count() == 1


def test_a_letter_opens_a_solved_ticket_again(crew):
    ticket = crew.ticket()
    move(ticket, "solved", crew.by, solution="好")
    letter = crew.company.writes("还是不行", at=AT + 2 * HOUR, customer=ticket.customer).message
    actions.hear_customer(message_id=letter.pk, at=AT + 2 * HOUR)
    assert (again(ticket).state, again(ticket).reopen_count) == ("in_progress", 1)


def test_what_was_solved_closes_after_three_days_unless_the_customer_is_owed_an_answer(crew):
    plain = crew.ticket()
    owes = crew.ticket("unfinished", values=FIVE)
    for each in (plain, owes):
        move(each, "solved", crew.by, at=AT, solution="好")
    actions.sweep_tickets(at=AT + 3 * DAY - MINUTE)
    assert again(plain).state == "solved"
    actions.sweep_tickets(at=AT + 3 * DAY)
    assert (again(plain).state, again(owes).state) == ("closed", "solved")


@pytest.mark.requirement("A13")
def test_a13_closed_ones_open_again_within_the_days_with_fresh_time(crew):
    ticket = crew.ticket(due_at=AT + 2 * HOUR)
    move(ticket, "solved", crew.by, at=AT, solution="好")
    move(ticket, "closed", crew.by, at=AT)
    with pytest.raises(actions.TicketOver):
        move(ticket, "in_progress", crew.by, at=AT + 7 * DAY + MINUTE)
    opened = move(ticket, "in_progress", crew.by, at=AT + 7 * DAY)
    assert (opened.state, opened.closed_at, opened.reopen_count) == ("in_progress", None, 1)
    assert opened.due_at > AT + 7 * DAY


# --- A14


@pytest.mark.requirement("A14")
@pytest.mark.parametrize("missing", sorted(FIVE))
def test_a14_each_of_the_five_fields_is_required(crew, missing):
    with pytest.raises(actions.TicketIncomplete) as refused:
        crew.ticket("unfinished", values={**FIVE, missing: " "})
    assert refused.value.field == f"f_{missing}"
    assert not Ticket.objects.exists()


@pytest.mark.requirement("A14")
def test_a14_it_cannot_be_closed_before_the_customer_is_answered(crew):
    before = crew.says("您好", AT)
    ticket = crew.ticket("unfinished", values=FIVE, at=AT + MINUTE)
    move(ticket, "solved", crew.by, solution="已补寄")
    with pytest.raises(actions.NotYetDone):
        move(ticket, "closed", crew.by)
    with pytest.raises(actions.TicketIncomplete):
        actions.attach_answer(ticket_id=ticket.pk, message=before, by=crew.by, at=AT + HOUR)
    assert again(ticket).state == "solved"
    sent = crew.says("已经补寄，单号 SF12", AT + HOUR)
    actions.attach_answer(ticket_id=ticket.pk, message=sent, by=crew.by, at=AT + 2 * HOUR)
    assert move(ticket, "closed", crew.by, at=AT + 2 * HOUR).state == "closed"


@pytest.mark.requirement("A14")
def test_a14_a_recorded_call_is_an_answer_too(crew):
    ticket = crew.ticket("unfinished", values=FIVE)
    call = desk.log_call(
        channel=make_channel(crew.company.shop, kind="phone"),
        customer=ticket.customer,
        question="补寄进度",
        result="已告知今天寄出",
        direction="out",
        by=crew.by,
        at=AT + HOUR,
    )
    actions.attach_answer(ticket_id=ticket.pk, call=call, by=crew.by, at=AT + HOUR)
    move(ticket, "solved", crew.by, solution="已补寄")
    assert move(ticket, "closed", crew.by).state == "closed"


@pytest.mark.requirement("A14")
def test_a14_a_recalled_answer_is_none(crew):
    ticket = crew.ticket("unfinished", values=FIVE)
    entry = actions.reply_on_ticket(ticket_id=ticket.pk, text="已补寄", by=crew.by, at=AT + HOUR)
    move(ticket, "solved", crew.by, solution="已补寄")
    desk.recall_message(message_id=entry.message_id, by=crew.by, at=AT + 2 * HOUR)
    with pytest.raises(actions.NotYetDone):
        move(ticket, "closed", crew.by, at=AT + 3 * HOUR)
    assert again(ticket).state == "solved"


@pytest.mark.requirement("A21")
def test_answering_from_a_ticket_before_others_says_which_ticket(crew):
    waiting = crew.company.writes("在吗").conversation
    late = crew.company.writes("我的单呢", at=AT + MINUTE).conversation
    ticket = crew.ticket("unfinished", values=FIVE, conversation=late)
    actions.reply_on_ticket(ticket_id=ticket.pk, text="已补寄", by=crew.by, at=AT + HOUR)
    entry = AuditEntry.objects.get(action="desk.claimed_out_of_turn")
    assert entry.reason == f"处理工单 {ticket.number}"
    assert entry.changes == {"ahead": 1}
    waiting.refresh_from_db()
    assert waiting.assignee_id is None


@pytest.mark.requirement("A14")
def test_a14_open_ones_are_listed_for_the_leaders_summary(crew):
    first = crew.ticket("unfinished", values=FIVE, due_at=AT + HOUR)
    crew.ticket()
    elsewhere = make_crew()
    elsewhere.ticket("unfinished", values=FIVE)
    team = [crew.company.team.pk]
    rows = queries.open_unfinished_orders(at=AT + 2 * HOUR, team_ids=team)
    assert [each.ticket_id for each in rows] == [first.pk]
    assert (rows[0].is_overdue, rows[0].values["demand"]) == (True, "今天补寄")
    actions.reply_on_ticket(ticket_id=first.pk, text="已补寄", by=crew.by, at=AT + HOUR)
    move(first, "solved", crew.by, solution="已补寄")
    assert len(queries.open_unfinished_orders(at=AT, team_ids=team)) == 1, "not closed yet"
    move(first, "closed", crew.by)
    assert queries.open_unfinished_orders(at=AT, team_ids=team) == []


# --- A16


@pytest.mark.requirement("A16")
def test_a16_cargo_status_goes_to_the_right_team_and_needs_the_feedback(crew):
    freight = make_crew()
    request = kind("cargo_status")
    request.team = freight.company.team
    request.save()
    busy = freight.ticket()
    ticket = crew.ticket("cargo_status", owner=None, values={"shipment_no": "FBA15XJ"})
    assert ticket.owner.team == freight.company.team
    assert ticket.owner != busy.owner, "whoever has the fewest"
    assert notices(ticket.owner, "tickets.given") == 1
    with pytest.raises(actions.TicketIncomplete):
        crew.ticket("cargo_status", owner=None, values={"question": "到哪了"})
    worker = account_of(ticket.owner)
    move(ticket, "solved", worker, solution="已到港")
    with pytest.raises(actions.NotYetDone):
        move(ticket, "closed", worker)
    actions.reply_on_ticket(
        ticket_id=ticket.pk, text="货物已到港，预计明天入仓", by=crew.by, at=AT + 2 * HOUR
    )
    assert move(ticket, "closed", worker, at=AT + 3 * HOUR).state == "closed"


@pytest.mark.requirement("A16")
def test_a16_the_catalogue_ships_with_its_requests_and_is_never_overwritten(crew):
    shipped = TicketKind.objects.filter(group="request", needs_reply=True)
    assert {each.code for each in shipped} >= {"cargo_status", "transport_info", "storage_fee"}
    TicketKind.objects.filter(code="cargo_status").update(name="查货", due_hours=2)
    actions.ensure(at=AT)
    assert TicketKind.objects.get(code="cargo_status").name == "查货"


def test_a_team_without_agents_gives_to_its_leader_and_nobody_is_refused(crew):
    request = kind("storage_fee")
    request.team = make_team()
    request.save()
    values = {"from_date": "2026-11-01", "until_date": "2026-11-30"}
    with pytest.raises(actions.TicketIncomplete):
        crew.ticket("storage_fee", owner=None, values=values)


# --- talk, tasks, owner


def test_a_reply_goes_out_through_the_desk_and_begins_the_work(crew):
    ticket = crew.ticket()
    entry = actions.reply_on_ticket(
        ticket_id=ticket.pk, text="在查了", by=crew.by, at=AT + HOUR, client_token="t1"
    )
    twin = actions.reply_on_ticket(
        ticket_id=ticket.pk, text="在查了", by=crew.by, at=AT + HOUR, client_token="t1"
    )
    assert entry == twin
    sent = crew.conversation.messages.filter(counts_as_reply=True)
    assert [each.body for each in sent] == ["在查了"]
    assert again(ticket).state == "in_progress"


def test_an_internal_note_never_reaches_the_customer_and_tells_who_is_mentioned(crew):
    ticket = crew.ticket()
    actions.comment_on_ticket(
        ticket_id=ticket.pk,
        text="请帮忙看下库存",
        mentioned=[crew.colleague],
        by=crew.by,
        at=AT + HOUR,
    )
    assert not crew.conversation.messages.filter(body__contains="库存").exists()
    assert notices(crew.colleague, "tickets.mention") == 1
    assert ticket.watchers.filter(pk=crew.colleague.account_id).exists()


def test_required_tasks_hold_the_ending(crew):
    ticket = crew.ticket("lost", values={"tracking_no": "SF1"})
    titles = [(each.title, each.required) for each in ticket.tasks.all()]
    assert titles == [("联系承运商查件", True), ("告知客户结果", True)]
    with pytest.raises(actions.NotYetDone):
        move(ticket, "solved", crew.by, solution="找到了")
    for task in ticket.tasks.all():
        actions.tick_task(task_id=task.pk, done=True, by=crew.by, at=AT + HOUR)
    assert move(ticket, "solved", crew.by, solution="找到了").state == "solved"


def test_giving_away_needs_a_reason_and_taking_does_not(crew):
    ticket = crew.ticket()
    with pytest.raises(actions.TicketIncomplete):
        actions.give_ticket(ticket_id=ticket.pk, to=crew.colleague, by=crew.by, at=AT + HOUR)
    assert again(ticket).owner == crew.agent
    actions.give_ticket(
        ticket_id=ticket.pk, to=crew.colleague, reason="他熟", by=crew.by, at=AT + HOUR
    )
    assert notices(crew.colleague, "tickets.given") == 1
    actions.give_ticket(ticket_id=ticket.pk, to=crew.agent, by=crew.by, at=AT + HOUR)
    assert again(ticket).owner == crew.agent


def test_leaders_give_many_at_once_with_a_reason_and_agents_do_not(crew):
    keys = [crew.ticket().pk, crew.ticket().pk]
    words = {"ticket_ids": keys, "to": crew.colleague, "at": AT + HOUR}
    with pytest.raises(actions.TicketIncomplete):
        actions.give_tickets(reason=" ", by=crew.boss, **words)
    with pytest.raises(Http404):
        actions.give_tickets(reason="请假", by=crew.by, **words)
    assert not Ticket.objects.filter(owner=crew.colleague).exists()
    assert actions.give_tickets(reason="请假", by=crew.boss, **words) == 2
    assert Ticket.objects.filter(owner=crew.colleague).count() == 2


def test_a_new_due_time_needs_a_reason_and_keeps_the_old_one_on_record(crew):
    ticket = crew.ticket(due_at=AT + HOUR)
    actions.sweep_tickets(at=AT + HOUR)
    with pytest.raises(actions.TicketIncomplete):
        actions.set_due(
            ticket_id=ticket.pk, due_at=AT + DAY, reason="", by=crew.by, at=AT + 2 * HOUR
        )
    moved = actions.set_due(
        ticket_id=ticket.pk, due_at=AT + DAY, reason="客户同意", by=crew.by, at=AT + 2 * HOUR
    )
    assert (moved.due_at, moved.overdue_at) == (AT + DAY, None)
    assert kinds(ticket) == ["opened", "overdue", "due"]


def test_edits_keep_what_was_written_before(crew):
    ticket = crew.ticket("unfinished", values=FIVE)
    actions.edit_ticket(
        ticket_id=ticket.pk,
        title=ticket.title,
        values={**FIVE, "demand": "退款"},
        by=crew.by,
        at=AT + HOUR,
    )
    changed = ticket.entries.get(kind="edited").data["fields"]
    assert changed == {"demand": ["今天补寄", "退款"]}


# --- merge, split, macros


@pytest.mark.requirement("A13")
def test_a13_later_letters_of_a_merged_tickets_talk_land_on_the_kept_one(crew):
    kept = crew.ticket(due_at=AT + 9 * HOUR)
    other_talk = crew.company.writes("我在别的渠道也问过", at=AT).conversation
    desk.claim(conversation_id=other_talk.pk, by=crew.by, at=AT)
    other_talk.refresh_from_db()
    merged = crew.ticket(
        "lost", values={"tracking_no": "SF1"}, conversation=other_talk, due_at=AT + HOUR
    )
    actions.merge_tickets(kept_id=kept.pk, merged_ids=[merged.pk], by=crew.by, at=AT + MINUTE)
    assert (again(merged).state, again(merged).merged_into) == ("merged", kept)
    assert again(kept).due_at == AT + HOUR, "the earlier of the two"
    assert kept.tasks.count() == 2
    letter = crew.company.writes("有结果吗", at=AT + HOUR, customer=other_talk.customer).message
    assert actions.hear_customer(message_id=letter.pk, at=AT + HOUR) == 1
    assert kept.entries.filter(kind="customer_wrote", message=letter).exists()
    assert not merged.entries.filter(kind="customer_wrote").exists()


def test_what_has_ended_cannot_be_merged_and_nothing_changes(crew):
    kept, merged = crew.ticket(), crew.ticket()
    move(merged, "solved", crew.by, solution="x")
    move(merged, "closed", crew.by)
    with pytest.raises(actions.TicketOver):
        actions.merge_tickets(kept_id=kept.pk, merged_ids=[merged.pk], by=crew.by, at=AT + HOUR)
    with pytest.raises(actions.TicketIncomplete):
        actions.merge_tickets(kept_id=kept.pk, merged_ids=[kept.pk], by=crew.by, at=AT + HOUR)
    assert kinds(kept) == ["opened"]


def test_a_part_is_split_off_with_the_same_customer(crew):
    ticket = crew.ticket(priority=2)
    part = actions.split_ticket(
        ticket_id=ticket.pk,
        kind=kind("lost"),
        title="查件",
        values={"tracking_no": "SF1"},
        owner=crew.colleague,
        by=crew.by,
        at=AT + HOUR,
    )
    assert (part.split_from, part.customer, part.priority) == (ticket, ticket.customer, 2)
    assert kinds(ticket)[-1] == "split_off"
    assert kinds(part) == ["opened", "split_from"]


def test_a_macro_does_all_of_it_or_nothing(crew):
    ticket = crew.ticket()
    macro = TicketMacro.objects.get(name="已解决并告知客户")
    actions.apply_macro(ticket_id=ticket.pk, macro=macro, by=crew.by, at=AT + HOUR)
    assert again(ticket).state == "solved"
    assert crew.conversation.messages.filter(counts_as_reply=True).count() == 1
    held = crew.ticket("lost", values={"tracking_no": "SF1"})
    with pytest.raises(actions.NotYetDone):
        actions.apply_macro(ticket_id=held.pk, macro=macro, by=crew.by, at=AT + 2 * HOUR)
    assert again(held).state == "new"
    assert kinds(held) == ["opened"]
    assert crew.conversation.messages.filter(counts_as_reply=True).count() == 1


@pytest.mark.requirement("A11")
def test_a11_a_macro_that_is_stopped_leaves_the_attempt_and_nothing_else(
    crew, django_capture_on_commit_callbacks
):
    ticket = crew.ticket()
    before = kinds(ticket)
    macro = TicketMacro.objects.create(
        name="打发",
        reply="爱买不买",
        comment="已答",
        state="solved",
        solution="已答",
    )
    page = client_for(crew.by)
    with django_capture_on_commit_callbacks(execute=True):
        for _twice in range(2):
            stopped = page.post(f"/tickets/{ticket.pk}/macro/", {"macro": macro.pk})
            assert stopped.status_code == 422
            assert "爱买不买" in stopped.content.decode()
    alert = desk.ConductAlert.objects.get()
    assert (alert.agent, alert.words, alert.attempts) == (crew.agent, ["爱买不买"], 2)
    assert alert.conversation_id == crew.conversation.pk
    assert AuditEntry.objects.filter(action="desk.insult_stopped").count() == 2
    assert notices(crew.leader, "desk.conduct") == 1
    assert (again(ticket).state, kinds(ticket)) == ("new", before)
    assert not crew.conversation.messages.filter(counts_as_reply=True).exists()


def test_only_leaders_void_and_say_why(crew):
    ticket = crew.ticket()
    with pytest.raises(Http404):
        actions.void_ticket(ticket_id=ticket.pk, reason="重复", by=crew.by, at=AT + HOUR)
    with pytest.raises(actions.TicketIncomplete):
        actions.void_ticket(ticket_id=ticket.pk, reason="", by=crew.boss, at=AT + HOUR)
    voided = actions.void_ticket(ticket_id=ticket.pk, reason="重复", by=crew.boss, at=AT + HOUR)
    assert (voided.state, voided.is_unfinished) == ("void", False)


def test_somebody_elses_ticket_is_not_found(crew):
    ticket = crew.ticket()
    stranger = account_of(make_crew().agent)
    with pytest.raises(Http404):
        move(ticket, "in_progress", stranger)
    with pytest.raises(Http404):
        actions.comment_on_ticket(ticket_id=ticket.pk, text="x", by=stranger, at=AT + HOUR)
    assert kinds(ticket) == ["opened"]


def test_what_somebody_who_left_had_in_hand_goes_to_the_leader(crew):
    ticket = crew.ticket()
    actions.pass_on_tickets(employee_id=crew.agent.pk, at=AT + HOUR)
    assert again(ticket).owner == crew.leader


@pytest.mark.parametrize(
    "text", ["x = ", "[other]\na=1", '[[field]]\nkey="A"\nlabel="x"', "[[task]]\nname='x'"]
)
def test_a_kind_that_does_not_hold_is_refused(crew, text):
    row = kind()
    with pytest.raises(actions.KindRefused):
        actions.save_kind(kind=row, text=text, by=crew.boss, at=AT)
    row.refresh_from_db()
    assert row.fields == []


def test_a_merged_conversation_keeps_its_tickets_and_promises(crew):
    """Fault elsewhere: late letters after a merger no longer reach the ticket."""
    customer = crew.conversation.customer
    mails = make_channel(crew.company.shop, kind="email")
    talks = []
    for words in ("发货了吗", "还有一件事"):
        talk = crew.company.writes(
            words, channel=mails, customer=customer, begin_new=True
        ).conversation
        desk.reply(conversation_id=talk.pk, body="在查", by=crew.by, at=AT + MINUTE)
        talks.append(talk)
    one, other = talks
    ticket = crew.ticket(conversation=one)
    crew.promise(conversation=one)
    desk.merge(conversation_id=one.pk, into_id=other.pk, by=crew.by, at=AT + HOUR)
    letter = crew.company.writes(
        "补照片", channel=mails, customer=customer, conversation_id=one.pk, at=AT + HOUR
    ).message
    assert letter.conversation_id == other.pk
    handlers.heard(MessageReceived(other.pk, letter.pk, AT + HOUR))
    assert ticket.entries.filter(kind="customer_wrote", message=letter).count() == 1
    assert len(queries.promises_to_keep(conversation_id=other.pk)) == 1
