import datetime as dt
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from cangke.foundation.access.public import gate
from cangke.foundation.access.registry import GATES
from cangke.foundation.notices.models import Notice
from cangke.rulebook import actions, ports, queries
from cangke.rulebook.models import PolicySet, RulebookVersion
from cangke.rulebook.ports import Effect, Unit, units
from cangke.rulebook.public import (
    Decision,
    Fact,
    Sentence,
    explain,
    explanation_url,
    policy,
    register_fact,
    register_figure,
)
from cangke.rulebook.tests.factories import WaitingPolicy, case
from tests.factories import client_for, make_account

PANEL = {"HX-Request": "true", "HX-Target": "rules-side"}


@pytest.fixture
def agent(first):
    return client_for(make_account("agent", scope="self", language="zh-hans"))


@pytest.fixture
def supervisor(first):
    return client_for(make_account("supervisor", language="zh-hans"))


@pytest.fixture
def manager(first):
    return client_for(make_account("manager", language="zh-hans"))


def today():
    return timezone.localtime().date()


def page(client, name, *args, **query):
    response = client.get(reverse(f"rulebook:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.requirement("S1")
def test_changing_a_value_changes_the_text_and_the_next_calculation(agent, manager, handed_in):
    assert "聊天须在 " in page(agent, "book")
    assert policy(WaitingPolicy, on=today()).chat_seconds == 60
    response = manager.post(
        reverse("rulebook:parameter", args=["test.chat_seconds"]), {"value": "45", "revision": "0"}
    )
    assert response.status_code == 302
    assert policy(WaitingPolicy, on=today()).chat_seconds == 60  # a draft changes nothing
    assert ">45</a>" not in page(agent, "book")
    draft = RulebookVersion.objects.get(state="draft")
    response = manager.post(
        reverse("rulebook:draft-ask", args=["default"]),
        {"revision": draft.revision, "effective_from": today().isoformat(), "note": "加快回复"},
    )
    assert response.status_code == 302
    assert policy(WaitingPolicy, on=today()).chat_seconds == 60  # handed in is not approved
    assert "打开审批单" in page(manager, "draft", "default")
    actions.approve_version(version_id=draft.pk, by=None, at=timezone.now())
    assert policy(WaitingPolicy, on=today()).chat_seconds == 45
    assert ">45</a>" in page(agent, "book")


@pytest.mark.requirement("S3")
def test_another_day_reads_as_it_was(agent, first):
    draft = actions.draft_version(policy_set=first.policy_set, by=None, at=timezone.now())
    actions.change_values(
        draft_id=draft.pk, values={"test.chat_seconds": 45}, by=None, at=timezone.now()
    )
    later = today() + dt.timedelta(30)
    actions.publish_version(
        draft_id=draft.pk, effective_from=later, note="下月起", by=None, at=timezone.now()
    )
    assert ">45</a>" not in page(agent, "book")
    assert "待生效" in page(agent, "book")
    assert ">45</a>" in page(agent, "book", on=later.isoformat())
    assert ">60</a>" in page(agent, "book", on=(later - dt.timedelta(1)).isoformat())
    told = page(agent, "version", "default", 2)
    assert "<del>60</del>" in told
    assert "<ins>45</ins>" in told
    assert "<del>60</del>45" in page(agent, "book", version=2)


def test_the_book_reads_in_english(first):
    client = client_for(make_account("agent", language="en"))
    client.cookies["ck-language"] = "en"
    with translation.override("en"):
        text = page(client, "book")
    assert "Answer chats within" in text
    assert "do not count" in text


def test_an_agent_reads_and_may_not_change(agent, first):
    text = page(agent, "parameter", "test.chat_seconds")
    assert "首次响应" in text
    assert 'name="value"' not in text
    url = reverse("rulebook:parameter", args=["test.chat_seconds"])
    assert agent.post(url, {"value": "45"}).status_code == 404
    for name in ("draft", "clause-new", "draft-import"):
        assert agent.get(reverse(f"rulebook:{name}", args=["default"])).status_code == 403
    assert agent.get(reverse("rulebook:set-new")).status_code == 403
    assert agent.post(reverse("rulebook:draft-new", args=["default"])).status_code == 403
    assert RulebookVersion.objects.count() == 1


def test_a_client_of_the_warehouse_does_not_read_the_rules(first):
    client = client_for(make_account("client", kind="client"))
    assert client.get(reverse("rulebook:book")).status_code == 403


def test_drafting_is_not_publishing(supervisor, agent, first, handed_in):
    supervisor.post(reverse("rulebook:draft-new", args=["default"]))
    draft = RulebookVersion.objects.get(state="draft")
    asked = {"revision": draft.revision, "effective_from": today().isoformat(), "note": "x"}
    url = reverse("rulebook:draft-ask", args=["default"])
    assert agent.post(url, asked).status_code == 403
    same = supervisor.post(url, asked)
    assert same.status_code == 422
    assert "没有不同" in same.content.decode()
    assert handed_in == []
    assert not RulebookVersion.objects.filter(number=2, state="published").exists()


def test_a_bad_value_keeps_what_was_typed(manager):
    url = reverse("rulebook:parameter", args=["test.chat_seconds"])
    response = manager.post(url, {"value": "六十", "revision": "0"})
    assert response.status_code == 422
    assert "只能填整数" in response.content.decode()
    assert "六十" in response.content.decode()
    assert not RulebookVersion.objects.filter(state="draft").exists()
    panel = manager.post(url, {"value": "0", "revision": "0"}, headers=PANEL)
    assert panel.status_code == 422
    assert "不能小于 1" in panel.content.decode()
    assert "<html" not in panel.content.decode()


def test_the_preview_reads_as_the_next_calculation_would(manager):
    url = reverse("rulebook:preview", args=["test.chat_seconds"])
    text = manager.get(url, {"value": "45"}).content.decode()
    assert "<del>60</del>45" in text
    assert "不能大于" in manager.get(url, {"value": "999999"}).content.decode()
    assert not RulebookVersion.objects.filter(state="draft").exists()


@pytest.mark.parametrize(
    ("key", "data", "stored"),
    [
        ("test.factor", {"value": "2.50"}, "2.50"),
        ("test.auto", {"value": "yes"}, True),
        ("test.weekday", {"value": "tue"}, "tue"),
        ("test.start", {"value": "09:00"}, "09:00"),
        ("test.steps", {"value": "60\r\n\r\n120"}, [60, 120]),
        ("test.phrases", {"value": "稍等\r\n马上"}, ["稍等", "马上"]),
        ("test.name", {"value": ""}, ""),
        (
            "test.tiers",
            {
                "value-0-to": "10",
                "value-0-packet": "15",
                "value-1-to": "",
                "value-1-packet": "",
                "value-2-to": "30",
                "value-2-packet": "50.5",
            },
            [{"to": 10, "packet": "15"}, {"to": 30, "packet": "50.5"}],
        ),
    ],
)
def test_each_kind_of_value_has_its_form(manager, key, data, stored):
    url = reverse("rulebook:parameter", args=[key])
    assert manager.get(url).status_code == 200
    assert manager.post(url, {**data, "revision": "0"}).status_code == 302
    draft = RulebookVersion.objects.get(state="draft")
    assert draft.body["values"][key] == stored


def test_a_wrong_cell_is_named(manager):
    url = reverse("rulebook:parameter", args=["test.tiers"])
    data = {"value-0-to": "10", "value-0-packet": "15", "value-1-to": "x", "value-1-packet": "1"}
    response = manager.post(url, {**data, "revision": "0"})
    assert response.status_code == 422
    assert "第 2 行 至：只能填整数" in response.content.decode()
    assert 'value="x"' in response.content.decode()


def test_a_stale_draft_keeps_the_typing_and_tells(manager, first):
    actions.draft_version(policy_set=first.policy_set, by=None, at=timezone.now())
    url = reverse("rulebook:parameter", args=["test.chat_seconds"])
    assert manager.post(url, {"value": "50", "revision": "1"}).status_code == 302
    response = manager.post(url, {"value": "55", "revision": "1"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "草稿刚被别人改过" in text
    assert 'value="55"' in text
    assert 'name="revision" value="2"' in text
    draft = RulebookVersion.objects.get(state="draft")
    assert draft.body["values"]["test.chat_seconds"] == 50


def test_clauses_are_reworded_on_a_page(manager, agent):
    url = reverse("rulebook:clause", args=["default", "test.waiting"])
    text = manager.get(url).content.decode()
    assert "{test.chat_seconds}" in text
    words = {
        "revision": "0",
        "chapter": "norms",
        "number": "A5",
        "title": "首次响应",
        "text": "请在 {test.chat_seconds} 秒内答复，{1+1}。",
        "title_en": "First response",
        "text_en": "Answer within {test.chat_seconds} seconds.",
    }
    refused = manager.post(url, words)
    assert refused.status_code == 422
    assert "大括号只能用来放参数" in refused.content.decode()
    words["text"] = "请在 {test.chat_seconds} 秒内答复。\r\n第二行"
    words["revision"] = "0"
    assert manager.post(url, words).status_code == 302
    own = {"revision": "2", "chapter": "code", "title": "微笑", "text": "对客户微笑。"}
    assert manager.post(reverse("rulebook:clause-new", args=["default"]), own).status_code == 302
    draft = RulebookVersion.objects.get(state="draft")
    assert draft.body["clauses"][-1]["code"].startswith("own.")
    told = page(manager, "draft", "default")
    assert "微笑" in told
    assert "第二行" in told
    removed = manager.post(
        reverse("rulebook:clause-remove", args=["default", draft.body["clauses"][-1]["code"]])
    )
    assert removed.status_code == 302


def test_a_draft_is_read_through_by_those_who_may_edit(manager, agent, first):
    actions.draft_version(policy_set=first.policy_set, by=None, at=timezone.now())
    page(manager, "book", version=2)
    assert agent.get(reverse("rulebook:book"), {"version": 2}).status_code == 404
    assert agent.get(reverse("rulebook:version", args=["default", 2])).status_code == 404
    assert agent.get(reverse("rulebook:export", args=["default", 2])).status_code == 404
    assert manager.post(reverse("rulebook:draft-discard", args=["default"])).status_code == 302
    assert RulebookVersion.objects.count() == 1


def test_a_file_goes_out_and_in(manager, first, tmp_path):
    response = manager.get(reverse("rulebook:export", args=["default", 1]))
    assert response["Content-Disposition"].endswith('"rulebook-default-v1.toml"')
    text = response.content.decode().replace('"test.chat_seconds" = 60', '"test.chat_seconds" = 33')
    url = reverse("rulebook:draft-import", args=["default"])
    file = tmp_path / "a.toml"
    file.write_text(text.replace("08:30", "8:30"), encoding="utf-8")
    with file.open("rb") as upload:
        refused = manager.post(url, {"file": upload})
    assert refused.status_code == 422
    assert "test.late · test.start" in refused.content.decode()
    file.write_text(text, encoding="utf-8")
    with file.open("rb") as upload:
        assert manager.post(url, {"file": upload}).status_code == 302
    assert RulebookVersion.objects.get(state="draft").body["values"]["test.chat_seconds"] == 33


@pytest.mark.requirement("S2")
def test_a_second_set_is_opened_published_and_assigned(manager, first, handed_in):
    units.plug(lambda: [Unit("team", 7, "海丰组"), Unit("site", 1, "扬州")])
    try:
        made = manager.post(
            reverse("rulebook:set-new"),
            {"name": "四十小时制", "key": "hours-40", "copy_of": first.policy_set.pk},
        )
        assert made.status_code == 302
        draft = RulebookVersion.objects.get(state="draft")
        day = today().isoformat()
        manager.post(
            reverse("rulebook:draft-ask", args=["hours-40"]),
            {"revision": draft.revision, "effective_from": day, "note": "开始"},
        )
        actions.approve_version(version_id=draft.pk, by=None, at=timezone.now())
        url = reverse("rulebook:assign", args=["hours-40"])
        wrong = manager.post(url, {"unit": "team:8", "valid_from": day})
        assert wrong.status_code == 422
        assert manager.post(url, {"unit": "team:7", "valid_from": day}).status_code == 302
        twice = manager.post(url, {"unit": "team:7", "valid_from": day})
        assert twice.status_code == 422
        assert "已经适用另一套制度" in twice.content.decode()
        assert "海丰组" in page(manager, "sets")
        row = PolicySet.objects.get(key="hours-40").assignments.get()
        ended = manager.post(
            reverse("rulebook:assignment-end", args=["hours-40", row.pk]), {"until": day}
        )
        assert ended.status_code == 302
        row.refresh_from_db()
        assert row.until == today()
        assert "海丰组" in page(manager, "set", "hours-40")
    finally:
        units.unplug()


def test_a_coming_version_is_withdrawn(manager, first):
    draft = actions.draft_version(policy_set=first.policy_set, by=None, at=timezone.now())
    actions.change_values(
        draft_id=draft.pk, values={"test.chat_seconds": 45}, by=None, at=timezone.now()
    )
    later = today() + dt.timedelta(30)
    actions.publish_version(
        draft_id=draft.pk, effective_from=later, note="下月起", by=None, at=timezone.now()
    )
    url = reverse("rulebook:withdraw", args=["default", 2])
    manager.post(url, {"reason": ""})
    draft.refresh_from_db()
    assert draft.state == "published"
    manager.post(url, {"reason": "定错了"})
    draft.refresh_from_db()
    assert draft.state == "withdrawn"
    assert "已撤回" in page(manager, "version", "default", 2)
    assert (
        manager.post(reverse("rulebook:withdraw", args=["default", 1]), {"reason": "x"}).status_code
        == 422
    )


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"on": "yesterday"}, 400),
        ({"on": "2026-13-40"}, 400),
        ({"version": "-1"}, 400),
        ({"version": "9" * 30}, 400),
        ({"version": "77"}, 404),
        ({"set": "nobody"}, 404),
        ({"set": "'; DROP TABLE"}, 404),
    ],
)
def test_a_malformed_address_is_told_so(agent, query, status):
    assert agent.get(reverse("rulebook:book"), query).status_code == status


