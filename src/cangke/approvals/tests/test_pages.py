import html
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cangke.approvals import actions, queries
from cangke.approvals.models import ApprovalCase
from cangke.approvals.tests.factories import MATTERS, decide, make_ladder, publish, step, submit
from cangke.foundation.access.public import Roles
from cangke.foundation.notices.public import Notice
from cangke.people.models import Post
from cangke.rulebook import public as rulebook
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def ladder():
    MATTERS.clear()
    people = make_ladder()
    publish(step("a", "manager:1", hours=24), step("b", "head", hours=24))
    return people


def page(case):
    return reverse("approvals:case", args=[case.pk])


def post_decision(client, case, task, decision, **more):
    prefix = f"t{task.pk}-"
    data = {"decision": decision, "seen": case.fingerprint, f"{prefix}comment": ""}
    data |= {f"{prefix}{key}": value for key, value in more.items()}
    return client.post(reverse("approvals:decide", args=[case.pk, task.pk]), data)


@pytest.mark.requirement("X12")
def test_x12_one_inbox_holds_what_waits_for_me(ladder, django_assert_max_num_queries):
    cases = [submit(ladder.agent, n, at=timezone.now()) for n in range(1, 6)]
    client = client_for(ladder.leader)
    client.get(reverse("approvals:list") + "?part=waiting")
    with django_assert_max_num_queries(20):
        shown = client.get(reverse("approvals:list") + "?part=waiting").content.decode()
    assert all(page(case) in shown for case in cases)
    assert queries.menu_badge(ladder.leader) == 5
    other = client_for(ladder.boss).get(reverse("approvals:list") + "?part=waiting")
    assert page(cases[0]) not in other.content.decode()


def test_a_long_inbox_takes_the_same_queries(ladder, django_assert_num_queries):
    for n in range(1, 36):
        submit(ladder.agent, n, at=timezone.now())
    client = client_for(ladder.leader)
    client.get(reverse("approvals:list"))
    with django_assert_num_queries(16):
        shown = client.get(reverse("approvals:list")).content.decode()
    assert shown.count("data-ck-row=") == 25
    assert "35 张" in shown
    with django_assert_num_queries(16):
        rest = client.get(reverse("approvals:list") + "?page=2").content.decode()
    assert rest.count("data-ck-row=") == 10


@pytest.mark.requirement("X12", "Q1")
def test_what_one_holds_over_the_company_shows_nobody_elses_cases(ladder):
    case = submit(ladder.agent)
    everywhere = make_account("supervisor", scope="all")
    assert not queries.visible_cases(everywhere).exists()
    assert client_for(everywhere).get(page(case)).status_code == 404
    assert queries.visible_cases(make_account("manager", scope="all")).contains(case)
    assert queries.visible_cases(ladder.agent).contains(case)


def test_a_case_is_decided_on_its_page(ladder):
    case = submit(ladder.agent, at=timezone.now())
    task = case.tasks.get()
    client = client_for(ladder.leader)
    assert "同意" in client.get(page(case)).content.decode()
    refused = post_decision(client, case, task, "refuse")
    assert refused.status_code == 422
    assert "请写明理由" in refused.content.decode()
    done = post_decision(client, case, task, "approve", comment="可以")
    assert (done.status_code, done["location"]) == (302, page(case))
    again = post_decision(client, case, task, "refuse", comment="反悔")
    assert again.status_code == 409
    assert case.decisions.filter(action="approve").count() == 1
    history = client_for(ladder.agent).get(page(case)).content.decode()
    assert "可以" in history
    assert ladder.leader.display_name in history


def test_a_matter_that_changed_comes_back_with_what_was_typed(ladder):
    case = submit(ladder.agent, at=timezone.now())
    client = client_for(ladder.leader)
    MATTERS[1] = {"text": "改过的内容"}
    actions.subject_changed(kind=case.kind, subject_id=1, by=ladder.agent, at=timezone.now())
    stale = post_decision(client, case, case.tasks.get(), "approve", comment="写了很久的意见")
    assert stale.status_code == 422
    case.refresh_from_db()
    for words in ("写了很久的意见", "内容在您打开之后有改动", case.fingerprint):
        assert words in stale.content.decode()
    assert not case.decisions.filter(action="approve").exists()


