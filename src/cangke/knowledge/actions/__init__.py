"""What people do with scripts and articles."""

from .articles import ArticleDraft, edit_article, retire_article, write_article
from .changes import ChangeDraft, confirm_reading, publish_change, withdraw_change
from .folders import remove_folder, save_folder
from .keeping import ScriptDraft, may_review
from .questions import (
    AlreadyAnswered,
    NotAnswered,
    answer_question,
    ask_question,
    make_article_of,
)
from .refusals import (
    BadWords,
    FolderInUse,
    NotWaiting,
    NotYours,
    ShortcutTaken,
    StaleText,
)
from .review import approve_script, return_script
from .scripts import edit_script, retire_script, use_script, write_script

__all__ = [
    "AlreadyAnswered",
    "ArticleDraft",
    "BadWords",
    "ChangeDraft",
    "FolderInUse",
    "NotAnswered",
    "NotWaiting",
    "NotYours",
    "ScriptDraft",
    "ShortcutTaken",
    "StaleText",
    "answer_question",
    "approve_script",
    "ask_question",
    "confirm_reading",
    "edit_article",
    "edit_script",
    "make_article_of",
    "may_review",
    "publish_change",
    "remove_folder",
    "retire_article",
    "retire_script",
    "return_script",
    "save_folder",
    "use_script",
    "withdraw_change",
    "write_article",
    "write_script",
]