def test_before_set_up_the_shipped_values_are_read(db, clauses):
    client = client_for(make_account("agent", language="zh-hans"))
    text = page(client, "book")
    assert "随软件提供" in text
    assert ">60</a>" in text
    assert "首次响应" in page(client, "parameter", "test.chat_seconds")
    assert page(client, "sets")


@pytest.mark.requirement("S6")
def test_a_figure_opens_rule_facts_calculation_version_and_who_may_change_it(first, monkeypatch):
    monkeypatch.setitem(GATES, PolicySet, None)
    gate(PolicySet, permissions={"view": "rulebook.edit"}, paths={})
    register_fact("rulebook.set", "rulebook:set")
    register_figure("first_response", "首次响应时间")
    decision = Decision(
        150,
        "test.waiting",
        (Fact("客户来信", "10:00:00"), Fact("首次回复", "10:02:30", "test.gone", 3)),
        Sentence("%(end)s − %(start)s", {"end": "10:02:30", "start": "10:00:00"}),
    )
    subject = first.policy_set
    explain(subject, "first_response", decision=decision, at=timezone.now())
    url = explanation_url(subject, "first_response")
    text = client_for(make_account("supervisor", language="zh-hans")).get(url).content.decode()
    for words in (
        "首次响应时间：150",
        "A5 首次响应",
        "聊天须在 60 秒内回复",
        "10:02:30 − 10:00:00",
        "第 1 版",
        "客户来信",
        "总经理",
    ):
        assert words in text
    stranger = client_for(make_account("agent", scope="self"))
    assert stranger.get(url).status_code == 404
    nothing = explanation_url(subject, "other")
    assert client_for(make_account("manager")).get(nothing).status_code == 404
    for label in ("rulebook.Nothing", "nonsense", "rulebook.Edition"):
        gone = reverse("rulebook:why", args=[label, 1, "x"])
        assert client_for(make_account("manager")).get(gone).status_code == 404