def test_a_case_is_passed_on_signed_beside_copied_and_commented_on_pages(ladder):
    case = submit(ladder.agent, at=timezone.now())
    task = case.tasks.get()
    client = client_for(ladder.leader)
    for name in ("pass-on", "add-signer"):
        form = reverse(f"approvals:{name}", args=[case.pk, task.pk])
        assert client.get(form).status_code == 200
        own = client.post(form, {"to": ladder.agent.pk, "comment": "给"})
        assert own.status_code == 422, "never to the applicant"
    beside = reverse("approvals:add-signer", args=[case.pk, task.pk])
    assert client.post(beside, {"to": ladder.hr.pk, "comment": "请会签"}).status_code == 302
    assert set(open_names(case)) == {ladder.leader.username, ladder.hr.username}
    away = reverse("approvals:pass-on", args=[case.pk, task.pk])
    assert client.post(away, {"to": ladder.manager.pk, "comment": ""}).status_code == 422
    assert client.post(away, {"to": ladder.manager.pk, "comment": "出差"}).status_code == 302
    assert set(open_names(case)) == {ladder.manager.username, ladder.hr.username}

    stranger = make_ladder().agent
    assert client_for(stranger).get(page(case)).status_code == 404
    copied = reverse("approvals:copy", args=[case.pk])
    for _again in range(2):
        assert client_for(ladder.hr).post(copied, {"to": stranger.pk}).status_code == 302
    case.refresh_from_db()
    assert case.decisions.filter(action="copy").count() == 1
    assert client_for(stranger).get(page(case)).status_code == 200

    said = reverse("approvals:comment", args=[case.pk])
    empty = client_for(ladder.agent).post(said, {"comment": " "})
    assert empty.status_code == 422
    assert "ck-error" in empty.content.decode()
    assert client_for(ladder.agent).post(said, {"comment": "附件已补"}).status_code == 302
    assert "附件已补" in client_for(ladder.hr).get(page(case)).content.decode()
    case.refresh_from_db()
    assert case.state == "running", "none of this decides anything"


def test_only_the_applicant_takes_it_back_on_the_page(ladder):
    case = submit(ladder.agent, at=timezone.now())
    address = reverse("approvals:withdraw", args=[case.pk])
    refused = client_for(ladder.leader).post(address)
    assert refused.status_code == 422
    assert "只有申请人可以撤回" in refused.content.decode()
    assert client_for(ladder.agent).post(address).status_code == 302
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_others_do_not_find_it(ladder):
    case = submit(ladder.agent, at=timezone.now())
    outsider = client_for(make_ladder().agent)
    assert outsider.get(page(case)).status_code == 404
    task = case.tasks.get()
    assert post_decision(outsider, case, task, "approve").status_code == 404
    assert outsider.post(reverse("approvals:withdraw", args=[case.pk])).status_code == 404
    assert client_for(ladder.hr).get(page(case)).status_code == 200, "personnel sees all"


def test_the_applicant_sees_no_buttons_to_decide_with(ladder):
    case = submit(ladder.agent, at=timezone.now())
    shown = client_for(ladder.agent).get(page(case)).content.decode()
    assert 'value="approve"' not in shown
    assert "撤回" in shown


@pytest.mark.requirement("A17", "S5")
def test_s5_a_matter_no_rule_covers_is_asked_and_answered(ladder):
    actions.ensure(at=timezone.now())
    client = client_for(ladder.agent)
    bad = client.post(reverse("approvals:ask"), {"title": "", "body": "x", "currency": "CNY"})
    assert bad.status_code == 422
    sent = client.post(
        reverse("approvals:ask"),
        {"title": "客人要上门自提", "body": "没有规定", "amount": "", "currency": "CNY"},
    )
    assert sent.status_code == 302
    case = queries.visible_cases(ladder.agent).get(kind="approvals.request")
    decide(case, ladder.leader, "return", at=timezone.now(), comment="写清楚时间")
    shown = client.get(page(case)).content.decode()
    assert "补充后重新提交" in shown
    again = client.post(
        reverse("approvals:complete", args=[case.pk]),
        {"title": "客人要上门自提", "body": "周五下午", "amount": "", "currency": "CNY"},
    )
    assert again.status_code == 302
    case.refresh_from_db()
    assert (case.state, case.round) == ("running", 2)


@pytest.mark.requirement("S5")
def test_s5_an_answered_request_becomes_a_rule(ladder):
    rulebook.ensure_first_version(at=timezone.now())
    actions.ensure(at=timezone.now())
    case = actions.ask(title="客人要上门自提", body="没有规定", by=ladder.agent, at=timezone.now())
    lawgiver = make_account(Roles.SUPERVISOR)
    case.watchers.add(lawgiver)
    link = reverse("rulebook:clause-new", args=["default"])
    assert link not in client_for(lawgiver).get(page(case)).content.decode()
    while case.state == "running":
        task = case.tasks.filter(state="open").first()
        decide(case, task.account, "approve", at=timezone.now(), comment="当面核对单号后可自提")
        case.refresh_from_db()
    shown = client_for(lawgiver).get(page(case)).content.decode()
    [address] = re.findall(rf'href="({link}[^"]*)"', shown)
    form = client_for(lawgiver).get(html.unescape(address)).content.decode()
    assert "客人要上门自提" in form
    assert "当面核对单号后可自提" in form
    assert case.number in form
    assert link not in client_for(ladder.agent).get(page(case)).content.decode()


