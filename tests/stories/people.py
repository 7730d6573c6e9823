"""The people of the demonstration company at their browsers."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from bench.stage import Stage
from cangke.demo.company import PASSWORD

PATIENCE = 20_000  # ms; figures are measured by the bench, never here


def sign_in(
    browser: Browser, stage: Stage, username: str, *, width: int = 1440, locale: str = "zh-CN"
) -> Page:
    """Sign in as somebody, at a desk or (``width=390``) with a phone, in the browser's language."""
    size = {"width": width, "height": 844 if width < 640 else 900}
    page = browser.new_context(locale=locale, viewport=size).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(stage.url("/account/login/"))
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(stage.url("/"))
    return page
