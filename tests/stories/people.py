"""The people of the demonstration company at their browsers."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext
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


class Says:
    """A language and what the pages say in it: the texts of the catalogue, by their Chinese."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def __call__(self, text: str, **values: str) -> str:
        with translation.override("en" if self.locale.startswith("en") else "zh-hans"):
            said = gettext(text)
        return said % values if values else said


CHINESE, ENGLISH = Says("zh-CN"), Says("en-US")
