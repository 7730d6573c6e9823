"""A rule is changed: drafted, tried, approved by somebody else, read, and in force from its day."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.stage import Stage

from .people import PATIENCE, sign_in
from .test_regularization import CHINESE, Says

pytestmark = pytest.mark.browser
SEED = "tests.stories.seeds.late"


@pytest.fixture
def installation(prepared: Stage) -> Iterator[Stage]:
    """A copy for each telling: both change the same rule of the same first version."""
    stage = Stage(prepared.backend, like=prepared)
    try:
        with stage.serving(front=True):
            yield stage
    finally:
        stage.remove()


def _hand_in(page: Page, say: Says) -> None:
    page.locator("[name=note]").fill("原来的第一档太严")
    page.get_by_role("button", name=say("提交审批")).click()


@pytest.mark.parametrize(
    ("say", "name", "username"),
    [(CHINESE, "罗迟", "luochi"), (Says("en-US"), "Leo Late", "leolate")],
    ids=["zh", "en"],
)
@pytest.mark.requirement("S1", "S3", "S4", "S6", "X12")
def test_a_rule_changes_from_its_day_on(
    installation: Stage, browser: Browser, say: Says, name: str, username: str
) -> None:
    stage = installation
    before = json.loads(stage.script(SEED, "before", name, username, "12"))

    # --- the supervisor opens the value in the text of the rulebook and changes it in the draft
    boss = sign_in(browser, stage, "zhanghui", locale=say.locale)
    boss.goto(stage.url("/rulebook/?set=default"))
    boss.locator("a.ck-val[href*='late.tier1_to']").click()
    side = boss.locator("#rules-side")
    side.locator("input[name=value]").fill("15")
    side.get_by_role("button", name=say("存入草稿")).click()
    expect(side.locator("dd", has_text="15").first).to_be_visible(timeout=PATIENCE)

    # --- two examples of the rulebook's own speak against it: it can't be handed in
    boss.goto(stage.url("/rulebook/sets/default/draft/"))
    failed = boss.locator("tr", has=boss.get_by_text(say("没有通过"), exact=True))
    expect(failed).to_have_count(2, timeout=PATIENCE)
    _hand_in(boss, say)
    expect(boss.locator(".ck-field__err, [role=alert]").first).to_be_visible(timeout=PATIENCE)
    expect(failed).to_have_count(2)

    # --- each is corrected to what is meant from now on; then all of them pass
    for _each in range(2):
        failed.first.get_by_role("link").click()
        boss.fill("input[name=expect_packet]", "10")
        boss.get_by_role("button", name=say("存入草稿")).click()
        expect(boss.get_by_text(say("案例已存入草稿。"))).to_be_visible(timeout=PATIENCE)
    expect(failed).to_have_count(0)
    boss.get_by_role("button", name=say("试算自带案例")).click()
    expect(boss.get_by_text(say("全部通过"), exact=True)).to_be_visible(timeout=PATIENCE)

    # --- the preview shows whom it would have touched in the month that is over
    row = boss.locator("tr", has_text=name)
    expect(row.get_by_role("cell", name="20", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(row.get_by_role("cell", name="10", exact=True)).to_be_visible()
    _hand_in(boss, say)
    expect(boss.get_by_role("link", name=say("打开审批单"))).to_be_visible(timeout=PATIENCE)
    boss.get_by_role("link", name=say("打开审批单")).click()
    expect(boss.locator("button[name=decision]")).to_have_count(0)
    case = boss.url

    # --- somebody else sees the same preview and approves; it is published at once
    manager = sign_in(browser, stage, "gaoyuan", locale=say.locale)
    manager.goto(stage.url("/approvals/?part=waiting"))
    manager.locator(f"a[href='{case.removeprefix(stage.url())}']").first.click()
    expect(manager.locator("tr", has_text=name).first).to_be_visible(timeout=PATIENCE)
    manager.locator("button[name=decision][value=approve]").click()
    expect(manager.get_by_text(say("已同意。"))).to_be_visible(timeout=PATIENCE)

    # --- whoever lives by it confirms having read it, and the supervisor sees who has
    reader = sign_in(browser, stage, "chenjing", locale=say.locale, width=390)
    reader.goto(stage.url("/rulebook/reading/"))
    expect(reader.get_by_role("cell", name="15", exact=True).first).to_be_visible(timeout=PATIENCE)
    reader.get_by_role("button", name=say("我已阅读，并按此执行")).click()
    expect(reader.get_by_text(say("没有待读的制度"))).to_be_visible(timeout=PATIENCE)
    boss.goto(stage.url("/rulebook/sets/default/versions/"))
    boss.locator("a[href*='/rulebook/sets/default/versions/']").first.click()
    expect(boss.get_by_text("高远").first).to_be_visible(timeout=PATIENCE)
    boss.get_by_role("link", name=say("阅读确认")).click()
    read = boss.locator("tr", has_text="陈静")
    expect(read).to_be_visible(timeout=PATIENCE)
    expect(read.get_by_text(say("未确认"))).to_have_count(0)
    expect(boss.locator("tr", has_text=name).get_by_text(say("未确认"))).to_be_visible()

    # --- from its day on it counts; what was before stays as it was and names the older version
    today = json.loads(stage.script(SEED, "today", name, username, "12"))
    own = sign_in(browser, stage, username, locale=say.locale)
    for record, packet, version in ((today, "10", 2), (before, "20", 1)):
        own.goto(stage.url(f"/attendance/days/{record['record']}/"))
        expect(own.get_by_text(f"{packet} / 5")).to_be_visible(timeout=PATIENCE)
        expect(own.locator(".ck-facts-row")).to_contain_text(f"v{version}")
        own.locator("a[href*='/rulebook/why/']").first.click()
        why = own.locator("#ck-why")
        shown = re.compile(f"第 {version} 版|version {version}")
        expect(why).to_contain_text(shown, timeout=PATIENCE)
        expect(why).to_contain_text(packet)
