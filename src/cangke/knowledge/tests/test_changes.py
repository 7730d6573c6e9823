"""Changes of the business with confirmation of reading (J2), and the question log (J4)."""

import datetime as dt
from decimal import Decimal

import pytest

from cangke.desk import public as desk
from cangke.foundation.notices.models import Notice
from cangke.foundation.refusal import Conflict, Refusal
from cangke.knowledge import actions, handlers, queries
from cangke.knowledge.events import ChangePublished
from cangke.knowledge.models import Article, ChangeReading, Question
from cangke.people.tests.factories import make_employee
from tests.factories import client_for

from .factories import AT, make_crew

pytestmark = pytest.mark.django_db


def later(**length) -> dt.datetime:
    return AT + dt.timedelta(**length)


@pytest.fixture
def crew():
    return make_crew()


def publish(crew, **values):
    complete = {
        "title": "仓储费调整",
        "title_en": "New storage fees",
        "body": "5 月 1 日起每立方米每天 0.8 元。",
        "audience": "team",
        "team": crew.team,
        **values,
    }
    return actions.publish_change(draft=actions.ChangeDraft(**complete), by=crew.leader, at=AT)


@pytest.mark.requirement("J2")
def test_j2_ten_of_twelve_have_confirmed_and_two_are_named(crew):
    accounts = [crew.agent, crew.other]
    accounts += [make_employee("pre-sales", team=crew.team).account for _n in range(9)]
    notice = publish(crew)
    everybody = [crew.leader, *accounts]
    assert len(everybody) == 12
    for account in everybody[:10]:
        actions.confirm_reading(notice_id=notice.pk, by=account, at=later(hours=1))
        actions.confirm_reading(notice_id=notice.pk, by=account, at=later(hours=2))
    readers = queries.readers_of(notice)
    assert sum(each.confirmed for each in readers) == 10
    named = {each.employee.account for each in readers if not each.confirmed}
    assert named == set(everybody[10:])
    page = client_for(crew.leader).get(f"/knowledge/changes/{notice.pk}/").content.decode()
    assert "已确认 10 / 12" in page
    assert ChangeReading.objects.count() == 10


@pytest.mark.requirement("J2")
def test_j2_unread_blocks_going_online_where_the_notice_says_so(crew):
    publish(crew, blocks=False)
    desk.set_presence(state=desk.Presence.ONLINE, by=crew.agent, at=later(hours=1))
    desk.set_presence(state=desk.Presence.OFFLINE, by=crew.agent, at=later(hours=2))
    notice = publish(crew, blocks=True)
    with pytest.raises(Refusal) as refused:
        desk.set_presence(state=desk.Presence.ONLINE, by=crew.agent, at=later(hours=3))
    assert "仓储费调整" in str(refused.value)
    actions.confirm_reading(notice_id=notice.pk, by=crew.agent, at=later(hours=4))
    desk.set_presence(state=desk.Presence.ONLINE, by=crew.agent, at=later(hours=5))
    with pytest.raises(Refusal):
        desk.set_presence(state=desk.Presence.ONLINE, by=crew.other, at=later(hours=5))
    actions.withdraw_change(notice_id=notice.pk, reason="写错了", by=crew.leader, at=later(hours=6))
    desk.set_presence(state=desk.Presence.ONLINE, by=crew.other, at=later(hours=7))


def test_only_the_audience_is_asked_and_told_once(crew):
    stranger = make_crew().agent
    notice = publish(crew)
    assert list(queries.unread_of(crew.agent)) == [notice]
    assert list(queries.unread_of(stranger)) == []
    for _again in range(2):
        handlers.tell_readers(ChangePublished(notice_id=notice.pk, at=AT))
    assert Notice.objects.filter(kind="knowledge.change", account=crew.agent).count() == 1
    assert not Notice.objects.filter(account=stranger).exists()
    assert client_for(stranger).get(f"/knowledge/changes/{notice.pk}/").status_code == 404
    assert client_for(stranger).post(f"/knowledge/changes/{notice.pk}/confirm/").status_code == 404
    assert not ChangeReading.objects.exists()


def test_who_joins_later_has_it_to_read(crew):
    notice = publish(crew)
    newcomer = make_employee("pre-sales", team=crew.team).account
    assert list(queries.unread_of(newcomer)) == [notice]


def test_an_agent_reads_and_confirms_on_the_page_and_publishes_nothing(crew):
    first, second = publish(crew), publish(crew, title="新的退货地址")
    page = client_for(crew.agent)
    assert page.get("/knowledge/changes/?unread=true").content.decode().count("待我确认") >= 1
    assert "仓储费调整" in page.get("/knowledge/changes/panel/").content.decode()
    assert "我已阅读" in page.get(f"/knowledge/changes/{first.pk}/").content.decode()
    answer = page.post(f"/knowledge/changes/{first.pk}/confirm/")
    assert answer.headers["Location"] == f"/knowledge/changes/{second.pk}/"
    page.post(f"/knowledge/changes/{second.pk}/confirm/")
    assert list(queries.unread_of(crew.agent)) == []
    assert page.get("/knowledge/changes/new/").status_code == 403
    assert page.get(f"/knowledge/changes/{first.pk}/withdraw/").status_code == 403


