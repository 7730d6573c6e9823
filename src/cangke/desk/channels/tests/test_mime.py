"""Any mail at all is read within bounds: text, senders, files, and what no person wrote."""

import email.mime.multipart
import email.mime.text
import time
from pathlib import Path

import pytest

from cangke.desk.channels.mail.headers import header_text
from cangke.desk.channels.mail.mime import (
    MOST_PARTS,
    MailUnsafe,
    digest_of,
    parse_mail,
)
from cangke.desk.channels.mail.quotes import quote_start

from .factories import letter

HERE = Path(__file__).parent


def mail(headers: str, body: str | bytes = "hello") -> bytes:
    data = body.encode() if isinstance(body, str) else body
    return headers.strip().encode() + b"\n\n" + data


def test_a_plain_mail_is_read():
    parsed = parse_mail(letter("你好\n第二行", References="<a@x> <b@y>", In_Reply_To="<b@y>"))
    assert parsed.from_address == "fish@example.com"
    assert parsed.from_name == "小鱼妈妈"
    assert parsed.subject == "包裹"
    assert parsed.text == "你好\n第二行"
    assert parsed.references == ("a@x", "b@y")
    assert parsed.automatic == ""


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("x-nobody-knows", "破损".encode("gb18030"), "破损"),
        ("x-nobody-knows", b"caf\xe9 \xff\xfe\xfd", None),
        ("gb2312", "囍镕".encode("gb18030"), "囍镕"),
        ("utf-8", "破损".encode("gbk"), "破损"),
        ("", "破损".encode(), "破损"),
        ("iso-8859-1", b"caf\xe9", "café"),
    ],
)
def test_an_unknown_or_wrong_charset_is_guessed_and_never_fatal(charset, body, text):
    """Design security 47: unknown charsets."""
    head = f"From: a@b.example\nContent-Type: text/plain; charset={charset}"
    parsed = parse_mail(mail(head, body))
    assert parsed.text
    if text is not None:
        assert parsed.text == text
    parsed.text.encode("utf-8")


@pytest.mark.parametrize(
    "sender",
    ["", "undisclosed", "<>", "a b c", '"<x', "@", "=?utf-8?b?////?=", "a@b@c@d"],
)
def test_a_sender_nobody_can_answer_is_no_sender(sender):
    assert parse_mail(mail(f"From: {sender}\nSubject: x")).from_address == ""


def test_a_coded_name_cannot_pose_as_an_address():
    head = (
        "From: =?utf-8?q?service=40shop=2Eexample_=3Cservice=40shop=2Eexample=3E?= <evil@x.example>"
    )
    parsed = parse_mail(mail(head), own=frozenset({"service@shop.example"}))
    assert parsed.from_address == "evil@x.example"
    assert parsed.automatic == ""


def test_line_breaks_and_hidden_signs_leave_a_header():
    assert header_text("=?utf-8?q?a=0D=0ABcc=3A_x=40y?=") == "aBcc: x@y" or "\n" not in header_text(
        "=?utf-8?q?a=0D=0ABcc=3A_x=40y?="
    )
    assert "\u202e" not in header_text("=?utf-8?b?" + "4oCuZXhl" + "?=")
    assert len(header_text("x" * 100_000)) <= 4000


def test_two_hundred_nested_parts_are_refused_and_not_read():
    """Design security 47: nested parts."""
    inner: email.mime.multipart.MIMEMultipart | email.mime.text.MIMEText
    inner = email.mime.text.MIMEText("deep")
    for _level in range(200):
        outer = email.mime.multipart.MIMEMultipart()
        outer.attach(inner)
        inner = outer
    inner["From"] = "a@b.example"
    with pytest.raises(MailUnsafe, match="nested"):
        parse_mail(inner.as_bytes())


def test_ten_thousand_parts_cost_little_and_a_hundred_are_taken():
    """Design security 47: many parts."""
    part = b"--x\nContent-Type: application/octet-stream\n\nabc\n"
    head = "From: a@b.example\nContent-Type: multipart/mixed; boundary=x"
    started = time.monotonic()
    parsed = parse_mail(mail(head, part * 10_000 + b"--x--\n"))
    assert time.monotonic() - started < 10
    assert len(parsed.parts) == MOST_PARTS
    assert parsed.left_out == 10_000 - MOST_PARTS


@pytest.mark.parametrize(
    "body",
    [
        b"!!!not base64 at all!!!",
        b"QUJD" * 100 + b"=",
        b"\x00\x01\x02\xff" * 1000,
        b"a" * 5_000_000,
    ],
)
@pytest.mark.parametrize("coding", ["base64", "quoted-printable", "x-uuencode", "8bit", "nonsense"])
def test_broken_bodies_are_read_as_far_as_they_go(coding, body):
    head = f"From: a@b.example\nContent-Type: text/plain\nContent-Transfer-Encoding: {coding}"
    parsed = parse_mail(mail(head, body))
    assert "\x00" not in parsed.text
    assert len(parsed.text) <= 100_000


def test_of_alternatives_the_text_is_kept_and_the_html_beside_it():
    raw = mail(
        "From: a@b.example\nContent-Type: multipart/alternative; boundary=x",
        "--x\nContent-Type: text/plain\n\nwords\n"
        "--x\nContent-Type: text/html\n\n<b>words</b>\n--x--",
    )
    parsed = parse_mail(raw)
    assert (parsed.text, parsed.html.strip()) == ("words", "<b>words</b>")