@pytest.mark.requirement("S6")
def test_a_result_that_is_no_number_is_told_in_words(first, monkeypatch):
    monkeypatch.setitem(GATES, PolicySet, None)
    gate(PolicySet, permissions={"view": "rulebook.edit"}, paths={})
    register_figure("verdict", "判定", said=lambda result: f"迟到 {result.partition('=')[2]} 分钟")
    decision = Decision("minutes_late=12", "test.waiting")
    explain(first.policy_set, "verdict", decision=decision, at=timezone.now())
    url = explanation_url(first.policy_set, "verdict")
    text = client_for(make_account("supervisor", language="zh-hans")).get(url).content.decode()
    assert "判定：迟到 12 分钟" in text
    assert "minutes_late" not in text


@pytest.mark.requirement("S6")
def test_an_instant_is_told_by_the_readers_clock(first, monkeypatch):
    monkeypatch.setitem(GATES, PolicySet, None)
    gate(PolicySet, permissions={"view": "rulebook.edit"}, paths={})
    opened = "2026-11-26T15:00:47.967240+00:00"
    decision = Decision(
        "2026-11-27 14:00:00+00:00", "test.waiting", (Fact("开单时间", opened),),
        Sentence("%(at)s 起", {"at": opened}),
    )  # fmt: skip
    explain(first.policy_set, "due", decision=decision, at=timezone.now())
    url = explanation_url(first.policy_set, "due")
    text = client_for(make_account("supervisor", language="zh-hans")).get(url).content.decode()
    assert "2026-11-27 22:00" in text
    assert "2026-11-26 23:00 起" in text
    assert "+00:00" not in text


