"""An employee's month on the phone: punch, lateness, packet, leave, make-up punch, payslip."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.stage import Stage

from .people import CHINESE, ENGLISH, PATIENCE, Says, sign_in

pytestmark = pytest.mark.browser
PHONE = 390


@pytest.fixture(scope="module")
def months(installation: Stage) -> dict[str, dict[str, Any]]:
    """The two newcomers by their language."""
    return dict(json.loads(installation.script("tests.stories.seeds.month")))


def _fits(page: Page) -> None:
    """Nothing is wider than the phone."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def _set(page: Page, name: str, day: str) -> None:
    page.locator(f"input[name={name}]").evaluate(
        "(field, day) => field._flatpickr ? field._flatpickr.setDate(day) : (field.value = day)",
        day,
    )


def _shows(page: Page, words: str) -> None:
    """Wait for words that somebody else's work brings."""
    for _n in range(20):
        if page.get_by_text(words).first.is_visible():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text(words).first).to_be_visible()


def _agreed(leader: Page, stage: Stage, about: str, say: Says) -> None:
    """The leader finds the matter in the inbox and says yes."""
    leader.goto(stage.url("/approvals/?part=waiting"))
    leader.get_by_role("link", name=about).first.click()
    leader.locator("button[name=decision][value=approve]").first.click()
    expect(leader.get_by_text(say("已同意。"))).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("say", [CHINESE, ENGLISH], ids=["zh", "en"])
@pytest.mark.requirement("K4", "K5", "K7", "K13", "K16", "K19", "L5", "L8", "L11", "S6", "S7", "X7")
def test_an_employees_month_on_the_phone(
    installation: Stage, browser: Browser, months: dict[str, dict[str, Any]], say: Says
) -> None:
    stage, mine = installation, months[say.locale]
    page = sign_in(browser, stage, mine["username"], width=PHONE, locale=say.locale)
    leader = sign_in(browser, stage, "emily", width=PHONE, locale=say.locale)

    # --- the punch before a shift, by the clock of the server
    page.goto(stage.url("/attendance/"))
    page.get_by_role("button", name=say("上班打卡")).click()
    expect(page.get_by_text(say("准时"), exact=True).first).to_be_visible(timeout=PATIENCE)
    _fits(page)

    # --- a day that began twelve minutes late: its tier, and why
    page.goto(stage.url(f"/attendance/days/{mine['late']}/"))
    page.get_by_role("link", name=say("迟到 %(n)s 分钟", n="12")).first.click()
    why = page.locator(".ck-explain")
    expect(why.get_by_text(say("条款"), exact=True)).to_be_visible(timeout=PATIENCE)
    expect(why.locator(".ck-math")).to_contain_text(say("迟到 %d 分钟") % 12)
    expect(why.locator(".ck-facts")).to_contain_text("20 / 5")
    _fits(page)
    page.keyboard.press("Escape")

    # --- the packet is owed; the leader has seen it in the group and confirms
    page.goto(stage.url("/attendance/"))
    page.locator(f"a[href='/attendance/packets/{mine['packet']}/']").first.click()
    expect(page.get_by_text("20.00").first).to_be_visible(timeout=PATIENCE)
    leader.goto(stage.url(f"/attendance/packets/{mine['packet']}/"))
    leader.get_by_role("button", name=say("确认已发")).click()
    leader.locator("#ck-confirm button[value=yes]").click()
    expect(leader.get_by_text(say("已确认发出。"))).to_be_visible(timeout=PATIENCE)
    page.reload()
    expect(page.get_by_text("陈艾米").first).to_be_visible()
    expect(page.get_by_text(say("自己发的红包自己不能抢。"))).to_be_visible()
    _fits(page)

    # --- leave: looked at first, asked for, approved
    page.goto(stage.url("/attendance/leave/new/"))
    page.locator("select[name=kind]").select_option("personal", force=True)
    _set(page, "first", mine["wanted"])
    _set(page, "last", mine["wanted"])
    page.fill("textarea[name=reason]", "family")
    page.get_by_role("button", name=say("先看会怎样")).click()
    expect(page.get_by_text(say("共 %s 天") % "1")).to_be_visible(timeout=PATIENCE)
    _fits(page)
    page.get_by_role("button", name=say("提交给上级")).click()
    expect(page.get_by_text(say("等审批")).first).to_be_visible(timeout=PATIENCE)
    _agreed(leader, stage, mine["name"], say)
    _shows(page, say("已批准"))

    # --- a forgotten punch is made up; who certified it stays on record
    page.goto(stage.url(f"/attendance/days/{mine['missed']}/"))
    page.get_by_role("link", name=say("申请补卡")).click()
    page.fill("input[name=clock]", "17:31")
    page.fill("textarea[name=reason]", "no battery")
    page.get_by_role("button", name=say("提交给上级")).click()
    expect(page.get_by_text(say("等主管证明")).first).to_be_visible(timeout=PATIENCE)
    _agreed(leader, stage, mine["name"], say)
    _shows(page, say("对证明负全部责任"))
    expect(page.locator("dd b", has_text="陈艾米")).to_be_visible()
    _fits(page)
    page.goto(stage.url(f"/attendance/days/{mine['missed']}/"))
    expect(page.get_by_text(say("准时到岗，没有早退。"))).to_be_visible(timeout=PATIENCE)

    # --- the payslip of the closed month; a line says rule, facts and arithmetic
    page.goto(stage.url("/pay/mine/"))
    page.get_by_role("link", name=mine["month"]).click()
    _fits(page)
    page.get_by_role("link", name=f"-{mine['daily']}").click()
    expect(why.get_by_text(say("条款"), exact=True)).to_be_visible(timeout=PATIENCE)
    expect(why.locator(".ck-clause")).not_to_be_empty()
    expect(why.locator(".ck-facts")).to_contain_text(f"{mine['month'][5:]}-10")
    expect(why.locator(".ck-math")).to_contain_text(f"{mine['length']} = {mine['daily']}")
    _fits(page)

    # --- from there the objection; it waits for an answer
    why.get_by_role("link", name=say("提出异议")).click()
    page.locator("textarea[name=reason]").fill("it was a rest day")
    page.locator("form:has(textarea[name=reason]) button[type=submit]").click()
    waits = say("等待答复。答复之前，会减少收入的暂不计入工资，红包不翻倍。")
    expect(page.get_by_text(waits)).to_be_visible(timeout=PATIENCE)

    # --- a question about another line, and the slip is acknowledged
    page.goto(stage.url("/pay/mine/"))
    page.get_by_role("link", name=mine["month"]).click()
    page.get_by_role("link", name=say("有疑问")).click()
    dialog = page.locator("#ck-dialog-body")
    dialog.locator("textarea[name=text]").fill("insurance?")
    dialog.locator("button[type=submit]").click()
    expect(page.get_by_text("insurance?")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name=say("确认工资条")).click()
    expect(page.get_by_text(say("本人已确认"), exact=True)).to_be_visible(timeout=PATIENCE)
