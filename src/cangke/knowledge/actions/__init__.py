"""What people do with scripts and articles."""

from .articles import ArticleDraft, edit_article, retire_article, write_article
from .folders import remove_folder, save_folder
from .keeping import ScriptDraft, may_review
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
    "ArticleDraft",
    "BadWords",
    "FolderInUse",
    "NotWaiting",
    "NotYours",
    "ScriptDraft",
    "ShortcutTaken",
    "StaleText",
    "approve_script",
    "edit_article",
    "edit_script",
    "may_review",
    "remove_folder",
    "retire_article",
    "retire_script",
    "return_script",
    "save_folder",
    "use_script",
    "write_article",
    "write_script",
]
