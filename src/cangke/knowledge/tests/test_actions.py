import random

import pytest
from django.db import DatabaseError, transaction

from cangke.foundation.notices.models import Notice
from cangke.foundation.search.public import search
from cangke.knowledge import actions, demo, queries
from cangke.knowledge.actions import ScriptDraft
from cangke.knowledge.models import Script, ScriptFolder, ScriptUse, ScriptVersion
from cangke.knowledge.rules import ScriptContext
from cangke.knowledge.tests.factories import AT, make_crew, make_script
from cangke.people.tests.factories import make_department
from tests.factories import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew():
    return make_crew()


def titles(account, **narrowed):
    found = queries.fill_scripts(account, ScriptContext(), **narrowed)
    return [each.title for each in found]


def propose(crew, **values):
    return make_script(by=crew.agent, title="少发补发", body="给您补发。", **values)


@pytest.mark.requirement("J3")
def test_a_proposal_is_everybodys_once_the_leader_approves(crew):
    proposal = propose(crew, shortcut="bf")
    assert proposal.state == "proposed"
    assert titles(crew.other) == []
    assert titles(crew.agent) == ["少发补发"]  # the author may try it meanwhile
    assert list(queries.waiting_scripts(crew.leader)) == [proposal]
    assert queries.menu_badge(crew.leader) == 1
    assert Notice.objects.filter(account=crew.leader, kind="knowledge.proposed").count() == 1
    actions.approve_script(script_id=proposal.pk, by=crew.leader, at=AT, note="好")
    assert titles(crew.other) == ["少发补发"]
    assert titles(make_account("agent", scope="self")) == ["少发补发"]
    assert Notice.objects.filter(account=crew.agent, kind="knowledge.reviewed").count() == 1
    assert queries.menu_badge(crew.leader) == 0


def test_an_agent_cannot_approve_and_nothing_changes(crew):
    proposal = propose(crew)
    for account in (crew.agent, crew.other):
        with pytest.raises(actions.NotYours):
            actions.approve_script(script_id=proposal.pk, by=account, at=AT)
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_two_reviewers_the_second_is_told(crew):
    proposal = propose(crew)
    actions.return_script(script_id=proposal.pk, note="太短", by=crew.leader, at=AT)
    with pytest.raises(actions.NotWaiting):
        actions.approve_script(script_id=proposal.pk, by=crew.leader, at=AT)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.review_note) == ("returned", "太短")


def test_a_returned_proposal_goes_back_to_review_when_improved(crew):
    proposal = propose(crew)
    with pytest.raises(actions.BadWords):
        actions.return_script(script_id=proposal.pk, note=" ", by=crew.leader, at=AT)
    actions.return_script(script_id=proposal.pk, note="写清楚", by=crew.leader, at=AT)
    draft = ScriptDraft(title="少发补发", body="今天给您补发。", reach="all")
    with pytest.raises(actions.NotYours):
        actions.edit_script(script_id=proposal.pk, draft=draft, by=crew.other, at=AT)
    again = actions.edit_script(script_id=proposal.pk, draft=draft, by=crew.agent, at=AT)
    assert (again.state, again.number) == ("proposed", 2)


def test_a_shared_script_changed_by_an_agent_is_a_proposal(crew):
    shared = make_script(title="物流查询", body="稍后查。", shortcut="wl")
    draft = ScriptDraft(title="物流查询", body="马上查。", reach="me", shortcut="wl")
    proposal = actions.edit_script(
        script_id=shared.pk, draft=draft, by=crew.agent, at=AT, note="更快"
    )
    assert proposal.replaces == shared
    assert proposal.reach == "all"
    shared.refresh_from_db()
    assert shared.body == "稍后查。"
    assert titles(crew.agent, text="wl") == ["物流查询"]
    usable = actions.approve_script(script_id=proposal.pk, by=crew.leader, at=AT)
    assert usable == shared
    assert (usable.body, usable.number) == ("马上查。", 2)
    assert [v.body for v in usable.versions.all()] == ["马上查。", "稍后查。"]
    proposal.refresh_from_db()
    assert proposal.state == "retired"


def test_a_leader_changes_a_shared_script_at_once_and_the_old_words_stay(crew):
    shared = make_script(body="一")
    draft = ScriptDraft(title=shared.title, body="二", reach="all")
    actions.edit_script(script_id=shared.pk, draft=draft, by=crew.leader, at=AT, number=1)
    with pytest.raises(actions.StaleText) as stale:
        actions.edit_script(script_id=shared.pk, draft=draft, by=crew.leader, at=AT, number=1)
    assert stale.value.status == 409
    assert shared.versions.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        ScriptVersion.objects.update(body="三")


