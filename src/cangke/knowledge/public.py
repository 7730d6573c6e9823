"""The front door of knowledge."""

from .actions import ScriptDraft, save_folder, use_script, write_script
from .models import Article, Script
from .queries import (
    FilledScript,
    context_of,
    fill_scripts,
    menu_badge,
    render_pieces,
    render_script,
    usable_scripts,
)
from .rules import VARIABLES, ScriptContext

__all__ = [
    "VARIABLES",
    "Article",
    "FilledScript",
    "Script",
    "ScriptContext",
    "ScriptDraft",
    "context_of",
    "fill_scripts",
    "menu_badge",
    "render_pieces",
    "render_script",
    "save_folder",
    "usable_scripts",
    "use_script",
    "write_script",
]
