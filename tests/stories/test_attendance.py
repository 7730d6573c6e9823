"""A supervisor's week, and an evening that went on after its end."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.stage import Stage
from cangke.demo.company import PEOPLE

from .people import CHINESE, ENGLISH, PATIENCE, Says, sign_in

pytestmark = pytest.mark.browser
SHANGHAI = ZoneInfo("Asia/Shanghai")
SEED = "tests.stories.seeds.evening"


@pytest.mark.requirement("K3")
def test_an_evening_agent_was_still_serving_after_one(
    installation: Stage, browser: Browser
) -> None:
    stage = installation
    seeded = json.loads(stage.script(SEED, "zhengwan"))
    assert seeded["minutes"] == 25
    page = sign_in(browser, stage, "zhanghui")
    page.goto(stage.url(f"/attendance/days/{seeded['record']}/"))
    expect(page.get_by_text("延长").first).to_be_visible()
    expect(page.get_by_text("25").first).to_be_visible()
    expect(page.get_by_text("早退", exact=True)).to_have_count(0)


def _name(username: str) -> str:
    return next(each.name for each in PEOPLE if each.username == username)


def _told(page: Page, stage: Stage, title: str) -> None:
    """Somebody is told so, in the language that is set for them, once it is delivered."""
    page.goto(stage.url("/notices/"))
    told = page.get_by_text(title).or_(page.get_by_text(ENGLISH(title))).first
    for _n in range(20):
        if told.is_visible():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(told).to_be_visible(timeout=PATIENCE)


def _month_after() -> str:
    """The month after the next, whose roster nobody has published yet."""
    first = dt.datetime.now(tz=SHANGHAI).date().replace(day=1)  # noqa: TID251  # a browser story
    return f"{first + dt.timedelta(days=62):%Y-%m}"


@pytest.mark.parametrize(
    ("say", "team"), [(CHINESE, "售后一组"), (ENGLISH, "售前一组")], ids=["zh", "en"]
)
@pytest.mark.requirement("K2", "K13", "X12")
def test_a_supervisor_draws_a_month_and_publishes_it(
    installation: Stage, browser: Browser, say: Says, team: str
) -> None:
    stage, month = installation, _month_after()
    leader_name, agent = ("zhouping", "machao") if say is CHINESE else ("chenjing", "wulei")
    page = sign_in(browser, stage, "zhanghui", locale=say.locale)

    # --- the month is proposed, one cell is drawn by hand
    page.goto(stage.url(f"/attendance/rosters/?month={month}"))
    page.locator(".ck-roster__head summary").click()
    page.get_by_role("link", name=team).first.click()
    plan = page.url.split("?")[0] + "plan/"
    page.goto(f"{plan}?month={month}")
    page.get_by_role("button", name=say("自动排班")).click()
    expect(page.get_by_text(say("未发布")).first).to_be_visible(timeout=PATIENCE)
    row = page.locator("table.ck-roster tbody tr").filter(
        has=page.locator("th", has_text=_name(agent))
    )
    free = row.locator("select").filter(has=page.locator("option:checked[value='']")).first
    drawn = free.get_attribute("name") or ""
    free.select_option("day")
    page.get_by_role("button", name=say("保存"), exact=True).click()
    saved = "已保存 1 格。" if say is CHINESE else "1 cell saved."
    expect(page.get_by_text(saved)).to_be_visible(timeout=PATIENCE)

    # --- published, everybody of the team is told and sees the own shifts
    page.get_by_role("button", name=say("发布"), exact=True).click()
    page.locator("#ck-confirm button[value=yes]").click()
    expect(page.get_by_text(say("已发布第 %d 版，相关的人会收到通知。") % 1)).to_be_visible(
        timeout=PATIENCE
    )
    mate = sign_in(browser, stage, agent, locale=say.locale, width=390)
    _told(mate, stage, "您的排班已发布")

    # --- a shift taken away later tells only whom it concerns
    page.goto(f"{plan}?month={month}")
    taken = page.locator(f"table.ck-roster select[name='{drawn}']")
    taken.select_option("")
    page.get_by_role("button", name=say("保存"), exact=True).click()
    expect(page.get_by_text(saved)).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name=say("发布"), exact=True).click()
    page.locator("#ck-confirm button[value=yes]").click()
    expect(page.get_by_text(say("已发布第 %d 版，相关的人会收到通知。") % 2)).to_be_visible(
        timeout=PATIENCE
    )
    _told(mate, stage, "您的排班有改动")

    # --- one asks another to take a shift; the other agrees, the supervisor approves
    asked = json.loads(stage.script("tests.stories.ask", "ahead", agent))
    mate.goto(stage.url(f"/attendance/swaps/new/?day={asked['date']}"))
    mate.locator("select[name=partner]").select_option(str(asked["mate"]), force=True)
    mate.fill("input[name=reason]", "家长会")
    mate.get_by_role("button", name=say("发给对方")).click()
    expect(mate.get_by_role("heading", name=asked["name"])).to_be_visible(timeout=PATIENCE)
    swap = mate.url
    other = sign_in(browser, stage, asked["username"], locale=say.locale, width=390)
    _told(other, stage, "有同事想和您换班")
    other.goto(swap)
    other.get_by_role("button", name=say("同意"), exact=True).click()
    expect(other.get_by_text(say("已同意，等排班人批准。"))).to_be_visible(timeout=PATIENCE)
    page.goto(stage.url("/attendance/swaps/?part=waiting"))
    page.get_by_role("link", name=asked["name"]).first.click()
    page.get_by_role("button", name=say("批准换班")).click()
    expect(page.get_by_text(say("已换班，排班表已更新。"))).to_be_visible(timeout=PATIENCE)
    mate.goto(swap)
    expect(mate.get_by_text("张慧").first).to_be_visible(timeout=PATIENCE)

    # --- a leader's own leave waits in the supervisor's inbox
    own = json.loads(stage.script("tests.stories.ask", "leads", leader_name))
    leader = sign_in(browser, stage, leader_name, locale=say.locale)
    leader.goto(stage.url(f"/attendance/leave/new/?day={own['date']}"))
    leader.locator("select[name=kind]").select_option("personal", force=True)
    leader.fill("textarea[name=reason]", "复查")
    leader.get_by_role("button", name=say("提交给上级")).click()
    expect(leader.get_by_text(say("等审批")).first).to_be_visible(timeout=PATIENCE)
    page.goto(stage.url("/approvals/?part=waiting"))
    page.get_by_role("link", name=_name(leader_name)).first.click()
    page.locator("button[name=decision][value=approve]").first.click()
    expect(page.get_by_text(say("已同意。"))).to_be_visible(timeout=PATIENCE)


@pytest.mark.requirement("K2", "K25", "X12")
def test_a_supervisors_morning(installation: Stage, browser: Browser) -> None:
    stage = installation
    page = sign_in(browser, stage, "zhanghui")
    page.goto(stage.url("/attendance/rosters/"))
    expect(page.get_by_role("link", name="值日与值班")).to_be_visible()
    page.get_by_role("link", name="点名").click()
    expect(page.get_by_text("精神面貌").first).to_be_visible()

    # --- the leader answers the leave that waits in the inbox
    leader = sign_in(browser, stage, "chenjing")
    leader.goto(stage.url("/approvals/"))
    leader.get_by_role("link", name="李强 申请事假 1 天").click()
    leader.locator("button[name=decision][value=approve]").first.click()
    expect(leader.get_by_text("已同意。")).to_be_visible(timeout=PATIENCE)


@pytest.mark.requirement("K7", "K8", "K9")
def test_what_was_published_on_monday_stays_as_it_was(
    installation: Stage, browser: Browser
) -> None:
    stage = installation
    seeded = json.loads(stage.script("tests.stories.seeds.week"))
    assert seeded["owed"] == "40.00"
    page = sign_in(browser, stage, "emily", locale="en-US")
    _told(page, stage, "上周考勤已公布")

    # --- a line says late by twelve minutes, one packet open, doubled
    page.goto(stage.url(f"/attendance/weeks/{seeded['week']}/"))
    line = page.locator("tr").filter(has=page.locator("th", has_text=seeded["name"]))
    expect(line).to_contain_text("40.00")
    before = line.inner_text()

    # --- the packet is sent and confirmed; the publication stays as it was
    page.goto(stage.url(f"/attendance/packets/{seeded['packet']}/"))
    page.get_by_role("button", name=ENGLISH("确认已发")).click()
    page.locator("#ck-confirm button[value=yes]").click()
    expect(page.get_by_text(ENGLISH("已确认发出。"))).to_be_visible(timeout=PATIENCE)
    page.goto(stage.url(f"/attendance/weeks/{seeded['week']}/"))
    assert line.inner_text() == before
