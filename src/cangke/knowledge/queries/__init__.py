"""What knowledge tells: scripts to send, articles to read."""

from .scripts import (
    FilledScript,
    Uses,
    context_of,
    count_uses,
    fill_scripts,
    folders_below,
    list_folders,
    matching,
    matching_articles,
    menu_badge,
    render_pieces,
    render_script,
    sample_context,
    usable_scripts,
    waiting_scripts,
)

__all__ = [
    "FilledScript",
    "Uses",
    "context_of",
    "count_uses",
    "fill_scripts",
    "folders_below",
    "list_folders",
    "matching",
    "matching_articles",
    "menu_badge",
    "render_pieces",
    "render_script",
    "sample_context",
    "usable_scripts",
    "waiting_scripts",
]
