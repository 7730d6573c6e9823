"""Personnel and finance close a month, pay it, and correct it after the lock; both languages."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.stage import Stage

from .people import PATIENCE, sign_in

pytestmark = pytest.mark.browser
SITE = "洛杉矶安大略仓"


def _month(back: int) -> dt.date:
    """The first day of the month so many months ago, by the clock of the site in between."""
    first = dt.datetime.now(tz=dt.UTC).date().replace(day=1)  # noqa: TID251  # a browser story
    for _n in range(back):
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return first


def _shows(page: Page, words: str) -> None:
    """Wait for words that work in the background brings."""
    for _n in range(40):
        if page.get_by_text(words, exact=True).first.is_visible():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text(words, exact=True).first).to_be_visible()


def _calculated(page: Page, stage: Stage, month: dt.date) -> str:
    """Open the run of a month, let it be calculated; return its address."""
    page.goto(stage.url("/pay/runs/new/"))
    page.locator("select[name=site]").select_option(label=SITE, force=True)
    page.fill("input[name=month]", f"{month:%Y-%m}")
    page.get_by_role("button", name="建立").click()
    page.get_by_role("button", name="核算", exact=True).click()
    _shows(page, "已核算")
    return page.url


@pytest.mark.requirement("L1", "L3", "L11", "S6")
def test_a_month_is_closed_paid_and_corrected(installation: Stage, browser: Browser) -> None:
    stage = installation
    before, last = _month(2), _month(1)

    # --- personnel calculates and hands over; who calculated finds no button to lock
    hr = sign_in(browser, stage, "wenjing")
    run = _calculated(hr, stage, before)
    hr.get_by_role("button", name="提交复核").click()
    expect(hr.get_by_text("核算人不能复核自己算的工资，请另一位同事锁定。")).to_be_visible()
    expect(hr.get_by_role("button", name="锁定")).to_have_count(0)

    # --- finance looks and locks
    finance = sign_in(browser, stage, "qianlan")
    finance.goto(run)
    finance.get_by_role("button", name="锁定").click()
    finance.locator("#ck-confirm button[value=yes]").click()
    expect(finance.get_by_text("已锁定，工资条对本人可见。")).to_be_visible(timeout=PATIENCE)

    # --- an agent abroad reads the own slip, asks a figure why, and acknowledges
    maria = sign_in(browser, stage, "maria")
    maria.goto(stage.url("/pay/mine/"))
    expect(maria.get_by_role("heading", name="My payslips").first).to_be_visible()
    maria.get_by_role("link", name=f"{before:%Y-%m}").click()
    maria.get_by_role("link", name="3400.00").click()
    expect(maria.get_by_text("Base pay and daily wage").first).to_be_visible(timeout=PATIENCE)
    maria.keyboard.press("Escape")
    maria.get_by_role("button", name="Acknowledge").click()
    expect(maria.get_by_text("Acknowledged").first).to_be_visible(timeout=PATIENCE)

    # --- the bank's file, then paid
    with finance.expect_download() as download:
        finance.get_by_role("button", name="银行文件").click()
    assert download.value.suggested_filename.endswith(".csv")
    finance.reload()
    finance.get_by_role("link", name="登记发放").click()
    finance.locator("#ck-dialog-body button[type=submit]").click()
    expect(finance.get_by_text("已登记发放，已通知各人。")).to_be_visible(timeout=PATIENCE)

    # --- a raise for the middle of the paid month is entered late
    hr.goto(stage.url("/pay/terms/?q=玛丽亚"))
    hr.get_by_role("link", name="玛丽亚").first.click()
    hr.get_by_role("link", name="登记薪资").click()
    dialog = hr.locator("#ck-dialog-body")
    dialog.locator("input[name=from_date]").evaluate(
        "(field, day) => field._flatpickr ? field._flatpickr.setDate(day) : (field.value = day)",
        f"{before:%Y-%m}-16",
    )
    dialog.locator("input[name=base_pay]").fill("3700")
    dialog.locator("input[name=reason]").fill("调薪，通知晚到")
    dialog.locator("button[type=submit]").click()
    expect(hr.get_by_text("调薪，通知晚到")).to_be_visible(timeout=PATIENCE)

    # --- the next run pays the difference in one line, the paid slip stays as it was
    run = _calculated(hr, stage, last)
    hr.get_by_role("link", name="全部工资条").click()
    hr.get_by_role("link", name="玛丽亚").first.click()
    expect(hr.get_by_text(f"更正 {before:%Y-%m} 底薪")).to_be_visible(timeout=PATIENCE)
    maria.goto(stage.url("/pay/mine/"))
    maria.get_by_role("link", name=f"{before:%Y-%m}").click()
    expect(maria.get_by_role("link", name="3400.00")).to_be_visible(timeout=PATIENCE)

    # --- a leader who looks for the address finds nothing
    leader = sign_in(browser, stage, "emily")
    answer = leader.goto(maria.url)
    assert answer is not None
    assert answer.status == 404