@pytest.mark.parametrize("versions", [1, 12])
def test_the_book_takes_the_same_queries_with_many_versions(
    manager, first, versions, django_assert_max_num_queries
):
    for n in range(2, versions + 1):
        draft = actions.draft_version(policy_set=first.policy_set, by=None, at=timezone.now())
        actions.change_values(
            draft_id=draft.pk, values={"test.chat_seconds": 60 + n}, by=None, at=timezone.now()
        )
        actions.publish_version(
            draft_id=draft.pk,
            effective_from=today() + dt.timedelta(n),
            note="改",
            by=None,
            at=timezone.now(),
        )
    page(manager, "book")
    with django_assert_max_num_queries(10):
        page(manager, "book")


@pytest.mark.requirement("S3")
def test_an_example_is_written_fails_and_is_put_right(manager, first, handed_in):
    manager.post(reverse("rulebook:draft-new", args=["default"]))
    url = reverse("rulebook:case-new", args=["default", "test.wait"])
    assert "事实" in manager.get(url).content.decode()
    empty = manager.post(url, {"revision": 1, "given_seconds": "61"})
    assert empty.status_code == 422
    bad = manager.post(url, {"revision": 1, "given_seconds": "-1", "expect_over": "1"})
    assert "不能小于 0" in bad.content.decode()
    good = {"revision": 1, "name": "一分钟", "given_seconds": "61", "expect_over": "2"}
    assert manager.post(url, good).status_code == 302
    text = page(manager, "draft", "default")
    assert "1 个没有通过" in text
    assert "得出 1" in text
    manager.post(reverse("rulebook:draft-test", args=["default"]))
    assert RulebookVersion.objects.get(number=2).state == "draft"
    ask = {"revision": 2, "effective_from": today().isoformat(), "note": "x"}
    refused = manager.post(reverse("rulebook:draft-ask", args=["default"]), ask)
    assert refused.status_code == 422
    assert "没有全部通过" in refused.content.decode()
    edit = reverse("rulebook:case", args=["default", 1])
    assert 'value="一分钟"' in manager.get(edit).content.decode()
    stale = manager.post(edit, {**good, "expect_over": "1"})
    assert stale.status_code == 422
    assert manager.post(edit, {**good, "revision": 2, "expect_over": "1"}).status_code == 302
    manager.post(reverse("rulebook:draft-test", args=["default"]))
    assert RulebookVersion.objects.get(number=2).state == "tested"
    assert manager.get(reverse("rulebook:case", args=["default", 2])).status_code == 404
    manager.post(reverse("rulebook:case-remove", args=["default", 1]), {"revision": 3})
    assert RulebookVersion.objects.get(number=2).body["cases"] == []


