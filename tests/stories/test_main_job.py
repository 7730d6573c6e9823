"""The main job: a customer writes, the right person answers beside the real order."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.stage import ROOT, Stage
from tests import mailservers

from .people import PATIENCE, sign_in

DATA = ROOT.parent / "shared" / "data" / "online-retail-2010-12.csv"
INVOICE = "536365"
BUYER = "buyer17850@mail.example"

pytestmark = [pytest.mark.browser, pytest.mark.data]


def _ask(stage: Stage, *words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(stage.script("tests.stories.ask", *words))
    return answer


def _go_online(page: Page, stage: Stage) -> None:
    page.goto(stage.url("/desk/"))
    page.locator("#desk-presence summary").click()
    page.locator("#desk-presence button[value=online]").click()
    expect(page.locator("#desk-presence .ck-dot--on").first).to_be_visible(timeout=PATIENCE)


def _import(stage: Stage, path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [
            sys.executable, "-m", "cangke.cli", "import", "orders", str(path),
            "--set", "shop=yijing-us", "--json",
        ],
        env=stage.environment, cwd=stage.data, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.requirement("A1", "A4", "A5", "B1", "B2", "C1", "C10")
def test_a_buyer_is_served_on_both_sides_of_the_line(installation: Stage, browser: Browser) -> None:
    if not DATA.exists():
        pytest.skip(f"{DATA.name} is not beside the project")
    stage = installation

    # --- the shop's real orders come in, none silently dropped
    taken = _import(stage, DATA)
    assert taken["lines_in"] == taken["taken"] + taken["unchanged"] + taken["refused"]
    assert taken["taken"] > 30_000

    # --- two agents are there, one on each side of 已发货
    pre_sales = sign_in(browser, stage, "jason")
    _go_online(pre_sales, stage)

    # --- a buyer opens the chat and asks about an order
    public = _ask(stage, "key", "yijing-us-web")["key"]
    buyer = browser.new_context(locale="en-US").new_page()
    buyer.set_default_timeout(PATIENCE)
    buyer.goto(stage.url(f"/chat/{public}/"))
    buyer.locator("[data-who] summary").click()
    buyer.fill("input[name=email]", BUYER)
    buyer.fill("[data-body]", f"Hello, when does my order {INVOICE} leave?")
    buyer.press("[data-body]", "Enter")

    # the greeting is there at once, marked automatic; the customer still waits for a person
    expect(buyer.locator(".ck-said--auto").first).to_be_visible(timeout=PATIENCE)
    row = pre_sales.locator(".ck-conv", has_text=INVOICE).first
    expect(row).to_be_visible(timeout=PATIENCE)
    turns = _ask(stage, "talks", INVOICE)["conversations"][0]["turns"]
    assert [turn["state"] for turn in turns] == ["open"]

    # --- the agent opens it beside the order, flags the order and answers
    row.click()
    panel = pre_sales.locator("#orders-panel")
    expect(panel.locator(".ck-order__no")).to_have_text(INVOICE, timeout=PATIENCE)
    panel.locator("[name=other]").fill("Leave at the back door")
    panel.locator("form.ck-remark button[type=submit]").click()
    expect(pre_sales.locator("#orders-panel .ck-remarkline")).to_contain_text(
        "Leave at the back door", timeout=PATIENCE
    )
    composer = pre_sales.locator("[data-desk-composer] textarea")
    composer.fill("It leaves today before 18:00.")
    composer.press("Enter")
    expect(buyer.get_by_text("It leaves today before 18:00.")).to_be_visible(timeout=PATIENCE)
    facts = _ask(stage, "talks", INVOICE)
    assert facts["flag"] == "red"
    first = facts["conversations"][0]
    assert (first["stage"], first["agent"]) == ("presale", "刘杰森")
    assert [turn["state"] for turn in first["turns"]] == ["answered"]

    # --- the order ships; the buyer's next message goes to after-sales with the hand-over mark
    after_sales = sign_in(browser, stage, "maria")
    _go_online(after_sales, stage)
    _ask(stage, "ship", INVOICE)
    expect(pre_sales.locator(".ck-ev--seg").first).to_be_visible(timeout=PATIENCE)
    buyer.fill("[data-body]", "Thanks! Can you send the tracking number?")
    buyer.press("[data-body]", "Enter")
    handed = after_sales.locator(".ck-conv", has_text=INVOICE).first
    expect(handed).to_be_visible(timeout=PATIENCE)
    handed.click()
    expect(after_sales.locator(".ck-ev--seg").first).to_be_visible(timeout=PATIENCE)
    after_sales.locator("[data-desk-composer] textarea").fill("It is GB123456789.")
    after_sales.locator("[data-desk-composer] textarea").press("Enter")
    expect(buyer.get_by_text("It is GB123456789.")).to_be_visible(timeout=PATIENCE)
    second = _ask(stage, "talks", INVOICE)["conversations"][0]
    assert (second["stage"], second["agent"]) == ("aftersale", "玛丽亚")

    # --- the same buyer writes by real e-mail and is the same customer
    with mailservers.mail_servers() as (imap, smtp):
        _ask(
            stage, "mailbox", "yijing-us-email", mailservers.USER, mailservers.PASSWORD,
            str(imap.port), str(smtp.port),
        )  # fmt: skip
        mail = EmailMessage()
        mail["From"], mail["To"] = BUYER, mailservers.USER
        mail["Subject"], mail["Message-ID"] = f"Order {INVOICE}", "<story-1@mail.example>"
        mail.set_content(f"One more thing about {INVOICE}: the invoice, please.")
        imap.put(mail.as_bytes())
        deadline = time.monotonic() + 60
        found: dict[str, Any] = {}
        while time.monotonic() < deadline and not found.get("conversations"):
            time.sleep(0.5)
            found = _ask(stage, "mails", BUYER)
        assert found["conversations"], "the mail did not arrive"
        assert found["customer"] == second["customer"]

    # --- board and report count people's replies only
    boss = sign_in(browser, stage, "admin")
    boss.goto(stage.url("/board/"))
    expect(boss.locator(".ck-kpi").first).to_be_visible(timeout=PATIENCE)
    # By the day of the channel's site, which may still be yesterday for whoever reads.
    boss.goto(stage.url("/reports/service/turns/first_response/?period=week"))
    expect(boss.get_by_text(second["number"]).first).to_be_visible(timeout=PATIENCE)
    for turn in second["turns"]:
        if turn["state"] == "answered":
            assert turn["customer_ms"] > 0
