"""What people see of promises."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.desk.tests.factories import account_of, handling_result, question_type
from cangke.foundation.access.public import Roles
from cangke.tickets.models import Pledge
from tests.factories import client_for, make_account

from .factories import AT, make_crew

pytestmark = pytest.mark.django_db
NEW = reverse("tickets:pledge-new")
LIST = reverse("tickets:pledges")
HTMX = {"HX-Request": "true", "HX-Target": "ck-dialog-body"}


@pytest.fixture
def crew():
    return make_crew()


def soon(hours=3):
    return timezone.now() + dt.timedelta(hours=hours)


def typed(crew, **values):
    due = timezone.localtime(soon()).strftime("%Y-%m-%d %H:%M")
    return {
        "kind": "gift",
        "text": "补寄贺卡",
        "due_at": due,
        "keeper": crew.agent.pk,
        "currency": "CNY",
        **values,
    }


@pytest.mark.requirement("A18")
def test_a18_the_desk_opens_the_form_filled_and_gets_its_panel_told(crew):
    client = client_for(crew.by)
    address = f"{NEW}?conversation={crew.conversation.pk}&text=今天一定发"
    shown = client.get(address).content.decode()
    assert "今天一定发" in shown
    assert crew.conversation.number in shown
    made = client.post(address, typed(crew), headers=HTMX)
    assert made.status_code == 200
    assert "tickets-changed" in made["HX-Trigger"]
    assert "ck:close-dialog" in made["HX-Trigger"]
    pledge = Pledge.objects.get()
    assert (pledge.conversation, pledge.keeper) == (crew.conversation, crew.agent)
    page = client.post(address, typed(crew, text="另一个"))
    assert (page.status_code, page["location"][:18]) == (302, "/tickets/promises/")


def test_a_bad_form_comes_back_with_what_was_typed(crew):
    client = client_for(crew.by)
    bad = client.post(NEW, typed(crew, text="只有话", due_at=""))
    assert bad.status_code == 422
    assert "只有话" in bad.content.decode()
    nobody = client.post(NEW, typed(crew))
    assert nobody.status_code == 422
    assert "哪个会话" in nobody.content.decode()
    unknown = client.post(NEW, typed(crew, order_no="没有这个"))
    assert "没有找到这个订单号" in unknown.content.decode()
    assert not Pledge.objects.exists()


@pytest.mark.requirement("A18")
def test_a18_the_warning_is_shown_and_must_be_accepted(crew):
    client = client_for(crew.by)
    address = f"{NEW}?conversation={crew.conversation.pk}"
    values = typed(crew, amount="88", kind="coupon")
    warned = client.post(address, values)
    assert warned.status_code == 422
    assert "超过可自行承诺的 50" in warned.content.decode()
    assert 'name="accepted"' in warned.content.decode()
    assert not Pledge.objects.exists()
    assert client.post(address, values | {"accepted": "on"}).status_code == 302
    assert Pledge.objects.get().state == "waiting"


def test_a_promise_is_kept_on_its_page(crew):
    pledge = crew.promise(due_at=soon(), at=timezone.now())
    client = client_for(crew.by)
    page = reverse("tickets:pledge", args=[pledge.pk])
    assert "待兑现" in client.get(page).content.decode()
    keep = reverse("tickets:pledge-keep", args=[pledge.pk])
    assert client.post(keep, {"proof": ""}).status_code == 422
    done = client.post(keep, {"proof": "退券单 12"})
    assert (done.status_code, done["location"]) == (302, page)
    shown = client.get(page).content.decode()
    for words in ("已兑现", "退券单 12"):
        assert words in shown


def test_leaders_waive_and_give_and_agents_do_not(crew):
    pledge = crew.promise(due_at=soon(), at=timezone.now())
    waive = reverse("tickets:pledge-waive", args=[pledge.pk])
    give = reverse("tickets:pledge-give", args=[pledge.pk])
    assert client_for(crew.by).post(waive, {"reason": "x"}).status_code == 403
    leader = client_for(crew.boss)
    assert leader.post(give, {"to": crew.colleague.pk, "reason": "休假"}).status_code == 302
    assert leader.post(waive, {"reason": "客户不要了"}).status_code == 302
    assert Pledge.objects.get(pk=pledge.pk).state == "waived"


def test_the_list_shows_ones_team_and_takes_the_same_queries(crew, django_assert_max_num_queries):
    for number in range(6):
        crew.promise(text=f"承诺{number}", due_at=soon(), at=timezone.now())
    other = make_crew()
    other.promise(text="别组的承诺", due_at=soon(), at=timezone.now())
    client = client_for(account_of(crew.colleague))
    client.get(LIST)
    with django_assert_max_num_queries(16):
        shown = client.get(LIST).content.decode()
    assert "承诺5" in shown
    assert "别组的承诺" not in shown
    assert "承诺5" not in client.get(LIST + "?mine=true").content.decode()
    assert client.get(LIST + "?q=承诺3").content.decode().count("承诺3") >= 1
    assert client_for(make_account(Roles.HR)).get(LIST).status_code == 403


def test_the_list_is_exported_with_a_reason(crew):
    crew.promise(text="要导出的承诺", due_at=soon(), at=timezone.now())
    page = client_for(crew.boss).get(LIST).content.decode()
    assert "export" in page
    assert "export=csv" not in client_for(crew.by).get(LIST).content.decode()


@pytest.mark.requirement("A18")
def test_a18_home_and_conversation_show_what_is_to_be_kept(crew):
    crew.promise(text="今天补寄", due_at=soon(), at=timezone.now())
    home = client_for(crew.by).get(reverse("tickets:pledge-panel")).content.decode()
    assert "今天补寄" in home
    beside = reverse("tickets:conversation-panel", args=[crew.conversation.pk])
    assert "今天补寄" in client_for(crew.by).get(beside).content.decode()
    assert client_for(account_of(make_crew().agent)).get(beside).status_code == 404
    leader = client_for(crew.boss).get(reverse("tickets:pledge-panel")).content.decode()
    assert "今天补寄" not in leader


def test_the_desk_page_has_the_panel(crew):
    page = client_for(crew.by).get(reverse("desk:conversation", args=[crew.conversation.pk]))
    assert (
        reverse("tickets:conversation-panel", args=[crew.conversation.pk]) in page.content.decode()
    )


def test_pages_speak_english(crew):
    pledge = crew.promise(due_at=soon(), at=timezone.now())
    account = crew.by
    account.language = "en"
    account.save()
    shown = client_for(account).get(reverse("tickets:pledge", args=[pledge.pk])).content.decode()
    assert "Promise" in shown


@pytest.mark.requirement("A18")
def test_closing_a_conversation_shows_what_is_still_promised(crew):
    crew.promise()
    crew.says("您好，已补寄", AT)
    client = client_for(crew.by)
    close = reverse("desk:close", args=[crew.conversation.pk])
    text = client.get(close).content.decode()
    assert "这些承诺由承诺人继续兑现" in text
    assert crew.agent.name in text
    data = {"question_type": question_type("price").pk, "handling_result": handling_result().pk}
    answer = client.post(close, data)
    assert answer.status_code == 422
    assert "先看一下还没兑现的承诺" in answer.content.decode()
    crew.conversation.refresh_from_db()
    assert crew.conversation.is_open
    done = client.post(close, {**data, "promises_stand": "on"})
    assert done.status_code == 302
    crew.conversation.refresh_from_db()
    assert not crew.conversation.is_open
    assert Pledge.objects.get().state == "open", "the promise outlives the conversation"