@pytest.mark.requirement("O17")
def test_o17_the_page_says_for_whom_one_decides(ladder):
    case = submit(ladder.agent, at=timezone.now())
    boss = client_for(ladder.leader)
    sent = boss.post(
        reverse("approvals:delegation-new"),
        {"taker": ladder.hr.pk, "from_at": "2020-01-01 08:00", "until_at": "2099-01-01 08:00",
         "reason": "休假"},
    )  # fmt: skip
    assert sent.status_code == 302
    shown = client_for(ladder.hr).get(page(case)).content.decode()
    assert f"代 {ladder.leader.display_name}" in shown
    assert ladder.hr.display_name in boss.get(reverse("approvals:delegations")).content.decode()


def test_personnel_writes_and_publishes_flows(ladder):
    client = client_for(ladder.hr)
    key = "test.matter"
    bad = client.post(
        reverse("approvals:flow-new"),
        {"key": key, "name": "新流程", "text": "[[step]]\nkey='a'\nname='x'\nwho=['god']\n"},
    )
    assert bad.status_code == 422
    assert "步骤 1 · who" in bad.content.decode()
    good = client.post(
        reverse("approvals:flow-new"),
        {"key": key, "name": "新流程", "text": "[[step]]\nkey='a'\nname='经理'\nwho=['head']\n"},
    )
    assert good.status_code == 302
    address = good["location"]
    assert "草稿" in client.get(address).content.decode()
    client.post(address + "publish/")
    assert "已发布" in client.get(address).content.decode()
    assert open_names(submit(ladder.agent, 77, at=timezone.now())) == [ladder.boss.username]
    assert client_for(ladder.agent).get(reverse("approvals:flow-new")).status_code == 403


def open_names(case):
    return [t.account.username for t in case.tasks.filter(state="open").select_related("account")]


def test_the_home_page_shows_what_waits(ladder):
    submit(ladder.agent, at=timezone.now())
    shown = client_for(ladder.leader).get(reverse("approvals:panel")).content.decode()
    assert "一件事" in shown
    assert "一件事" not in client_for(ladder.agent).get(reverse("approvals:panel")).content.decode()


@pytest.mark.requirement("S5", "X12")
def test_who_will_answer_is_shown_before_a_request_is_sent():
    people = make_ladder()
    actions.ensure(at=timezone.now())
    shown = client_for(people.agent).get(reverse("approvals:ask")).content.decode()
    assert people.leader.display_name in shown
    assert "500.00" in shown
    boss = client_for(people.boss).get(reverse("approvals:ask")).content.decode()
    first = actions.foresee(kind="approvals.request", applicant=people.boss)[0].people
    assert people.boss not in first
    assert all(each.display_name in boss for each in first)


def test_a_flow_reads_in_the_readers_language(ladder):
    ladder.hr.language = "en"
    ladder.hr.save()
    fields = [{"key": "day", "label": "日期", "label_en": "Day agreed", "kind": "date"}]
    seats = ["manager:1", "post:cs-supervisor"]
    publish({**step("a", *seats, field=fields), "name": "直属", "name_en": "Superior first"})
    case = submit(ladder.agent, 9, at=timezone.now())
    page_of_flow = reverse("approvals:flow", args=[case.flow_id])
    shown = client_for(ladder.hr).get(page_of_flow).content.decode()
    title = Post.objects.get(code="cs-supervisor").name_en
    for words in ("Superior first", "Day agreed", title):
        assert words in shown
    body = shown[: shown.index("<pre")]
    assert "日期" not in body
    assert "直属" not in body
    assert "cs-supervisor" not in body


def test_what_the_program_words_is_read_in_the_readers_language(ladder):
    """Whoever hands in: title and facts stand in the inbox, on the page and in the notice."""
    ladder.leader.language = "en"
    ladder.leader.save()
    rulebook.ensure_first_version(at=timezone.now())
    actions.ensure(at=timezone.now())
    with override("en"):
        actions.ask(
            title="客人要上门自提", body="没有规定", amount=Decimal("20.00"), currency="CNY",
            by=ladder.agent, at=timezone.now(),
        )  # fmt: skip
    case = ApprovalCase.objects.get(kind="approvals.request")
    assert case.facts[0] == ["情况与建议", "没有规定"]
    assert case.facts_en[0] == ["Situation and proposal", "没有规定"]
    assert (case.title, case.title_en) == ("客人要上门自提", ""), "what a person typed stays"

    def words(count):
        return lambda: _("第 %s 级上级") % count

    submit(ladder.agent, 5, title=words(3), facts=lambda: [(_("部门负责人"), words(4)())])
    case = ApprovalCase.objects.latest("pk")
    told = Notice.objects.filter(account=ladder.leader).latest("pk")
    english = client_for(ladder.leader)
    assert "superior" in told.body
    for place in (reverse("approvals:list"), page(case), reverse("approvals:panel")):
        shown = english.get(place).content.decode()
        assert case.title_en in shown
        assert case.title not in shown
    assert "head of the department" in english.get(page(case)).content.decode()
    found = english.get(reverse("approvals:list"), {"q": case.title_en[:12]}).content.decode()
    assert page(case) in found
    chinese = client_for(ladder.agent).get(page(case)).content.decode()
    assert case.title in chinese
    assert "部门负责人" in chinese
