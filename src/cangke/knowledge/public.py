"""The front door of knowledge."""

from .actions import ScriptDraft, ask_question, save_folder, use_script, write_script
from .models import Article, ChangeNotice, Question, Script, ScriptUse
from .queries import (
    PANEL,
    Answer,
    FilledScript,
    QuestionFigures,
    Situation,
    answers,
    blanks_left,
    context_of,
    fill_scripts,
    menu_badge,
    question_figures,
    render_pieces,
    render_script,
    unread_that_block,
    usable_scripts,
)
from .rules import VARIABLES, ScriptContext, ScriptPolicy

__all__ = [
    "PANEL",
    "VARIABLES",
    "Answer",
    "Article",
    "ChangeNotice",
    "FilledScript",
    "Question",
    "QuestionFigures",
    "Script",
    "ScriptContext",
    "ScriptDraft",
    "ScriptPolicy",
    "ScriptUse",
    "Situation",
    "answers",
    "ask_question",
    "blanks_left",
    "context_of",
    "fill_scripts",
    "menu_badge",
    "question_figures",
    "render_pieces",
    "render_script",
    "save_folder",
    "unread_that_block",
    "usable_scripts",
    "use_script",
    "write_script",
]
