"""WeCom's published example of signature and AES, and what does not fit to the letter."""

import pytest

from cangke.desk.channels.wecom import sealed
from cangke.desk.channels.wecom.outgoing import cut
from cangke.desk.channels.wecom.spoken import cleaned, spoken

from .wecom_server import AES_KEY, CORP, TOKEN, seal, signed

KEY = sealed.key_of(AES_KEY)
ECHO = {
    "signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "timestamp": "1409659589",
    "nonce": "263014780",
    "sealed": (
        "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    ),
}
CALL = {
    "signature": "477715d11cdb4164915debcba66cb864d751f3e6",
    "timestamp": "1409659813",
    "nonce": "1372623149",
    "sealed": (
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3Qczc"
        "dCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLj"
        "vd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMn"
        "vw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k"
        "22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2Yoy"
        "yH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
    ),
}


@pytest.mark.parametrize("example", [ECHO, CALL])
def test_the_published_examples_are_signed(example):
    given = dict(example)
    signature = given.pop("signature")
    assert sealed.is_signed(signature, token=TOKEN, **given)
    assert not sealed.is_signed(signature, token="another", **given)
    assert not sealed.is_signed(signature, token="", **given)
    assert not sealed.is_signed(signature[:-1] + "0", token=TOKEN, **given)
    assert not sealed.is_signed("签", token=TOKEN, **given)
    assert not sealed.is_signed(signature, token=TOKEN, **{**given, "nonce": "1"})


def test_the_published_examples_are_opened():
    assert sealed.unseal(ECHO["sealed"], key=KEY, receiver=CORP) == "1616140317555161061"
    told = sealed.read_xml(sealed.unseal(CALL["sealed"], key=KEY, receiver=CORP))
    assert told["ToUserName"] == CORP
    assert (told["FromUserName"], told["Content"]) == ("mycreate", "hello")


def test_a_text_sealed_by_us_comes_back():
    for text in ("", "a", "你好" * 500, "x" * 12):
        assert sealed.unseal(seal(text), key=KEY, receiver=CORP) == text


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("***", "base64"),
        ("", "length"),
        ("AAAA", "length"),
        ("A" * 64, "padding"),
        (seal("hello", receiver="wx0000"), "receiver"),
        (seal("hello", receiver=CORP + "x"), "receiver"),
        (seal("hello", receiver=""), "receiver"),
        (seal("hello", key="A" * 43), "padding"),
        (seal("hello")[:-23], "base64"),
    ],
    ids=range(9),
)
def test_what_was_not_sealed_for_us_is_refused(text, step):
    with pytest.raises(sealed.Sealed) as found:
        sealed.unseal(text, key=KEY, receiver=CORP)
    # Under a wrong key the padding is right once in 256 times; then it is cut or for somebody else.
    assert str(found.value) == step or step == "padding"


@pytest.mark.parametrize("key", ["", "short", "A" * 42, "A" * 44, "A" * 42 + "-", "键" * 43])
def test_only_43_letters_and_digits_are_a_key(key):
    with pytest.raises(sealed.Sealed):
        sealed.key_of(key)


@pytest.mark.parametrize(
    ("stamp", "fresh"),
    [("1000", True), ("700", True), ("699", False), ("1300", True), ("1301", False), ("", False),
     ("-1", False), ("1e3", False), ("１０００", False), ("9" * 13, False)],
)  # fmt: skip
def test_five_minutes_either_way(stamp, fresh):
    assert sealed.is_fresh(stamp, now=1000.0) is fresh


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE xml [<!ENTITY a "aaaa">]><xml><A>&a;</A></xml>',
        '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><A>&a;</A></xml>',
        '<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml/>',
        "<xml><A>&a;</A></xml>",
        "<xml><A></xml>",
        "",
        "<a>" * 20 + "</a>" * 20,
        "<xml><A>" + "x" * sealed.MOST_XML + "</A></xml>",
        b"\xff\xfe\x00",
    ],
)
def test_xml_that_declares_or_bursts_is_refused(text):
    with pytest.raises(sealed.Sealed):
        sealed.read_xml(text)


def test_a_signed_query_is_what_is_checked():
    text = seal("x")
    query = dict(pair.split("=") for pair in signed(text, stamp=5, nonce="n").split("&"))
    assert sealed.is_signed(
        query["msg_signature"], token=TOKEN, timestamp="5", nonce="n", sealed=text
    )


@pytest.mark.parametrize(
    ("row", "words", "media"),
    [
        ({"msgtype": "text", "text": {"content": "<b>在吗</b>"}}, "<b>在吗</b>", ""),
        ({"msgtype": "text", "text": {"content": " "}}, "…", ""),
        ({"msgtype": "image", "image": {"media_id": "m"}}, "[图片]", "m"),
        ({"msgtype": "file", "file": {"media_id": "m", "file_name": "a.pdf"}}, "[文件] a.pdf", "m"),
        (
            {"msgtype": "location", "location": {"name": "广州塔", "address": "海珠区",
             "latitude": 23.1, "longitude": 113.3}},
            "[位置] 广州塔\n海珠区\n23.1, 113.3",
            "",
        ),
        (
            {"msgtype": "link", "link": {"title": "看", "desc": "", "url": "https://x.example"}},
            "[链接] 看\nhttps://x.example",
            "",
        ),
        ({"msgtype": "business_card", "business_card": {"userid": "li"}}, "[名片] li", ""),
        ({"msgtype": "brand_new", "brand_new": {"a": 1}}, "[brand_new]", ""),
        ({"msgtype": "image", "image": "nonsense"}, "[图片]", ""),
        ({"msgtype": 7}, "[7]", ""),
        ({}, "[unknown]", ""),
        (
            {"msgtype": "merged_msg", "merged_msg": {"title": "群聊", "item": [
                {"sender_name": "小鱼", "msgtype": "text",
                 "msg_content": '{"text": {"content": "好"}}'},
                {"sender_name": "海", "msgtype": "image", "msg_content": "{broken"},
                "nonsense",
            ]}},
            "[聊天记录] 群聊\n小鱼: 好\n海: [图片]",
            "",
        ),
    ],
)  # fmt: skip
def test_kinds_are_shown_as_what_they_are(row, words, media):
    said = spoken(row)
    assert (said.words, said.media_id) == (words, media)


def test_json_is_kept_as_a_database_can_keep_it():
    told = {"a": "x\x00y", "b": ["\ud83d"], "c\x00": float("nan"), "d": 1}
    assert cleaned(told) == {"a": "xy", "b": ["?"], "c": None, "d": 1}


def test_long_texts_are_cut_between_lines_and_never_within_a_sign():
    text = "\n".join(["仓" * 300] * 5)
    pieces = cut(text)
    assert "\n".join(pieces) == text
    assert all(len(piece.encode()) <= 2048 for piece in pieces)
    solid = cut("仓" * 2000)
    assert "".join(solid) == "仓" * 2000
    assert cut("  ") == []
