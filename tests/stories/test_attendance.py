"""A supervisor's week, and an evening that went on after its end."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, expect

from bench.stage import Stage

from .people import PATIENCE, sign_in

pytestmark = pytest.mark.browser
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


@pytest.mark.requirement("K2", "K8", "K25", "X12")
def test_a_supervisors_week(installation: Stage, browser: Browser) -> None:
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

    # --- what was published on Monday stays as it was
    page.goto(stage.url("/attendance/weeks/"))
    page.locator("td a[href*='/attendance/weeks/']").first.click()
    expect(page.get_by_text("公布于").first).to_be_visible(timeout=PATIENCE)