def test_own_scripts_are_nobody_elses(crew):
    own = make_script(by=crew.agent, reach="me", title="我的")
    assert own.state == "active"
    assert titles(crew.agent) == ["我的"]
    assert titles(crew.other) == titles(crew.leader) == []
    draft = ScriptDraft(title="我的", body="x")
    for account in (crew.other, crew.leader):
        with pytest.raises(actions.NotYours):
            actions.edit_script(script_id=own.pk, draft=draft, by=account, at=AT)
        with pytest.raises(actions.NotYours):
            actions.retire_script(script_id=own.pk, by=account, at=AT)
    actions.retire_script(script_id=own.pk, by=crew.agent, at=AT)
    assert titles(crew.agent) == []


def test_a_teams_script_stays_in_the_team(crew):
    stranger = make_crew()
    script = make_script(by=crew.agent, reach="team", team=crew.team, title="本组的")
    assert script.state == "proposed"
    with pytest.raises(actions.NotYours):
        actions.approve_script(script_id=script.pk, by=stranger.leader, at=AT)
    actions.approve_script(script_id=script.pk, by=crew.leader, at=AT)
    assert titles(crew.other) == ["本组的"]
    assert titles(stranger.agent) == []
    assert search(stranger.agent, "本组的").hits == []
    assert [hit.title for hit in search(crew.other, "本组").hits] == ["本组的"]


def test_a_team_must_be_named(crew):
    with pytest.raises(actions.BadWords) as refused:
        make_script(by=crew.agent, reach="team")
    assert refused.value.field == "team"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"body": "{{customer.phone}}"}, "body"),
        ({"body_en": "{{nobody}}"}, "body_en"),
        ({"shortcut": "补发"}, "shortcut"),
    ],
)
def test_what_does_not_hold_is_refused_at_its_field(values, field):
    with pytest.raises(actions.BadWords) as refused:
        make_script(**values)
    assert refused.value.field == field
    assert not Script.objects.exists()


def test_a_shortcut_answers_once_in_its_reach(crew):
    make_script(shortcut="bf")
    with pytest.raises(actions.ShortcutTaken):
        make_script(shortcut="BF")
    make_script(by=crew.agent, reach="me", shortcut="bf")
    make_script(by=crew.other, reach="me", shortcut="bf")
    with pytest.raises(actions.ShortcutTaken):
        make_script(by=crew.agent, reach="me", shortcut="bf")


def test_the_best_comes_first(crew):
    make_script(title="补发合并", shortcut="bfhb", body="补发随新单。")
    exact = make_script(title="少发", shortcut="bf", body="给您补发。")
    make_script(title="别的", body="与补发有关，破损也行。")
    assert titles(crew.agent, text="bf") == ["少发", "补发合并"]
    assert titles(crew.agent, text="补发")[0] == "补发合并"
    assert set(titles(crew.agent, text="补发")) == {"补发合并", "少发", "别的"}
    assert titles(crew.agent, text="破损") == ["别的"]
    for n in range(3):
        actions.use_script(script_id=exact.pk, by=crew.agent, at=AT, used_for=f"m:{n}")
    assert titles(crew.agent)[0] == "少发"


def test_stages_narrow_and_both_sides_stay(crew):
    make_script(title="前", stage="presale")
    make_script(title="后", stage="aftersale")
    make_script(title="都", stage="all")
    assert set(titles(crew.agent, stage="presale")) == {"前", "都"}
    assert set(titles(crew.agent, stage="aftersale")) == {"后", "都"}
    assert set(titles(crew.agent, stage="nonsense")) == {"前", "后", "都"}


@pytest.mark.requirement("J3")
def test_uses_are_counted_once_for_each_reply(crew):
    script = make_script()
    for used_for in ("desk.message:1", "desk.message:1", "desk.message:2", ""):
        actions.use_script(script_id=script.pk, by=crew.agent, at=AT, used_for=used_for)
    actions.use_script(script_id=999_999, by=crew.agent, at=AT)
    script.refresh_from_db()
    assert (script.uses, script.last_used_at) == (3, AT)
    assert queries.count_uses(script, at=AT).people == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        ScriptUse.objects.all().delete()


