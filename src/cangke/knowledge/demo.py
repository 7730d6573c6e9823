"""The scripts and articles of the demonstration company; their words lie in ``demo.toml``."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from importlib import resources

from .actions import (
    ArticleDraft,
    ScriptDraft,
    save_folder,
    use_script,
    write_article,
    write_script,
)
from .models import Script, ScriptFolder

DAYS = 60
MOST_USES = 12


def load(rng: random.Random, at: dt.datetime) -> list[Script]:
    """Write the scripts with sixty days of uses, and the articles; return the scripts."""
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
            used_at = began + dt.timedelta(minutes=rng.randrange(DAYS * 24 * 60))
            use_script(script_id=script.pk, by=None, at=used_at)
    for each in given["article"]:
        write_article(draft=ArticleDraft(**each), by=None, at=began)
    return scripts