def test_results_are_accepted_after_a_look(manager, first):
    draft = actions.draft_version(policy_set=first.policy_set, by=None, at=timezone.now())
    actions.save_case(
        draft_id=draft.pk, number=None, case=case(61, over=7), by=None, at=timezone.now()
    )
    assert "以试算结果为准" in page(manager, "draft", "default")
    manager.post(reverse("rulebook:cases-accept", args=["default"]), {"revision": 2})
    draft.refresh_from_db()
    assert draft.body["cases"][0]["expect"] == {"over": 1}


def test_an_approved_version_that_missed_its_day_is_handed_in_anew(manager, first, handed_in):
    draft = actions.draft_version(policy_set=first.policy_set, by=None, at=timezone.now())
    actions.change_values(
        draft_id=draft.pk, values={"test.chat_seconds": 45}, by=None, at=timezone.now()
    )
    boss = make_account("manager")
    actions.ask_approval(
        draft_id=draft.pk, effective_from=today(), note="快", by=boss, at=timezone.now()
    )
    late = timezone.now() + dt.timedelta(days=2)
    actions.approve_version(version_id=draft.pk, by=None, at=late)
    draft.refresh_from_db()
    assert draft.state == "approved"
    assert Notice.objects.filter(account=boss, kind="rulebook.version").exists()
    assert "转回草稿" in page(manager, "draft", "default")
    manager.post(reverse("rulebook:draft-reopen", args=["default"]))
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert draft.body["values"]["test.chat_seconds"] == 45


