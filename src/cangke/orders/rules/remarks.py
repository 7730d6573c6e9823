"""The structured remark (C10, C11, AMB-24)."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from .policies import RemarkPolicy
from .states import SHIPPED_STATES

REMARK_SEPARATOR = ","
COMMAS = re.compile(r"\s*[,，]\s*")
BREAKS = re.compile(r"\s*[\r\n\t\v\f\u2028\u2029]+\s*")


def remark_part(text: str, *, policy: RemarkPolicy) -> str:
    """
    Return one part as it stands in the remark (AMB-24).

    Empty becomes ``无``; a comma inside, of either width, becomes ``、``; a remark is one line.
    """
    plain = BREAKS.sub(" ", text).strip(" ,，")
    return COMMAS.sub(policy.inner_comma, plain) if plain else policy.empty_word


def format_remark(
    *,
    logistics: str,
    gift: str,
    other: str,
    author: str,
    at: dt.datetime,
    zone: str,
    policy: RemarkPolicy,
) -> str:
    """
    Return ``物流方式,礼品,其他特殊要求,备注人,备注日期时间`` (C10, remark.format).

    The time is the site's own, to the minute, whatever zone ``at`` is in.

    :raises ValueError: if ``at`` is naive
    """
    if at.tzinfo is None:
        raise ValueError("the time of a remark is an aware instant")
    when = at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    parts = [remark_part(part, policy=policy) for part in (logistics, gift, other, author)]
    return REMARK_SEPARATOR.join([*parts, when])


def is_late_remark(*, state: str, picking_started: bool) -> bool:
    """Whether a remark comes after the warehouse began: it may have missed the goods (C11)."""
    return picking_started or state in SHIPPED_STATES
