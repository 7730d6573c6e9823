"""The scripts and articles of the demonstration company; their words lie in ``demo.toml``."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources

from cangke.foundation.access.public import Account

from .actions import (
    ArticleDraft,
    ChangeDraft,
    ScriptDraft,
    answer_question,
    ask_question,
    confirm_reading,
    publish_change,
    save_folder,
    use_script,
    write_article,
    write_script,
)
from .models import Script, ScriptFolder

DAYS = 60
MOST_USES = 12


Reply = tuple[str, Account, dt.datetime]  # what the use is for, who sent it, when


def load(rng: random.Random, at: dt.datetime, replies: Sequence[Reply]) -> list[Script]:
    """Write the scripts, each used in some of the replies, and the articles."""
    texts = resources.files(__package__) / "demo.toml"
    given = tomllib.loads(texts.read_text(encoding="utf-8"))
    began = at - dt.timedelta(days=DAYS)
    folders: dict[str, ScriptFolder] = {}
    for each in given["folder"]:
        parent = folders.get(each.pop("parent", ""))
        folders[each["name"]] = save_folder(**each, parent=parent, by=None, at=began)
    scripts = []
    for each in given["script"]:
        folder = folders[each.pop("folder")]
        draft = ScriptDraft(**each, folder=folder, reach="all")
        scripts.append(write_script(draft=draft, by=None, at=began))
    for script in scripts:
        for _use in range(rng.randint(0, MOST_USES)):
            if replies:
                used_for, sender, used_at = rng.choice(replies)
                use_script(script_id=script.pk, used_for=used_for, by=sender, at=used_at)
    for each in given["article"]:
        write_article(draft=ArticleDraft(**each), by=None, at=began)
    return scripts


def load_day(accounts: Mapping[str, Account], at: dt.datetime) -> None:
    """A change that most have read, and the questions of the last days."""
    leader, agent, other = accounts["chenjing"], accounts["liqiang"], accounts["wangfang"]
    hour = dt.timedelta(hours=1)
    notice = publish_change(
        draft=ChangeDraft(
            title="12 月起偏远地区附加费调整",
            title_en="New surcharge for remote areas from December",
            body="12 月 1 日起，UPS 偏远地区附加费由 3.5 美元改为 4.2 美元。报价和答复按新价。",
            body_en="From 1 December UPS takes 4.20 instead of 3.50 dollars for remote areas.",
        ),
        by=leader,
        at=at - 30 * hour,
    )
    for reader in (leader, other):
        confirm_reading(notice_id=notice.pk, by=reader, at=at - 26 * hour)
    answered = ask_question(
        text="超长件（超过 152 厘米）怎么收费？", about="UPS", by=agent, at=at - 50 * hour
    )
    answer_question(
        question_id=answered.pk,
        answer="最长边超过 152 厘米按超长件加收，见收费标准。",
        by=leader,
        at=at - 49 * hour,
    )
    ask_question(text="赠品缺货时能不能换同价位的？", about="赠品", by=agent, at=at - 3 * hour)
