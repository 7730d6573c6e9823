"""A buyer at home: the chat page, the chat in a shop's page, a dropped line, an evening."""

from __future__ import annotations

import functools
import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from bench.stage import Stage

pytestmark = pytest.mark.browser
SEED = "tests.stories.seeds.visitor"


class Shop:
    """A shop's own web site on another origin, and the installation behind its chat."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        handler = functools.partial(Quiet, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.keys: dict[str, str] = json.loads(stage.script(SEED, "chats", self.origin))
        script = stage.url(f"/widget/{self.keys['open']}.js")
        (folder / "index.html").write_text(
            f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>小店</title>'
            f'<h1>小店</h1><script src="{script}" async></script></html>',
            encoding="utf-8",
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def chat(self, which: str = "open") -> str:
        return self.stage.url(f"/chat/{self.keys[which]}/")

    def answer(self, body: str) -> None:
        self.stage.script(SEED, "answer", body)

    def said(self) -> list[str]:
        found: list[str] = json.loads(self.stage.script(SEED, "bodies"))
        return found

    def end(self) -> None:
        self.stage.script(SEED, "end")

    def ratings(self) -> list[list[Any]]:
        found: list[list[Any]] = json.loads(self.stage.script(SEED, "ratings"))
        return found


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name it has there
        """Say nothing."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    stage = Stage(os.environ.get("CANGKE_TEST_BACKEND", "sqlite"))
    assert stage.run("migrate").returncode == 0
    try:
        with stage.serving(front=True):
            shop = Shop(stage, tmp_path_factory.mktemp("shop"))
            yield shop
            shop.server.shutdown()
    finally:
        stage.remove()


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "zh-CN", "viewport": {"width": 390, "height": 844}}


