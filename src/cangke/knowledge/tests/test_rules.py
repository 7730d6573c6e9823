import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cangke.knowledge import rules
from cangke.knowledge.rules import ScriptContext

SHANGHAI = ZoneInfo("Asia/Shanghai")
KNOWN = ScriptContext(
    customer_name="小鱼妈妈",
    order_number="536365",
    order_promised_at="今天 18:00",
    agent_name="王芳",
)


def filled(text, context=KNOWN):
    return "".join(piece.text for piece in rules.fill(text, context))


def test_variables_are_filled_and_gaps_stay_open():
    text = (
        "{{customer.name}}您好，订单 {{ order.number }} 单号 {{order.tracking_no}}，"
        "{{?补发日期}}补发。"
    )
    assert filled(text) == "小鱼妈妈您好，订单 536365 单号 【运单号】，【补发日期】补发。"
    pieces = rules.fill(text, KNOWN)
    assert [p.text for p in pieces if p.filled] == ["小鱼妈妈", "536365"]
    assert [p.text for p in pieces if p.open] == ["【运单号】", "【补发日期】"]
    assert rules.blanks_of(text) == ["补发日期"]


def test_a_customer_who_calls_himself_a_variable_is_not_read_as_one():
    nasty = ScriptContext(customer_name="{{order.number}}{{?x}}", order_number="536365")
    assert filled("{{customer.name}}您好", nasty) == "{{order.number}}{{?x}}您好"


@given(st.text(max_size=60), st.text(max_size=60))
def test_values_are_put_in_as_they_are(name, number):
    context = ScriptContext(customer_name=name, order_number=number)
    assert filled("{{customer.name}}|{{order.number}}", context) == (
        f"{name or '【客户称呼】'}|{number or '【订单号】'}"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text.empty"),
        ("  \n ", "text.empty"),
        ("{{customer.phone}}", "text.unknown"),
        ("{{ customer.name.__class__ }}", "text.unknown"),
        ("{{config.SECRET_KEY}}", "text.unknown"),
        ("{{}}", "text.unknown"),
        ("{{customer.name", "text.brace"),
        ("customer.name}}", "text.brace"),
        ("{{ {{customer.name}} }}", "text.brace"),
        ("{{?}}", "text.blank"),
        ("{{?" + "长" * 31 + "}}", "text.blank"),
        ("字" * 4001, "text.long"),
        ("{{customer.name}}" * 41, "text.many"),
        ("a\x00b", "text.unprintable"),
    ],
)
def test_a_text_that_cannot_be_filled_is_refused_when_saved(text, code):
    with pytest.raises(rules.BadText) as refused:
        rules.check_text(text)
    assert refused.value.problem.code == code


def test_single_brackets_and_line_breaks_are_words():
    assert rules.check_text(" 第一\r\n{第二} %s ") == "第一\n{第二} %s"
    assert filled("{第二} %(x)s {0}") == "{第二} %(x)s {0}"


@pytest.mark.parametrize(("shortcut", "kept"), [("bf", "bf"), (" BF2 ", "bf2"), ("", "")])
def test_shortcuts(shortcut, kept):
    assert rules.check_shortcut(shortcut) == kept


@pytest.mark.parametrize("shortcut", ["补发", "b f", "a-b", "x" * 13])
def test_bad_shortcuts(shortcut):
    with pytest.raises(rules.BadText):
        rules.check_shortcut(shortcut)


@pytest.mark.parametrize(
    ("at", "language", "words"),
    [
        ("2026-04-18T18:00", "zh-hans", "今天 18:00"),
        ("2026-04-19T09:30", "zh-hans", "明天 09:30"),
        ("2026-05-02T09:30", "zh-hans", "5月2日 09:30"),
        ("2026-04-17T09:30", "zh-hans", "4月17日 09:30"),
        ("2026-04-18T18:00", "en", "18 Apr 18:00"),
    ],
)
def test_a_promise_is_spelled_for_the_customer(at, language, words):
    now = dt.datetime(2026, 4, 18, 12, 0, tzinfo=SHANGHAI)
    moment = dt.datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)
    assert rules.spell_promise(moment, now=now, language=language) == words
