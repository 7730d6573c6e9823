"""What knowledge tells: scripts to send, articles to read."""

from .answers import PANEL, Answer, Situation, answers
from .changes import Reader, audience_of, readers_of, unread_of, unread_that_block
from .questions import QuestionFigures, question_figures
from .scripts import (
    FilledScript,
    Uses,
    blanks_left,
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
    "PANEL",
    "Answer",
    "FilledScript",
    "QuestionFigures",
    "Reader",
    "Situation",
    "Uses",
    "answers",
    "audience_of",
    "blanks_left",
    "context_of",
    "count_uses",
    "fill_scripts",
    "folders_below",
    "list_folders",
    "matching",
    "matching_articles",
    "menu_badge",
    "question_figures",
    "readers_of",
    "render_pieces",
    "render_script",
    "sample_context",
    "unread_of",
    "unread_that_block",
    "usable_scripts",
    "waiting_scripts",
]
