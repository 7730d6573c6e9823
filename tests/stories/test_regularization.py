"""A newcomer is hired and becomes a formal employee; another is given one more month."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.stage import Stage

from .people import CHINESE, PATIENCE, Says, sign_in

pytestmark = pytest.mark.browser
FIRST, OWN = "mengxiao-first-2026", "mengxiao-own-2026"


def _open(page: Page, stage: Stage, name: str, say: Says = CHINESE) -> None:
    """Find somebody's file on the board."""
    page.goto(stage.url("/regularization/?view=all"))
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(
        page.get_by_role("heading", name=say("%(name)s的转正", name=name), level=2)
    ).to_be_visible(timeout=PATIENCE)


def _shows(page: Page, words: str) -> None:
    """Wait for words that somebody else's work brings."""
    for _n in range(20):
        if page.get_by_text(words).first.is_visible():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text(words).first).to_be_visible()


def _hire(admin: Page, stage: Stage, name: str, username: str, say: Says) -> None:
    """Take somebody on whose probation is nearly over; who may give passwords gives the first."""
    today = dt.date.today()  # noqa: DTZ011  # what somebody types who looks at the calendar
    admin.goto(stage.url("/people/new/"))
    admin.fill("input[name=name]", name)
    for field, day in (("employed_from", -80), ("probation_until", 10)):
        admin.locator(f"input[name={field}]").evaluate(
            "(field, value) => { field.value = value }", f"{today + dt.timedelta(days=day)}"
        )
    for field, label in (
        ("department", "客服部"),
        ("team", "售前一组"),
        ("post", "Pre-sales agent" if say.locale.startswith("en") else "售前客服"),
        ("site", "宁波客服中心"),
    ):
        admin.locator(f"select[name={field}]").select_option(label=label, force=True)
    if say.locale.startswith("en"):
        admin.uncheck("input[name=languages][value=zh-hans]")
        admin.check("input[name=languages][value=en]")
    admin.fill("input[name=username]", username)
    admin.fill("input[name=password]", FIRST)
    admin.get_by_role("button", name=say("入职")).click()
    expect(admin.get_by_role("heading", name=name)).to_be_visible(timeout=PATIENCE)
    expect(admin.get_by_text(say("试用期"), exact=True).first).to_be_visible()


def _first_login(browser: Browser, stage: Stage, username: str, say: Says) -> Page:
    """The first password is changed before anything else."""
    size = {"width": 1440, "height": 900}
    page = browser.new_context(locale=say.locale, viewport=size).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(stage.url("/account/login/"))
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", FIRST)
    page.press("input[name=password]", "Enter")
    page.fill("input[name=oldpassword]", FIRST)
    page.fill("input[name=password1]", OWN)
    page.fill("input[name=password2]", OWN)
    page.press("input[name=password2]", "Enter")
    page.wait_for_function("() => !location.pathname.includes('password')")
    page.goto(stage.url("/"))
    return page


