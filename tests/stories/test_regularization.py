"""A newcomer becomes a formal employee; another is given one more month."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.stage import Stage

from .people import PATIENCE, sign_in

pytestmark = pytest.mark.browser


def _open(page: Page, stage: Stage, name: str) -> None:
    """Find somebody's file on the board."""
    page.goto(stage.url("/regularization/?view=all"))
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.get_by_role("heading", name=f"{name}的转正", level=2)).to_be_visible(
        timeout=PATIENCE
    )


def _shows(page: Page, words: str) -> None:
    """Wait for words that somebody else's work brings."""
    for _n in range(20):
        if page.get_by_text(words).first.is_visible():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text(words).first).to_be_visible()


def _agree(page: Page, stage: Stage, name: str) -> None:
    _open(page, stage, name)
    page.locator("button[name=decision][value=approve]").first.click()
    expect(page.get_by_text("已记下。")).to_be_visible(timeout=PATIENCE)


@pytest.mark.requirement("N1", "N2", "N4", "N5", "N7", "N8", "N9", "N11", "N14")
def test_a_newcomer_becomes_regular_under_variant_four(
    installation: Stage, browser: Browser
) -> None:
    stage = installation

    # --- personnel lets the file go by variant four
    hr = sign_in(browser, stage, "wenjing")
    _open(hr, stage, "冯琳")
    hr.get_by_role("link", name="换流程").click()
    dialog = hr.locator("#ck-dialog-body")
    dialog.locator("select[name=template]").select_option(label="流程四", force=True)
    dialog.locator("button[type=submit]").click()
    expect(hr.get_by_role("link", name="流程四 v1")).to_be_visible(timeout=PATIENCE)

    # --- the newcomer applies; without the self-evaluation it is not taken
    newcomer = sign_in(browser, stage, "fenglin")
    newcomer.get_by_role("link", name="我的转正").click()
    newcomer.get_by_role("link", name="填写申请表").click()
    newcomer.check("input[name=declared]")
    newcomer.get_by_role("button", name="提交").click()
    expect(newcomer.get_by_text("请填写自我评价。")).to_be_visible(timeout=PATIENCE)
    newcomer.fill("textarea[name=self_evaluation]", "回答尺寸和材质很快，赠品规则还要记熟。")
    newcomer.get_by_role("button", name="提交").click()
    expect(newcomer.get_by_text("审批中").first).to_be_visible(timeout=PATIENCE)

    # --- the superior asks the warehouse, and wants to read more first
    leader = sign_in(browser, stage, "chenjing")
    _open(leader, stage, "冯琳")
    leader.get_by_role("link", name="跨部门意见").click()
    dialog = leader.locator("#ck-dialog-body")
    dialog.locator("select[name=departments]").select_option(label="仓储部", force=True)
    dialog.locator("button[type=submit]").click()
    expect(leader.get_by_text("征求意见：")).to_be_visible(timeout=PATIENCE)
    leader.locator("textarea[name$=comment]").first.fill("请写明接待量和转化。")
    leader.locator("button[name=decision][value=return]").click()
    expect(leader.get_by_text("已退回补充").first).to_be_visible(timeout=PATIENCE)

    # --- completed, it comes back and is rated, each item with its words
    newcomer.goto(stage.url("/"))
    newcomer.get_by_role("link", name="我的转正").click()
    _shows(newcomer, "补充后重新提交")
    newcomer.get_by_role("link", name="补充后重新提交").click()
    expect(newcomer.get_by_text("请写明接待量和转化。")).to_be_visible(timeout=PATIENCE)
    newcomer.fill("textarea[name=performance]", "两个月接待 900 位客户，下单率 31%。")
    newcomer.check("input[name=declared]")
    newcomer.get_by_role("button", name="提交").click()
    expect(newcomer.get_by_text("审批中").first).to_be_visible(timeout=PATIENCE)
    _open(leader, stage, "冯琳")
    for rating in leader.locator(".ck-rateform select").all():
        rating.select_option("4")
    for words in leader.locator(".ck-rateform textarea").all():
        words.fill("符合要求")
    leader.locator("button[name=decision][value=approve]").click()
    expect(leader.get_by_text("已记下。")).to_be_visible(timeout=PATIENCE)

    # --- the head of the department signs, the warehouse gives its opinion
    head = sign_in(browser, stage, "zhanghui")
    _open(head, stage, "冯琳")
    head.locator("textarea[name$=signed]").fill("同意转正")
    head.locator("button[name=decision][value=approve]").click()
    expect(head.get_by_text("已记下。")).to_be_visible(timeout=PATIENCE)
    warehouse = sign_in(browser, stage, "shenwei")
    _agree(warehouse, stage, "冯琳")

    # --- personnel sees every former step on one page and decides
    _open(hr, stage, "冯琳")
    for words in ("两个月接待 900 位客户", "同意转正", "符合要求", "沈伟"):
        expect(hr.get_by_text(words).first).to_be_visible(timeout=PATIENCE)
    hr.locator("input[name=outcome][value=pass]").check()
    hr.locator("input[name$=pay_scheme]").fill("正式售前方案")
    # one day absent without leave is on record: who passes somebody all the same says why
    hr.locator("textarea[name$=overrule]").fill("家里有急事，事后补了说明。")
    hr.get_by_role("button", name="提交结论").click()
    _shows(hr, "已通过")

    # --- and the newcomer is told
    newcomer.goto(stage.url("/notices/"))
    expect(newcomer.get_by_text("恭喜，您已通过转正")).to_be_visible(timeout=PATIENCE)
    newcomer.get_by_text("恭喜，您已通过转正").click()
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
