"""The desk's forms."""

from .records import CallForm, LetterForm, PostedForm, SignOutForm, VisitForm
from .setup import GroupForm, HandlingResultForm, ProfileForm, QuestionTypeForm
from .talk import (
    TARGET_GROUP,
    TARGET_PERSON,
    AssignForm,
    CloseForm,
    DeclineForm,
    InboxFilter,
    LeavingForm,
    MajorForm,
    OutOfTurnForm,
    PresenceForm,
    PriorityForm,
    ReplyForm,
    ReviewForm,
    SnoozeForm,
    TransferForm,
)

__all__ = [
    "TARGET_GROUP",
    "TARGET_PERSON",
    "AssignForm",
    "CallForm",
    "CloseForm",
    "DeclineForm",
    "GroupForm",
    "HandlingResultForm",
    "InboxFilter",
    "LeavingForm",
    "LetterForm",
    "MajorForm",
    "OutOfTurnForm",
    "PostedForm",
    "PresenceForm",
    "PriorityForm",
    "ProfileForm",
    "QuestionTypeForm",
    "ReplyForm",
    "SnoozeForm",
    "ReviewForm",
    "SignOutForm",
    "TransferForm",
    "VisitForm",
]