def _agree(page: Page, stage: Stage, name: str, say: Says) -> None:
    _open(page, stage, name, say)
    page.locator("button[name=decision][value=approve]").first.click()
    expect(page.get_by_text(say("已记下。"))).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize(
    ("say", "name", "username"),
    [(CHINESE, "孟晓", "mengxiao"), (Says("en-US"), "Mia Meng", "miameng")],
    ids=["zh", "en"],
)
@pytest.mark.requirement("N1", "N2", "N4", "N5", "N7", "N8", "N9", "N11", "N14")
def test_a_newcomer_becomes_regular_under_variant_four(
    installation: Stage, browser: Browser, say: Says, name: str, username: str
) -> None:
    stage = installation

    # --- somebody is hired; the file opens by itself
    _hire(sign_in(browser, stage, "admin", locale=say.locale), stage, name, username, say)
    hr = sign_in(browser, stage, "wenjing", locale=say.locale)
    hr.goto(stage.url("/regularization/?view=all"))
    _shows(hr, name)

    # --- personnel lets it go by variant four
    _open(hr, stage, name, say)
    hr.get_by_role("link", name=say("换流程")).click()
    dialog = hr.locator("#ck-dialog-body")
    dialog.locator("select[name=template]").select_option(label="流程四", force=True)
    dialog.locator("button[type=submit]").click()
    chosen = "Variant 4 v1" if say.locale == "en-US" else "流程四 v1"
    expect(hr.get_by_role("link", name=chosen)).to_be_visible(timeout=PATIENCE)

    # --- the newcomer applies; without the self-evaluation it is not taken
    newcomer = _first_login(browser, stage, username, say)
    newcomer.get_by_role("link", name=say("我的转正")).click()
    newcomer.get_by_role("link", name=say("填写申请表")).click()
    newcomer.fill("textarea[name=performance]", "两个月接待 800 位客户。")
    newcomer.fill("textarea[name=wish]", "希望转为正式员工。")
    newcomer.check("input[name=declared]")
    newcomer.get_by_role("button", name=say("提交")).click()
    expect(newcomer.get_by_text(say("请填写自我评价。"))).to_be_visible(timeout=PATIENCE)
    newcomer.fill("textarea[name=self_evaluation]", "回答尺寸和材质很快，赠品规则还要记熟。")
    newcomer.get_by_role("button", name=say("提交")).click()
    expect(newcomer.get_by_text(say("审批中")).first).to_be_visible(timeout=PATIENCE)

    # --- the superior asks the warehouse, and wants to read more first
    leader = sign_in(browser, stage, "chenjing", locale=say.locale)
    _open(leader, stage, name, say)
    leader.get_by_role("link", name=say("跨部门意见")).click()
    dialog = leader.locator("#ck-dialog-body")
    dialog.locator("select[name=departments]").select_option(label="仓储部", force=True)
    dialog.locator("button[type=submit]").click()
    expect(leader.get_by_text(say("征求意见："))).to_be_visible(timeout=PATIENCE)
    leader.locator("textarea[name$=comment]").first.fill("请写明接待量和转化。")
    leader.locator("button[name=decision][value=return]").click()
    expect(leader.get_by_text(say("已退回补充")).first).to_be_visible(timeout=PATIENCE)

    # --- completed, it comes back and is rated, each item with its words
    newcomer.goto(stage.url("/"))
    newcomer.get_by_role("link", name=say("我的转正")).click()
    _shows(newcomer, say("补充后重新提交"))
    newcomer.get_by_role("link", name=say("补充后重新提交")).click()
    expect(newcomer.get_by_text("请写明接待量和转化。")).to_be_visible(timeout=PATIENCE)
    newcomer.fill("textarea[name=performance]", "两个月接待 900 位客户，下单率 31%。")
    newcomer.check("input[name=declared]")
    newcomer.get_by_role("button", name=say("提交")).click()
    expect(newcomer.get_by_text(say("审批中")).first).to_be_visible(timeout=PATIENCE)
    _open(leader, stage, name, say)
    for rating in leader.locator(".ck-rateform select").all():
        rating.select_option("4")
    for words in leader.locator(".ck-rateform textarea").all():
        words.fill("符合要求")
    leader.locator("button[name=decision][value=approve]").click()
    expect(leader.get_by_text(say("已记下。"))).to_be_visible(timeout=PATIENCE)

    # --- the head of the department signs, the warehouse gives its opinion
    head = sign_in(browser, stage, "zhanghui", locale=say.locale)
    _open(head, stage, name, say)
    head.locator("textarea[name$=signed]").fill("同意转正")
    head.locator("button[name=decision][value=approve]").click()
    expect(head.get_by_text(say("已记下。"))).to_be_visible(timeout=PATIENCE)
    warehouse = sign_in(browser, stage, "shenwei", locale=say.locale)
    _agree(warehouse, stage, name, say)

    # --- personnel sees every former step on one page and decides
    _open(hr, stage, name, say)
    for words in ("两个月接待 900 位客户", "同意转正", "符合要求", "沈伟"):
        expect(hr.get_by_text(words).first).to_be_visible(timeout=PATIENCE)
    hr.locator("input[name=outcome][value=pass]").check()
    hr.locator("input[name$=pay_scheme]").fill("正式售前方案")
    today = dt.date.today()  # noqa: DTZ011  # what somebody types who looks at the calendar
    hr.locator("input[name$=effective_on]").evaluate(
        "(field, value) => { field.value = value }", f"{today}"
    )
    hr.get_by_role("button", name=say("提交结论")).click()
    _shows(hr, say("已通过"))

    # --- from that day on the newcomer is a formal employee
    hr.goto(stage.url(f"/people/?q={name}"))
    hr.get_by_role("link", name=name, exact=True).first.click()
    expect(hr.get_by_text(say("正式"), exact=True).first).to_be_visible(timeout=PATIENCE)

    # --- and the newcomer is told
    newcomer.goto(stage.url("/notices/"))
    expect(newcomer.get_by_text(say("恭喜，您已通过转正"))).to_be_visible(timeout=PATIENCE)
    newcomer.get_by_text(say("恭喜，您已通过转正")).click()
    expect(newcomer.get_by_text("正式售前方案", exact=True)).to_be_visible(timeout=PATIENCE)


@pytest.mark.requirement("N14", "N15")
def test_another_is_given_one_more_month(installation: Stage, browser: Browser) -> None:
    stage = installation
    head = sign_in(browser, stage, "zhanghui", width=390)
    _open(head, stage, "宋倩")
    head.locator("input[name=outcome][value=extend]").check()
    expect(head.locator("input[name$=pay_scheme]")).to_be_hidden()
    head.locator("select[name$=months]").select_option("1")
    head.locator("textarea[name$=comment]").last.fill("响应时间再看一个月。")
    head.get_by_role("button", name="提交结论").click()
    _shows(head, "延长到")
    hr = sign_in(browser, stage, "wenjing")
    hr.goto(stage.url("/regularization/"))
    row = hr.locator("tr", has_text="宋倩")
    expect(row.get_by_text("已延长")).to_be_visible(timeout=PATIENCE)
    expect(row.get_by_text("待提交")).to_be_visible()
