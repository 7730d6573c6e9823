"""The day of an agent, of a leader and of a supervisor at the desk."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from bench.stage import Stage

from .people import CHINESE, ENGLISH, PATIENCE, Says, sign_in

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("say", [CHINESE, ENGLISH], ids=["zh", "en"])
SHANGHAI = ZoneInfo("Asia/Shanghai")


def seed(stage: Stage, *words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(stage.script("tests.stories.seeds.desk", *words))
    return answer


def hired(stage: Stage, role: str) -> tuple[str, str]:
    """Return username and name of somebody who begins today with empty hands."""
    tag = secrets.token_hex(3)
    username, name = f"{role}{tag}", f"{role}-{tag}"
    seed(stage, "hire", username, name)
    return username, name


def presence(page: Page, state: str) -> None:
    page.locator("#desk-presence summary").click()
    page.locator(f"#desk-presence button[value={state}]").click()


def send(page: Page, body: str) -> None:
    text = page.locator("[data-desk-composer] textarea")
    text.fill(body)
    text.press("Enter")
    expect(text).to_have_value("", timeout=PATIENCE)


def dialog(page: Page) -> Any:
    return page.locator("dialog[open]")


@LANGUAGES
@pytest.mark.requirement("A7", "A8", "A9", "A19", "A27", "J3", "X12")
def test_an_agents_day(installation: Stage, browser: Browser, say: Says) -> None:
    stage, tag = installation, secrets.token_hex(3)
    username, _name = hired(stage, "agent")
    mate, mate_name = hired(stage, "mate")
    first = seed(stage, "talk", f"顾客{tag}", "这款有现货吗？")

    # --- online: the queue gives the customer who waits
    page = sign_in(browser, stage, username, locale=say.locale)
    page.goto(stage.url("/desk/"))
    presence(page, "online")
    expect(page.locator("#desk-presence .ck-dot--on").first).to_be_visible(timeout=PATIENCE)
    given = page.locator(".ck-conv", has_text=f"顾客{tag}").first
    expect(given).to_be_visible(timeout=PATIENCE)
    given.click()
    text = page.locator("[data-desk-composer]:not(.is-note) textarea")
    expect(text).to_be_visible(timeout=PATIENCE)

    # --- a reply by a script: Enter at once means the best one, and what it asks for is filled in
    text.press_sequentially("/cs")
    text.press("Enter")
    expect(text).not_to_have_value("/cs", timeout=PATIENCE)
    asked = re.findall("【[^【】]+】", text.input_value())
    assert asked
    text.press("Enter")
    expect(page.get_by_text(asked[0]).last).to_be_visible(timeout=PATIENCE)
    lines = seed(stage, "facts", str(first["pk"]))["said"]
    assert ["out", "script"] not in [line[:2] for line in lines]
    for each in asked:
        text.fill(text.input_value().replace(each, "40×60 厘米"))
    text.press("Enter")
    expect(text).to_have_value("", timeout=PATIENCE)
    lines = seed(stage, "facts", str(first["pk"]))["said"]
    assert ["out", "script"] in [line[:2] for line in lines]

    # --- a note for colleagues, and over to one of them; until then the customer is one's own
    page.locator("[data-desk-mode=note]").click()
    send(page, "客户很急，尺寸已核对")
    expect(page.locator(".ck-notebox", has_text="尺寸已核对")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name=say("转接")).click()
    target = dialog(page).locator("select[name=target]")
    value = target.locator("option", has_text=mate_name).first.get_attribute("value") or ""
    target.select_option(value, force=True)
    dialog(page).locator("input[name=reason]").fill("他熟悉这款")
    dialog(page).locator("button[type=submit]").click()
    expect(dialog(page)).to_have_count(0, timeout=PATIENCE)
    assert seed(stage, "facts", str(first["pk"]))["agent"] == _name

    # --- the colleague accepts, answers and ends it with type and result, not without
    other = sign_in(browser, stage, mate, locale=say.locale)
    other.goto(stage.url("/desk/"))
    other.get_by_role("button", name=say("接受")).click()
    expect(other.locator(".ck-notebox", has_text="尺寸已核对")).to_be_visible(timeout=PATIENCE)
    send(other, "尺寸是 40×60 厘米。")
    other.locator(f"a[href='/desk/c/{first['pk']}/close/']").click()
    ending = dialog(other)
    ending.locator("button[type=submit]").click()
    expect(ending.locator(".ck-error").first).to_be_visible(timeout=PATIENCE)
    assert seed(stage, "facts", str(first["pk"]))["state"] != "closed"
    ending.locator("select[name=question_type]").select_option(index=1, force=True)
    ending.locator("select[name=handling_result]").select_option(index=1, force=True)
    ending.locator("button[type=submit]").click()
    expect(other.get_by_text(say("会话已结束。")).first).to_be_visible(timeout=PATIENCE)
    ended = seed(stage, "facts", str(first["pk"]))
    assert (ended["state"], ended["agent"]) == ("closed", mate_name)
    assert ended["type"]
    assert ended["result"]

    # --- going home with a customer in hand: a hand-over note for the next one
    second = seed(stage, "talk", f"晚来{tag}", "明天能发吗？", username)
    page.goto(stage.url("/desk/"))
    presence(page, "offline")
    expect(dialog(page)).to_be_visible(timeout=PATIENCE)
    choices = dialog(page).locator("select[name^=how_]")
    notes = dialog(page).locator("input[name^=note_]")
    for n in range(choices.count()):
        choices.nth(n).select_option("queue", force=True)
        notes.nth(n).fill("等仓库答复发货时间")
    dialog(page).locator("button[type=submit]").click()
    expect(page.locator("#desk-presence .ck-dot--off").first).to_be_visible(timeout=PATIENCE)
    left = seed(stage, "facts", str(second["pk"]))
    assert left["agent"] != _name
    assert "requeued" in [line[3] for line in left["said"]]


@LANGUAGES
@pytest.mark.requirement("B5", "O4", "A23", "A17", "X12")
def test_a_leaders_day(installation: Stage, browser: Browser, say: Says) -> None:
    stage, tag = installation, secrets.token_hex(3)
    absent, absent_name = hired(stage, "ill")
    helper, helper_name = hired(stage, "help")
    talks = [seed(stage, "talk", f"等候{n}{tag}", "有人吗？", absent, "200") for n in range(2)]

    # --- the board shows who has waited too long; reading along marks nothing as read
    page = sign_in(browser, stage, "chenjing", locale=say.locale)
    page.goto(stage.url("/board/"))
    row = page.locator("tr", has_text=absent_name)
    expect(row).to_be_visible(timeout=PATIENCE)
    row.locator("a[href^='/desk/c/']").click()
    expect(page.get_by_text(f"等候0{tag}").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".ck-msg", has_text="有人吗？").first).to_be_visible(timeout=PATIENCE)
    assert seed(stage, "facts", str(talks[0]["pk"]))["unread"] == 1

    # --- both customers go to a colleague at once, with the reason
    page.goto(stage.url("/board/"))
    row.locator("a[href*='/desk/reassign/']").click()
    for each in talks:
        expect(page.get_by_label(each["number"])).to_be_checked()
    page.locator("select[name=agent]").select_option(
        page.locator("select[name=agent] option", has_text=helper_name).get_attribute("value"),
        force=True,
    )
    page.locator("main form [type=submit]").last.click()
    expect(page.locator(".ck-error").first).to_be_visible(timeout=PATIENCE)
    page.locator("input[name=reason]").fill("他身体不适")
    page.locator("main form [type=submit]").last.click()
    page.wait_for_url("**/desk/?scope=team", timeout=PATIENCE)
    for each in talks:
        assert seed(stage, "facts", str(each["pk"]))["agent"] == helper_name
    mate = sign_in(browser, stage, helper, locale=say.locale)
    mate.goto(stage.url(f"/desk/c/{talks[0]['pk']}/"))
    expect(mate.get_by_text("他身体不适").first).to_be_visible(timeout=PATIENCE)
    send(mate, "您好，我来为您处理。")

    # --- the answer is read and scored
    page.goto(stage.url(f"/quality/add/{talks[0]['pk']}/"))
    page.locator("select[name=agent]").select_option(
        page.locator("select[name=agent] option", has_text=helper_name).get_attribute("value"),
        force=True,
    )
    page.locator("[name=reason]").fill("看看交接后的第一句")
    page.get_by_role("button", name=say("开始质检")).click()
    items = page.locator("input[name^=item_]")
    expect(items.first).to_be_visible(timeout=PATIENCE)
    for n in range(items.count()):
        items.nth(n).fill(items.nth(n).get_attribute("max") or "0")
    page.locator("form.ck-form--2 button[type=submit]").click()
    expect(page.get_by_text(say("已评分。")).first).to_be_visible(timeout=PATIENCE)

    # --- the colleague asks for instruction first; the leader decides
    matter = f"赠品能否加送 {tag}"
    mate.goto(stage.url("/approvals/ask/"))
    mate.fill("input[name=title]", matter)
    mate.fill("textarea[name=body]", "客户等了很久，想加送一件赠品。")
    mate.get_by_role("button", name=say("提交"), exact=True).click()
    expect(mate.get_by_role("heading", name=matter)).to_be_visible(timeout=PATIENCE)
    page.goto(stage.url("/approvals/?part=waiting"))
    page.get_by_role("link", name=matter).first.click()
    page.locator("button[name=decision][value=approve]").first.click()
    expect(page.get_by_text(say("已同意。"))).to_be_visible(timeout=PATIENCE)


@LANGUAGES
@pytest.mark.requirement("A12", "B7", "M6", "O5", "P1", "X12")
def test_a_supervisors_day(installation: Stage, browser: Browser, say: Says) -> None:
    stage, tag = installation, secrets.token_hex(3)
    agent, _agent_name = hired(stage, "serve")
    case = seed(stage, "talk", f"投诉{tag}", "我要投诉！", agent)

    # --- home is the supervisor's; the board opens from it
    page = sign_in(browser, stage, "zhanghui", locale=say.locale)
    expect(page.get_by_role("heading", name=say("看板"), exact=True)).to_be_visible()
    page.get_by_role("link", name=say("打开看板")).click()
    expect(page.locator("#board tr", has_text=_agent_name)).to_be_visible(timeout=PATIENCE)

    # --- a figure of the report opens its clause, its turns, and their messages
    page.goto(stage.url("/reports/service/?period=week&basis=taobao"))
    total = int(page.locator(".ck-kpi__v").nth(1).inner_text())
    assert total > 0
    page.locator(".ck-kpis .ck-why").first.click()
    expect(page.get_by_text("A5.11").first).to_be_visible(timeout=PATIENCE)
    link = page.get_by_role("link", name=say("逐条查看"))
    expect(link).to_be_visible(timeout=PATIENCE)
    page.goto(stage.url(link.get_attribute("href") or ""))
    assert "basis=taobao" in page.url
    rows = page.locator("tbody tr")
    expect(rows.first).to_be_visible()
    rows.first.locator("a").first.click()
    expect(page.get_by_role("columnheader", name=say("客户等待起"))).to_be_visible(timeout=PATIENCE)

    # --- a major complaint leaves the agent who marks it: the supervisor serves and ends it
    mate = sign_in(browser, stage, agent, locale=say.locale)
    mate.goto(stage.url(f"/desk/c/{case['pk']}/"))
    send(mate, "非常抱歉，主管会亲自跟进。")
    mate.goto(stage.url(f"/desk/c/{case['pk']}/major/"))
    mate.locator("input[name=reason]").fill("要求赔偿并威胁差评")
    mate.get_by_role("button", name=say("标记"), exact=True).click()
    mate.wait_for_url(lambda url: "/major/" not in url)
    mate.goto(stage.url(f"/desk/c/{case['pk']}/close/"))
    mate.locator("select[name=question_type]").select_option(index=1, force=True)
    mate.locator("select[name=handling_result]").select_option(index=1, force=True)
    mate.get_by_role("button", name=say("结束"), exact=True).click()
    expect(mate.get_by_text(say("重大投诉由主管结束")).first).to_be_visible(timeout=PATIENCE)
    assert seed(stage, "facts", str(case["pk"]))["state"] != "closed"
    page.goto(stage.url(f"/desk/c/{case['pk']}/"))
    expect(page.get_by_text(say("重大投诉")).first).to_be_visible(timeout=PATIENCE)
    reply = page.locator("[data-desk-composer]:not(.is-note) textarea")
    expect(reply).to_be_visible(timeout=PATIENCE)
    send(page, "您好，我是主管，赔偿方案已发到您的邮箱。")
    page.goto(stage.url(f"/desk/c/{case['pk']}/close/"))
    page.locator("select[name=question_type]").select_option(index=1, force=True)
    page.locator("select[name=handling_result]").select_option(index=1, force=True)
    page.get_by_role("button", name=say("结束"), exact=True).click()
    page.wait_for_load_state()
    assert seed(stage, "facts", str(case["pk"]))["state"] == "closed"

    # --- whoever abuses is muted for a time, with the reason; no agent can
    until = timezone.now().astimezone(SHANGHAI) + dt.timedelta(days=1)
    mute = f"/customers/{case['customer']}/mute/"
    mate.goto(stage.url(f"/customers/{case['customer']}/"))
    expect(mate.locator(f"a[href='{mute}']")).to_have_count(0)
    page.goto(stage.url(mute))
    page.locator("input[name=until]").evaluate(
        "(field, value) => { field.value = value }", f"{until:%Y-%m-%d %H:%M}"
    )
    page.locator("input[name=reason]").fill("反复辱骂")
    page.get_by_role("button", name=say("静音"), exact=True).click()
    expect(page.get_by_text("反复辱骂").first).to_be_visible(timeout=PATIENCE)
