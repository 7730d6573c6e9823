"""Tables of knowledge: scripts (话术) and articles with their versions."""

from .articles import (
    Article,
    ArticleVersion,
    Audience,
    Category,
    audience_choices,
    category_choices,
)
from .changes import ChangeNotice, ChangeReading
from .questions import Question
from .scripts import (
    Reach,
    Script,
    ScriptFolder,
    ScriptState,
    ScriptUse,
    ScriptVersion,
    Stage,
    reach_choices,
    script_state_choices,
    stage_choices,
)

__all__ = [
    "Article",
    "ArticleVersion",
    "Audience",
    "Category",
    "ChangeNotice",
    "ChangeReading",
    "Question",
    "Reach",
    "Script",
    "ScriptFolder",
    "ScriptState",
    "ScriptUse",
    "ScriptVersion",
    "Stage",
    "audience_choices",
    "category_choices",
    "reach_choices",
    "script_state_choices",
    "stage_choices",
]
