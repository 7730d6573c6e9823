"""The forms of the work items."""

from .errands import AgainForm, AskForm, CounterpartForm, OrderForm, WordsForm
from .pledges import AmendForm, GiveForm, KeepForm, PledgeForm, WaiveForm
from .tickets import (
    AnswerForm,
    DueForm,
    EditForm,
    GiveTicketForm,
    KindForm,
    MacroForm,
    MergeForm,
    MoveForm,
    PriorityForm,
    ReasonForm,
    TalkForm,
    TaskForm,
    TicketForm,
)

__all__ = [
    "AgainForm",
    "AskForm",
    "CounterpartForm",
    "OrderForm",
    "WordsForm",
    "AmendForm",
    "AnswerForm",
    "DueForm",
    "EditForm",
    "GiveForm",
    "GiveTicketForm",
    "KeepForm",
    "KindForm",
    "MacroForm",
    "MergeForm",
    "MoveForm",
    "PledgeForm",
    "PriorityForm",
    "ReasonForm",
    "TalkForm",
    "TaskForm",
    "TicketForm",
    "WaiveForm",
]