@pytest.fixture
def faults(page: Page) -> list[str]:
    """What the browser complains about: nothing is expected."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if line.type == "error" else None)
    page.on("dialog", lambda dialog: found.append(f"dialog: {dialog.message}"))
    return found


def write(page: Any, body: str) -> None:
    page.locator("#ck-body").fill(body)
    page.locator("#ck-body").press("Enter")


@pytest.mark.requirement("A1", "A4")
def test_a_buyer_asks_and_hears_the_answer_within_seconds(
    shop: Shop, page: Page, faults: list[str]
) -> None:
    page.goto(shop.chat())
    expect(page.get_by_text("您好，欢迎咨询")).to_be_visible()
    write(page, "请问发货了吗？<img src=x onerror=alert(1)>")
    expect(page.locator("[data-id]", has_text="请问发货了吗？")).to_contain_text("已送达")
    shop.answer("今天下午发出。")
    expect(page.locator("[data-id]", has_text="今天下午发出。")).to_be_visible(timeout=5000)
    expect(page.get_by_text("内部备注")).to_have_count(0)
    expect(page.locator("[data-id]", has_text="请问发货了吗？")).to_contain_text("已读")
    page.reload()
    expect(page.locator("[data-id]", has_text="今天下午发出。")).to_be_visible()
    assert not faults


@pytest.mark.requirement("G7")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_buyer_is_told_of_the_end_and_says_how_it_was(
    shop: Shop, page: Page, faults: list[str], scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(shop.chat())
    write(page, "退款到了吗？")
    expect(page.locator("[data-id]", has_text="退款到了吗？")).to_be_visible()
    shop.answer("今天到账。")
    expect(page.locator("[data-id]", has_text="今天到账。")).to_be_visible(timeout=5000)
    shop.end()
    asked = page.get_by_role("region", name="对话已结束")
    expect(asked).to_be_visible(timeout=5000)
    asked.get_by_label("满意", exact=True).check(force=True)
    asked.get_by_label("想说的话（可不填）").fill(f"回得快（{scheme}）")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    asked.get_by_role("button", name="提交评价").click()
    expect(asked).to_contain_text("您评了 4 分，谢谢！")
    assert shop.ratings()[-1] == [4, f"回得快（{scheme}）"]
    write(page, "还有一件事")
    expect(asked).to_have_count(0)
    expect(page.locator("[data-id]", has_text="还有一件事")).to_be_visible()
    assert not faults


@pytest.mark.requirement("A1")
def test_nothing_typed_is_lost_when_the_line_drops(
    shop: Shop, page: Page, context: BrowserContext
) -> None:
    page.goto(shop.chat())
    write(page, "第一句")
    expect(page.locator("[data-id]", has_text="第一句")).to_be_visible()
    context.set_offline(True)
    write(page, "断网时写的")
    expect(page.get_by_role("alert")).to_contain_text("连上后自动发送")
    page.locator("#ck-body").fill("写了一半")
    context.set_offline(False)
    expect(page.locator("[data-id]", has_text="断网时写的")).to_be_visible(timeout=10_000)
    page.reload()
    assert page.locator("#ck-body").input_value() == "写了一半"
    assert shop.said().count("断网时写的") == 1


def test_what_could_not_be_sent_goes_out_after_the_page_was_closed(
    shop: Shop, page: Page, context: BrowserContext
) -> None:
    page.goto(shop.chat())
    write(page, "先说一句")
    expect(page.locator("[data-id]", has_text="先说一句")).to_be_visible()
    page.route(
        "**/chat/**",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    write(page, "关页之前写的")
    expect(page.locator(".is-waiting", has_text="关页之前写的")).to_be_visible()
    page.close()
    again = context.new_page()
    again.goto(shop.chat())
    expect(again.locator("[data-id]", has_text="关页之前写的")).to_be_visible(timeout=10_000)
    assert shop.said().count("关页之前写的") == 1


@pytest.mark.requirement("A1")
def test_the_chat_opens_in_the_shops_page_and_counts_what_was_not_read(
    shop: Shop, page: Page, context: BrowserContext, faults: list[str]
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(shop.origin)
    button = page.get_by_role("button", name="在线客服")
    expect(button).to_be_visible()
    button.click()
    frame = page.frame_locator("iframe")
    write(frame, "从小店页面来的")
    expect(frame.locator("[data-id]", has_text="从小店页面来的")).to_be_visible()
    frame.locator("#ck-body").press("Escape")
    expect(page.locator("iframe")).to_be_hidden()
    shop.answer("小店您好。")
    unread = page.get_by_role("button", name="1 条新消息")
    expect(unread).to_be_visible(timeout=5000)
    page.reload()
    expect(page.get_by_role("button", name="1 条新消息")).to_be_visible(timeout=5000)
    page.get_by_role("button", name="在线客服").click()
    expect(page.frame_locator("iframe").get_by_text("小店您好。")).to_be_visible()
    page.get_by_role("button", name="关闭对话").last.click()
    expect(page.get_by_role("button", name="在线客服", exact=True)).to_be_visible()
    # No cookie was needed in the frame.
    assert context.cookies() == []
    assert [line for line in faults if "favicon" not in line and "404" not in line] == []


def test_a_site_that_is_not_listed_gets_no_chat(shop: Shop, page: Page, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        f'<!doctype html><title>x</title><iframe src="{shop.chat()}?embed=1"></iframe>',
        encoding="utf-8",
    )
    handler = functools.partial(Quiet, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    page.wait_for_timeout(800)
    expect(page.frame_locator("iframe").locator("#ck-body")).to_have_count(0)
    server.shutdown()


@pytest.mark.requirement("A25")
def test_in_the_evening_the_buyer_leaves_an_address(shop: Shop, page: Page) -> None:
    page.goto(shop.chat("closed"))
    expect(page.get_by_role("region", name="服务时间")).to_be_visible()
    write(page, "有人吗？")
    expect(page.get_by_label("邮箱")).to_be_focused()
    assert "有人吗？" not in shop.said()
    page.get_by_label("邮箱").fill("fish@example.com")
    page.locator(".ck-write__send").click()
    expect(page.locator("[data-id]", has_text="有人吗？")).to_be_visible()
    assert shop.said().count("有人吗？") == 1


def test_without_javascript_the_page_is_a_form(
    shop: Shop, browser: Any, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(shop.chat())
    page.locator("#ck-body").fill("没有脚本也能写")
    page.locator(".ck-write__send").click()
    expect(page.locator("[data-id]", has_text="没有脚本也能写")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_public_pages_can_be_read_by_everybody(
    shop: Shop, browser: Any, browser_context_args: dict[str, Any], scheme: str, width: int
) -> None:
    size = {"width": width, "height": 800}
    context = browser.new_context(
        **{
            **browser_context_args,
            "viewport": size,
            "color_scheme": scheme,
            # Colours are judged when they stand, not while they fade in.
            "reduced_motion": "reduce",
        }
    )
    page = context.new_page()
    addresses = [
        shop.chat(),
        shop.chat() + "?lang=en",
        shop.chat("closed"),
        shop.stage.url("/track/"),
    ]
    for address in addresses:
        page.goto(address)
        if address == shop.chat():
            write(page, "看得清吗")
            expect(page.locator("[data-id]", has_text="看得清吗").first).to_be_visible()
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