def test_a_leader_publishes_on_the_page_with_errors_at_their_fields(crew):
    page = client_for(crew.leader)
    form = {"title": "x", "body": "y", "audience": "team", "team": ""}
    refused = page.post("/knowledge/changes/new/", form)
    assert refused.status_code == 422
    assert "请选择小组" in refused.content.decode()
    made = page.post("/knowledge/changes/new/", {**form, "team": crew.team.pk, "blocks": "on"})
    assert made.status_code == 302
    url = made.headers["Location"]
    assert page.post(f"{url}withdraw/", {"reason": ""}).status_code == 422
    assert page.post(f"{url}withdraw/", {"reason": "作废"}).status_code == 302
    assert list(queries.unread_of(crew.agent)) == []


def test_the_list_asks_a_fixed_number_of_times(crew, django_assert_max_num_queries):
    for n in range(8):
        publish(crew, title=f"变化{n}")
    page = client_for(crew.leader)
    page.get("/knowledge/changes/")
    with django_assert_max_num_queries(14):
        page.get("/knowledge/changes/")


# --- the question log


@pytest.mark.requirement("J4")
def test_j4_a_question_is_open_until_answered_and_may_become_an_article(crew):
    question = actions.ask_question(text="超长件怎么收费？", about="UPS", by=crew.agent, at=AT)
    page = client_for(crew.agent)
    assert "超长件怎么收费" in page.get("/knowledge/questions/?open=true").content.decode()
    actions.answer_question(
        question_id=question.pk,
        answer="最长边超过 152 厘米加收。",
        by=crew.leader,
        at=later(minutes=45),
    )
    assert "超长件怎么收费" not in page.get("/knowledge/questions/?open=true").content.decode()
    first = actions.make_article_of(
        question_id=question.pk, category="rates", title="", by=crew.leader, at=later(hours=1)
    )
    again = actions.make_article_of(
        question_id=question.pk, category="rates", title="", by=crew.leader, at=later(hours=2)
    )
    assert first == again == Article.objects.get()
    assert "152 厘米" in first.body
    actions.ask_question(text="另一个", by=crew.agent, at=later(hours=3))
    figures = queries.question_figures(
        [crew.agent.pk, crew.other.pk], from_at=AT, until_at=later(days=1)
    )
    assert figures[crew.agent.pk] == queries.QuestionFigures(2, 1, Decimal("45.0"))
    assert figures[crew.other.pk] == queries.QuestionFigures(0, 0, None)


def test_answered_once_and_never_empty(crew):
    question = actions.ask_question(text="？", by=crew.agent, at=AT)
    with pytest.raises(Conflict):
        actions.make_article_of(
            question_id=question.pk, category="other", title="", by=crew.leader, at=AT
        )
    with pytest.raises(Refusal):
        actions.answer_question(question_id=question.pk, answer=" ", by=crew.other, at=AT)
    actions.answer_question(question_id=question.pk, answer="是的", by=crew.other, at=AT)
    with pytest.raises(Conflict):
        actions.answer_question(question_id=question.pk, answer="不是", by=crew.leader, at=AT)
    question.refresh_from_db()
    assert question.answer == "是的"
    with pytest.raises(Refusal):
        actions.ask_question(text="  ", by=crew.agent, at=AT)


def test_questions_on_the_page(crew, django_capture_on_commit_callbacks):
    page = client_for(crew.agent)
    assert page.post("/knowledge/questions/new/", {"text": ""}).status_code == 422
    made = page.post("/knowledge/questions/new/", {"text": "偏远地区附加费？"})
    question = Question.objects.get()
    assert made.headers["Location"] == f"/knowledge/questions/{question.pk}/"
    colleague = client_for(crew.other)
    url = f"/knowledge/questions/{question.pk}/"
    assert colleague.post(url, {"answer": ""}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert colleague.post(url, {"answer": "见 UPS 邮编表"}).status_code == 302
    assert Notice.objects.filter(kind="knowledge.answered", account=crew.agent).count() == 1
    assert "见 UPS 邮编表" in page.get(url).content.decode()
    assert page.get(f"{url}keep/").status_code == 403
    kept = client_for(crew.leader).post(f"{url}keep/", {"title": "附加费", "category": "rates"})
    assert kept.status_code == 302
    assert Article.objects.get().title == "附加费"