def test_english_customers_get_the_english_words(crew):
    script = make_script(
        title="补发", title_en="Resend", body="给您补发。", body_en="We resend it."
    )
    english = queries.fill_scripts(crew.agent, ScriptContext(language="en"))
    assert [(each.title, each.text) for each in english] == [("Resend", "We resend it.")]
    assert queries.render_script(script, ScriptContext()) == "给您补发。"


def test_folders_make_a_tree_without_circles(crew):
    top = actions.save_folder(name="售后", by=crew.leader, at=AT)
    low = actions.save_folder(name="退换", parent=top, by=crew.leader, at=AT)
    lowest = actions.save_folder(name="破损", parent=low, by=crew.leader, at=AT)
    for values in (
        {"name": "太深", "parent": lowest},
        {"name": "售后", "folder_id": top.pk, "parent": low},
        {"name": "退换", "parent": top},
        {"name": " "},
    ):
        with pytest.raises(actions.BadWords):
            actions.save_folder(by=crew.leader, at=AT, **values)
    make_script(folder=low)
    for folder in (top, low):
        with pytest.raises(actions.FolderInUse):
            actions.remove_folder(folder_id=folder.pk, by=crew.leader, at=AT)
    actions.remove_folder(folder_id=lowest.pk, by=crew.leader, at=AT)
    assert [(d, f.name) for d, f in queries.list_folders()] == [(0, "售后"), (1, "退换")]
    assert ScriptFolder.objects.count() == 2
    assert set(queries.folders_below(top)) == {top.pk, low.pk}


@pytest.mark.requirement("J1")
def test_a_changed_article_keeps_the_old_one_and_is_found_in_both_languages(crew):
    draft = actions.ArticleDraft(
        category="rates",
        title="仓储费标准",
        body="每立方米每天 1.2 元。",
        title_en="Storage rates",
        body_en="1.2 yuan per cubic metre and day.",
    )
    article = actions.write_article(draft=draft, by=crew.leader, at=AT)
    changed = actions.ArticleDraft(
        category="rates", title="仓储费标准", body="每立方米每天 1.5 元。", title_en="Storage rates"
    )
    actions.edit_article(
        article_id=article.pk, draft=changed, by=crew.leader, at=AT, note="涨价", number=1
    )
    with pytest.raises(actions.StaleText):
        actions.edit_article(article_id=article.pk, draft=changed, by=crew.leader, at=AT, number=1)
    assert [v.body for v in article.versions.all()] == [
        "每立方米每天 1.5 元。",
        "每立方米每天 1.2 元。",
    ]
    assert [hit.object_id for hit in search(crew.agent, "仓储费").hits] == [article.pk]
    assert [hit.object_id for hit in search(crew.agent, "storage").hits] == [article.pk]
    actions.retire_article(article_id=article.pk, by=crew.leader, at=AT)
    assert search(crew.agent, "仓储费").hits == []


def test_an_article_for_one_team_is_not_found_by_another(crew):
    stranger = make_crew()
    draft = actions.ArticleDraft(
        category="other", title="值班电话", body="见群。", audience="team", team=crew.team
    )
    actions.write_article(draft=draft, by=crew.leader, at=AT)
    assert len(search(crew.agent, "值班电话").hits) == 1
    assert search(stranger.agent, "值班电话").hits == []
    for values in (
        {"audience": "team", "team": None},
        {"audience": "department", "department": None},
        {"title": ""},
        {"body": " "},
    ):
        with pytest.raises(actions.BadWords):
            actions.write_article(
                draft=actions.ArticleDraft(
                    **{"category": "other", "title": "x", "body": "y", **values}
                ),
                by=crew.leader,
                at=AT,
            )
    elsewhere = actions.ArticleDraft(
        category="other",
        title="别部门的",
        body="见群。",
        audience="department",
        department=make_department(),
    )
    actions.write_article(draft=elsewhere, by=None, at=AT)
    assert search(crew.agent, "别部门的").hits == []


def test_the_demonstration_texts_hold_and_read_well(crew):
    replies = [("desk.message:1", crew.agent, AT)]
    scripts = demo.load(random.Random(1), AT, replies)
    assert len(scripts) >= 25
    assert all(script.state == "active" and script.body_en for script in scripts)
    for language in ("zh-hans", "en"):
        context = queries.sample_context(language)
        for script in scripts:
            text = queries.render_script(script, context)
            assert "{{" not in text
            assert "【客户称呼】" not in text
    assert titles(crew.agent, text="bf")[0] == "少发补发确认"
    assert len(search(crew.agent, "仓储费", kinds=["article"]).hits) == 1
