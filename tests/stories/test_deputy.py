"""A deputy decides for a supervisor on leave; a probation is prolonged."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from bench.stage import Stage

from .people import CHINESE, ENGLISH, PATIENCE, Says, sign_in

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("say", [CHINESE, ENGLISH], ids=["zh", "en"])
SHANGHAI = ZoneInfo("Asia/Shanghai")


@LANGUAGES
@pytest.mark.requirement("O17", "X12")
def test_while_the_supervisor_is_on_leave_the_deputy_decides_for_them(
    installation: Stage, browser: Browser, say: Says
) -> None:
    stage = installation
    matter = f"改发自提 {say.locale}"

    # --- before leaving, the supervisor says who decides meanwhile
    boss = sign_in(browser, stage, "zhanghui", locale=say.locale)
    boss.goto(stage.url("/approvals/delegations/new/"))
    boss.locator("select[name=taker]").select_option(label="林悦", force=True)
    now = timezone.now().astimezone(SHANGHAI)
    for field, moment in (
        ("from_at", now - dt.timedelta(days=1)),
        ("until_at", now + dt.timedelta(days=2)),
    ):
        boss.locator(f"input[name={field}]").evaluate(
            "(field, value) => { field.value = value }", f"{moment:%Y-%m-%d %H:%M}"
        )
    boss.locator("[name=reason]").fill("年假")
    boss.get_by_role("button", name=say("保存")).click()
    expect(boss.get_by_text("年假").first).to_be_visible(timeout=PATIENCE)

    # --- somebody below asks; the deputy finds it in the own inbox, marked as somebody else's
    leader = sign_in(browser, stage, "chenjing", locale=say.locale)
    leader.goto(stage.url("/approvals/ask/"))
    leader.fill("input[name=title]", matter)
    leader.fill("textarea[name=body]", "制度没有写到，建议同意。")
    leader.get_by_role("button", name=say("提交"), exact=True).click()
    expect(leader.get_by_role("heading", name=matter)).to_be_visible(timeout=PATIENCE)
    deputy = sign_in(browser, stage, "linyue", locale=say.locale, width=390)
    deputy.goto(stage.url("/approvals/?part=waiting"))
    deputy.get_by_role("link", name=matter).first.click()
    expect(deputy.get_by_text(say("代 %(name)s", name="张慧")).first).to_be_visible()
    deputy.locator("button[name=decision][value=approve]").first.click()
    expect(deputy.get_by_text(say("已同意。"))).to_be_visible(timeout=PATIENCE)

    # --- the record says who decided, and for whom
    leader.reload()
    shown = say("%(by)s 代 %(name)s", by="林悦", name="张慧")
    expect(leader.get_by_text(shown).first).to_be_visible(timeout=PATIENCE)


@pytest.mark.requirement("N14", "N15")
def test_a_probation_is_prolonged_in_english(installation: Stage, browser: Browser) -> None:
    stage, say = installation, ENGLISH
    head = sign_in(browser, stage, "zhanghui", locale=say.locale)
    head.goto(stage.url("/regularization/?view=all"))
    head.get_by_role("link", name="宋倩", exact=True).first.click()
    head.locator("input[name=outcome][value=extend]").check()
    head.locator("select[name$=months]").select_option("1")
    head.locator("textarea[name$=comment]").last.fill("One more month on response times.")
    head.get_by_role("button", name=say("提交结论")).click()
    hr = sign_in(browser, stage, "wenjing", locale=say.locale)
    hr.goto(stage.url("/regularization/"))
    row = hr.locator("tr", has_text="宋倩")
    expect(row.get_by_text(say("已延长"))).to_be_visible(timeout=PATIENCE)