def test_files_are_found_with_their_names_and_what_the_html_calls_them():
    raw = mail(
        "From: a@b.example\nContent-Type: multipart/related; boundary=x",
        "--x\nContent-Type: text/html\n\n<img src='cid:pic@1'>\n"
        "--x\nContent-Type: image/png\nContent-ID: <pic@1>\n\nabc\n"
        "--x\nContent-Type: application/pdf\n"
        "Content-Disposition: attachment; filename*=utf-8''%E5%8D%95%E6%8D%AE.pdf\n\nabc\n"
        "--x\nContent-Type: message/rfc822\n\nFrom: c@d.example\nSubject: in\n\ninner\n--x--",
    )
    parts = parse_mail(raw).parts
    assert [part.content_id for part in parts] == ["pic@1", "", ""]
    assert parts[1].name == "单据.pdf"
    assert parts[2].name.endswith(".eml")
    assert b"inner" in parts[2].data


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: auto-generated; x=y", True),
        ("Auto-Submitted: no", False),
        ("X-Auto-Response-Suppress: All", True),
        ("Precedence: bulk", True),
        ("List-Id: <a.b>", True),
        ("List-Unsubscribe: <mailto:x@y>", True),
        ("X-Autoreply: yes", True),
        ("Return-Path: <>", True),
        ("Subject: 自动回复：我在休假", True),
        ("Subject: Automatic reply: away", True),
        ("Subject: =?utf-8?b?6Ieq5Yqo5Zue5aSNOiB4?=", True),
        ("Subject: 请问自动回复怎么设置", False),
        ("Precedence: first-class", False),
    ],
)
@pytest.mark.requirement("A5")
def test_mail_that_no_person_wrote_is_known(header, automatic):
    parsed = parse_mail(mail(f"From: a@b.example\n{header}"))
    assert bool(parsed.automatic) is automatic


def test_daemons_and_our_own_addresses_are_no_customers():
    assert parse_mail(mail("From: MAILER-DAEMON@mx.example")).automatic
    own = frozenset({"service@shop.example"})
    assert parse_mail(mail("From: Service@Shop.example"), own=own).automatic == "own address"


def test_a_delivery_report_names_the_mail_it_is_about():
    raw = mail(
        "From: mailer-daemon@mx.example\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        "--x\nContent-Type: text/plain\n\nSorry.\n"
        "--x\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; Fish@example.com\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\n"
        "--x\nContent-Type: text/rfc822-headers\n\n"
        "Message-ID: <c.1.2.abc@shop.example>\nSubject: x\n\n--x--",
    )
    report = parse_mail(raw).report
    assert report is not None
    assert report.failed
    assert report.recipient == "fish@example.com"
    assert report.message_id == "c.1.2.abc@shop.example"
    assert "no such user" in report.diagnostic


def test_a_delay_is_not_a_failure():
    raw = mail(
        "From: mailer-daemon@mx.example\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        "--x\nContent-Type: message/delivery-status\n\n\nAction: delayed\nStatus: 4.4.1\n--x--",
    )
    report = parse_mail(raw).report
    assert report is not None
    assert not report.failed


def test_two_copies_are_one_mail_and_two_mails_never_are():
    one = letter("a")
    traced = b"Received: from x\r\nX-Spam: no\r\n" + one
    assert digest_of(one) == digest_of(traced)
    same_id = "<same@example.com>"
    first, second = letter("a", Message_ID=same_id), letter("b", Message_ID=same_id)
    assert digest_of(first) != digest_of(second)
    nameless = mail("From: a@b.example\nSubject: x", "same")
    assert digest_of(nameless) != digest_of(b"Received: later\n" + nameless)


def test_a_message_id_of_two_kilobytes_is_cut_and_an_absent_one_is_empty():
    """Design security 46: a Message-ID of 2 KB."""
    assert (
        len(parse_mail(mail(f"From: a@b.example\nMessage-ID: <{'x' * 2000}@y>")).message_id) < 1000
    )
    assert parse_mail(mail("From: a@b.example")).message_id == ""
    assert parse_mail(mail("From: a@b.example\nMessage-ID:  ")).message_id == ""


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("好的\n\n在 2026年11月2日，客服 <service@shop.example> 写道：\n> 您好", "好的"),
        ("ok\n\nOn Mon, 2 Nov 2026 at 10:00, Service\n<service@shop.example> wrote:\n> hi", "ok"),
        ("ok\n\n-----Original Message-----\nFrom: x", "ok"),
        ("ok\n\n------------------ 原始邮件 ------------------\n发件人: x", "ok"),
        ("ok\n\n发件人: 客服\n发送时间: 今天\n收件人: 我\n主题: 包裹\n\n您好", "ok"),
        ("ok\n> a\n> b\n", "ok"),
        ("> asked\nanswer\n> asked\nanswer", "> asked\nanswer\n> asked\nanswer"),
        ("no quote at all", "no quote at all"),
        ("on the road I wrote: nothing", "on the road I wrote: nothing"),
    ],
)
def test_the_writers_own_words_end_where_the_quote_begins(text, own):
    assert text[: quote_start(text)].strip() == own


def test_looking_for_the_quote_takes_no_time():
    started = time.monotonic()
    quote_start("> x\ny\n" * 30_000)
    quote_start("On " + "a" * 99_000)
    quote_start("在\n" * 50_000)
    assert time.monotonic() - started < 2
