"""
A row of ``sync_msg`` in the desk's words: plain Python.

Kinds we do not know yet are shown as what they are; nothing a customer sent is dropped.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FROM_CUSTOMER, FROM_SYSTEM, FROM_STAFF = 3, 4, 5
MEDIA = frozenset({"image", "voice", "video", "file"})
MOST_WORDS = 20_000

# How WeChat itself names a kind in its list of talks.
LABELS: Mapping[str, str] = {
    "image": "[图片]",
    "voice": "[语音]",
    "video": "[视频]",
    "file": "[文件]",
    "location": "[位置]",
    "link": "[链接]",
    "business_card": "[名片]",
    "miniprogram": "[小程序]",
    "msgmenu": "[菜单]",
    "channels_shop_product": "[视频号商品]",
    "channels_shop_order": "[视频号订单]",
    "merged_msg": "[聊天记录]",
    "channels": "[视频号]",
    "meeting": "[会议]",
    "schedule": "[日程]",
    "note": "[笔记]",
}
# What is worth reading of a kind, in this order; numbers among them are left out.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "location": ("name", "address"),
    "link": ("title", "desc", "url"),
    "business_card": ("userid",),
    "miniprogram": ("title", "appid", "pagepath"),
    "msgmenu": ("head_content", "tail_content"),
    "channels_shop_product": ("title", "price", "shop_nickname"),
    "channels_shop_order": ("order_id", "product_titles", "price_wording", "state"),
    "merged_msg": ("title",),
    "channels": ("nickname", "title"),
    "file": ("file_name",),
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a customer said: words (never empty unless there is a file to fetch), and the file."""

    kind: str
    words: str
    media_id: str = ""


def spoken(row: Mapping[str, Any]) -> Spoken:
    """Read a message of a customer or of a colleague."""
    kind = str(row.get("msgtype") or "unknown")[:40]
    given = row.get(kind)
    content: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    if kind == "text":
        return Spoken("text", _cut(content.get("content")) or "…")
    label = LABELS.get(kind, f"[{kind}]")
    parts = [_cut(content.get(name)) for name in FIELDS.get(kind, ())]
    if kind == "location":
        parts.append(_place(content))
    if kind == "merged_msg":
        parts += _lines(content.get("item"))
    media = content.get("media_id") if kind in MEDIA else None
    said = [part for part in parts if part]
    words = " ".join([label, said[0]]) if said else label
    return Spoken(kind, "\n".join([words, *said[1:]])[:MOST_WORDS], str(media or "")[:200])


def cleaned(value: Any) -> Any:
    """Return JSON as a database can keep it: no NUL, no half signs, no numbers that are none."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [cleaned(each) for each in value]
    if isinstance(value, dict):
        return {cleaned(name): cleaned(each) for name, each in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _cut(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return value.strip()[:MOST_WORDS]


def _place(content: Mapping[str, Any]) -> str:
    places = (content.get("latitude"), content.get("longitude"))
    if not all(isinstance(each, int | float) for each in places):
        return ""
    return f"{places[0]}, {places[1]}"


def _lines(items: object) -> list[str]:
    """The lines of a passed-on talk: who said what, as far as it is text."""
    found = []
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, Mapping):
            continue
        inner = item.get("msg_content")
        try:
            inner = json.loads(inner) if isinstance(inner, str) else inner
        except ValueError:
            inner = None
        content: Mapping[str, Any] = inner if isinstance(inner, Mapping) else {}
        said = spoken({"msgtype": item.get("msgtype"), **content}).words
        found.append(f"{_cut(item.get('sender_name'))}: {said}"[:1000])
    return found[:100]
