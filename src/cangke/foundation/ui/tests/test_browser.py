"""The frame in a real browser: keyboard, dialogs, explanations, no violation of the policy."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from checks.browser import find_browser
from tests.factories import make_account

from . import urls

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# An answer of 400 and above is what some tests ask for; browser and htmx both say it aloud.
LOUD = ("Failed to load resource", "Response Status Error")
PASSWORD = "Cangke-2026-demo"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = find_browser()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("a browser is missing: these tests did not run")
        pytest.skip("a browser is missing: these tests did not run")
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "zh-CN"}


@pytest.fixture(scope="session", autouse=True)
def _sync_database() -> Iterator[None]:
    # Playwright keeps an event loop in this thread; the database is used beside it.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def desk(page: Page, live_server: LiveServer) -> Iterator[Page]:
    """A page with somebody signed in; whatever the console complains about fails the test."""
    make_account("hr", username="wangfang", display_name="王芳", password=PASSWORD)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            if said.type == "error" and not said.text.startswith(LOUD)
            else None
        ),
    )
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/account/login/")
    page.fill("input[name=login]", "wangfang")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{live_server.url}/")
    page.base = live_server.url  # type: ignore[attr-defined]  # where the tests' pages are
    yield page
    assert complaints == []


def visit(page: Page, path: str) -> None:
    page.goto(page.base + path)  # type: ignore[attr-defined]  # see the fixture


RULES = ["wcag2a", "wcag2aa", "wcag21aa"]
PAGES = ["", "list/", "form/?kind=errors", "detail/", "charts/", "desk/", "board/", "explain/"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_keep_the_policy_and_can_be_read_by_everybody(desk: Page, theme: str):
    desk.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of the two
    told = []
    for path in PAGES:
        visit(desk, f"/ui/gallery/{path}")
        expect(desk.locator("html")).to_have_attribute("data-bs-theme", theme)
        desk.wait_for_load_state("networkidle")
        found = Axe().run(desk, options={"runOnly": RULES, "resultTypes": ["violations"]})
        told += [
            f"{path} {each['id']}: {node['html'][:160]} {node['failureSummary']}"
            for each in found.response["violations"]
            for node in each["nodes"]
        ]
    assert not told, "\n".join(told)


def test_j_k_x_and_enter_walk_a_list(desk: Page):
    visit(desk, "/ui/gallery/list/")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(desk.locator("tr.is-cur")).to_have_attribute("data-ck-row", "536372")
    expect(desk.locator("[data-ck-chosen]")).to_have_text("已选 1")
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/gallery/detail/")


def test_slash_finds_the_search_box_and_question_mark_lists_the_keys(desk: Page):
    visit(desk, "/ui/gallery/list/")
    desk.keyboard.press("/")
    expect(desk.locator("[data-ck-search]")).to_be_focused()
    desk.keyboard.type("j?")
    expect(desk.locator("[data-ck-search]")).to_have_value("j?")
    desk.locator("h1").click()
    desk.keyboard.press("?")
    expect(desk.locator("#ck-keys")).to_be_visible()
    expect(desk.locator("#ck-keys dl")).to_contain_text("下一行")


def test_typing_in_the_search_narrows_the_list_and_the_address(desk: Page):
    for n in range(7):
        make_account(username=f"clerk{n}")
    visit(desk, "/people/")
    desk.fill("[data-ck-search]", "clerk3")
    expect(desk.locator("[data-ck-row]")).to_have_count(1)
    expect(desk).to_have_url(re.compile("q=clerk3"))
    expect(desk.locator("[data-ck-search]")).to_be_focused()
    desk.reload()
    expect(desk.locator("[data-ck-row]")).to_have_count(1)
    desk.go_back()
    expect(desk.locator("html")).to_have_count(1)


def test_an_explanation_opens_beside_its_figure_and_gives_the_focus_back(desk: Page):
    visit(desk, "/ui/gallery/detail/")
    figure = desk.locator("a.ck-why").first
    figure.click()
    expect(desk.locator("#ck-why")).to_contain_text("责任判定 2.1 迟发")
    expect(figure).to_have_attribute("aria-expanded", "true")
    desk.keyboard.press("Escape")
    expect(desk.locator("#ck-why")).to_be_hidden()
    expect(figure).to_be_focused()


def test_a_form_in_a_dialog_keeps_what_is_typed_when_refused(desk: Page):
    visit(desk, "/ui/gallery/detail/")
    desk.click("aside a[data-ck-dialog-url]")
    dialog = desk.locator("#ck-dialog")
    expect(dialog).to_be_visible()
    dialog.locator("#id_name").fill("小鱼妈妈")
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator(".ck-banner--late")).to_contain_text("没有保存")
    expect(dialog.locator("#id_name")).to_have_value("小鱼妈妈")
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_palette_goes_where_it_is_told(desk: Page):
    visit(desk, "/ui/gallery/")
    desk.keyboard.press("Control+k")
    expect(desk.locator("#ck-palette")).to_be_visible()
    desk.keyboard.type("账户")
    expect(desk.locator("#ck-palette [role=option][aria-selected=true]")).to_contain_text("账户")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/people/")


def test_a_dangerous_press_asks_first_and_a_toast_answers(desk: Page):
    visit(desk, "/ui/gallery/")
    desk.click("text=取消订单")
    expect(desk.locator("#ck-confirm")).to_contain_text("取消订单 536365")
    desk.locator("#ck-confirm button").first.click()
    expect(desk.locator("#ck-confirm")).to_be_hidden()
    desk.click("text=提示（可撤销）")
    expect(desk.locator(".ck-toast--done")).to_contain_text("已追问仓库")
    desk.click("text=拒绝")
    expect(desk.locator(".ck-toast--late")).to_contain_text("这个时间已经过去")


def test_a_double_click_sends_a_form_once(desk: Page):
    visit(desk, "/rename-form/")
    desk.locator("main button[type=submit]").dblclick()
    desk.wait_for_url("**/done/1/")
    assert urls.WORK_DONE == ["新名"]


def test_the_theme_is_switched_at_once_and_kept(desk: Page):
    desk.emulate_media(color_scheme="light")
    visit(desk, "/ui/gallery/")
    with desk.expect_response("**/ui/preferences/"):
        desk.click("[data-ck-theme-toggle]")
    expect(desk.locator("html")).to_have_attribute("data-bs-theme", "dark")
    desk.reload()
    expect(desk.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_login_that_ended_loses_nothing_typed(desk: Page):
    visit(desk, "/ui/gallery/form/")
    desk.fill("#id_name", "小鱼妈妈")
    desk.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    desk.evaluate("htmx.ajax('POST', '/members/', {swap: 'none'})")
    expect(desk.locator("#ck-signed-out")).to_be_visible()
    expect(desk.locator("#id_name")).to_have_value("小鱼妈妈")


SMALL = """() => [...document.querySelectorAll("main :is(button, .ck-btn, .ck-input)")]
    .filter((each) => each.offsetParent && each.type !== "file")
    .filter((each) => each.getBoundingClientRect().height < 36)
    .map((each) => each.outerHTML.slice(0, 90))"""


def test_pages_fit_a_phone(desk: Page):
    desk.set_viewport_size({"width": 390, "height": 844})
    for path in ["", "list/", "form/", "detail/", "charts/"]:
        visit(desk, f"/ui/gallery/{path}")
        desk.wait_for_load_state("networkidle")
        for element in ("document.documentElement", "document.querySelector('main')"):
            assert desk.evaluate(f"{element}.scrollWidth") <= 390, (path, element)
        expect(desk.locator(".ck-tabbar--frame")).to_be_visible()
        assert desk.evaluate(SMALL) == [], path
