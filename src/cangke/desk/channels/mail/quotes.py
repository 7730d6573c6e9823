"""Where the writer's own words end and the quoted mail begins; nothing is cut away."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADS = (
    re.compile(
        r"(on|le|am|el|il|op)\b.{5,300}(wrote|a écrit|schrieb|escribió|ha scritto|schreef)\s*:",
        re.IGNORECASE,
    ),
    re.compile(r"(在|于|\d{4}).{0,200}(写道|寫道|编写|写到)\s*[:：]"),
    re.compile(
        r"-{2,}\s*(original message|forwarded message|原始邮件|原始郵件|转发邮件|回复的原邮件)"
        r".{0,20}",
        re.IGNORECASE,
    ),
    re.compile(r"_{10,}"),
)
_CUE = re.compile(r"(on|le|am|el|il|op)\b|在|于|\d{4}|--|__", re.IGNORECASE)
_FIELD = re.compile(
    r"\W{0,3}(from|sent|to|subject|date|cc|发件人|收件人|发送时间|日期|主题|抄送)\W{0,3}[:：]",
    re.IGNORECASE,
)
LONGEST_HEAD = 3  # lines a quoting head may be wrapped over
MOST_LINES = 3000


def quote_start(text: str) -> int:
    """
    Return the position at which quoted text begins; the length of the text if nothing is quoted.

    A quotation above everything else (answers below or between) is not split off.
    """
    lines = text.splitlines(keepends=True)
    bare = [line.strip() for line in lines]
    tail = len(bare)
    while tail and (not bare[tail - 1] or bare[tail - 1].startswith(">")):
        tail -= 1
    for number in range(min(len(lines), MOST_LINES)):
        at_tail = number >= tail and bare[number].startswith(">")
        if at_tail or _is_head(bare, number):
            position = sum(map(len, lines[:number]))
            return position if text[:position].strip() else len(text)
    return len(text)


def _is_head(bare: Sequence[str], number: int) -> bool:
    line = bare[number]
    if not line or len(line) > 300:
        return False
    if _CUE.match(line):
        for length in range(1, LONGEST_HEAD + 1):
            head = " ".join(bare[number : number + length]).strip()
            if any(pattern.fullmatch(head) for pattern in _HEADS):
                return True
    if _FIELD.match(line):
        following = [each for each in bare[number : number + 6] if each]
        return sum(bool(_FIELD.match(each)) for each in following) >= 3
    return False
