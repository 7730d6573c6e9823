"""What people do with the rulebook."""

from .drafts import (
    change_values,
    change_words,
    discard_draft,
    draft_version,
    edit_values,
    edit_words,
    import_version,
    latest_version,
    open_draft,
    remove_clause,
)
from .explaining import explain, explain_many, explanation_url
from .refusals import (
    BadDay,
    BadSet,
    DraftExists,
    NotADraft,
    NothingChanged,
    Refused,
    StaleDraft,
    problem_words,
)
from .sets import assign_set, create_set, end_assignment, ensure_first_version
from .versions import export_version, publish_version, withdraw_version

__all__ = [
    "BadDay",
    "BadSet",
    "DraftExists",
    "NotADraft",
    "NothingChanged",
    "Refused",
    "StaleDraft",
    "assign_set",
    "change_values",
    "change_words",
    "create_set",
    "discard_draft",
    "draft_version",
    "edit_values",
    "edit_words",
    "end_assignment",
    "ensure_first_version",
    "explain",
    "explain_many",
    "explanation_url",
    "export_version",
    "import_version",
    "latest_version",
    "open_draft",
    "problem_words",
    "publish_version",
    "remove_clause",
    "withdraw_version",
]
