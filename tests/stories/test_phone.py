"""On the way: the desk and the board with one hand, at 390 px."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, expect

from bench.stage import Stage

from .people import PATIENCE, sign_in


@pytest.mark.requirement("X7")
def test_an_agent_answers_on_the_phone(installation: Stage, browser: Browser) -> None:
    stage = installation
    public = json.loads(stage.script("tests.stories.ask", "key", "yijing-us-web"))["key"]
    buyer = browser.new_context(locale="en-US").new_page()
    buyer.goto(stage.url(f"/chat/{public}/"))
    buyer.fill("[data-body]", "Which adapter do I need?")
    buyer.press("[data-body]", "Enter")

    page = sign_in(browser, stage, "jason", width=390)
    page.goto(stage.url("/desk/"))
    page.locator(".ck-seg").get_by_role("link", name="排队").click()
    row = page.locator(".ck-conv", has_text="Which adapter").first
    expect(row).to_be_visible(timeout=PATIENCE)
    row.click()
    thread, side = page.locator("#desk-thread"), page.locator("#desk-side")
    expect(thread).to_contain_text("Which adapter")
    expect(row).to_be_hidden()
    expect(side).to_be_hidden()
    page.get_by_role("link", name="客户与订单").click()
    expect(side).to_be_visible()
    side.get_by_role("link", name="关闭").click()
    expect(side).to_be_hidden()
    page.get_by_role("link", name="返回队列").click()
    expect(page.locator(".ck-conv").first).to_be_visible()


@pytest.mark.requirement("X7", "O4")
def test_a_supervisor_reads_the_board_on_the_phone(installation: Stage, browser: Browser) -> None:
    page = sign_in(browser, installation, "zhanghui", width=390)
    page.goto(installation.url("/board/"))
    expect(page.get_by_role("heading", name="实时看板")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