def test_the_preview_of_the_effect_shows_who_would_have_had_what(manager, first, monkeypatch):
    draft = actions.draft_version(policy_set=first.policy_set, by=None, at=timezone.now())
    actions.change_values(
        draft_id=draft.pk, values={"test.chat_seconds": 45}, by=None, at=timezone.now()
    )

    def effects(*, account, month, at):
        limit = policy(WaitingPolicy, on=month).chat_seconds
        return [
            Effect(1, "冯琳", "海丰组", "over", "超出", Decimal(max(0, 61 - limit))),
            Effect(2, "郑爽", "海丰组", "over", "超出", Decimal(max(0, 40 - limit))),
        ]

    monkeypatch.setattr(ports.effects, "_answer", effects)
    text = page(manager, "impact", draft.pk)
    assert "1 → 16" in text
    assert "冯琳" in text
    assert "郑爽" not in text
    assert policy(WaitingPolicy, on=today()).chat_seconds == 60, "nothing was changed"


@pytest.mark.django_db
@pytest.mark.requirement("S3")
def test_a_case_is_sent_once_as_a_browser_sends_it():
    """The form's own key and the set's key in the address do not get into each other's way."""
    boss, now = make_account("supervisor"), timezone.now()
    policy_set = actions.ensure_first_version(at=now).policy_set
    draft = actions.open_draft(policy_set=policy_set, by=boss, at=now)
    before = len(draft.body.get("cases", []))
    code = next(iter(queries.catalogue().evaluators))
    client, url = client_for(boss), reverse("rulebook:case-new", args=["default", code])
    page = client.get(url).content.decode()
    key = re.search(r'name="_once" value="([^"]+)"', page)[1]
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    data = {"_once": key, "revision": revision, "name": "没有应得出的结果"}
    assert [client.post(url, data).status_code for _again in range(2)] == [422, 422]
    draft.refresh_from_db()
    assert len(draft.body.get("cases", [])) == before


def test_what_ships_is_told_in_the_readers_language_and_what_a_company_writes_is_not(first):
    reader = client_for(make_account("agent", language="en"))
    reader.cookies["ck-language"] = "en"
    shown = page(reader, "book")
    assert "客服管理制度" not in shown
    assert "随软件提供的样本制度" not in shown
    first.policy_set.name = "安大略制度"
    first.policy_set.save()
    assert "安大略制度" in page(reader, "book")
