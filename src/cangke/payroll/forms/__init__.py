"""What people fill in about pay."""

from .pay import (
    AnswerForm,
    AwardForm,
    BankForm,
    CashForm,
    ItemForm,
    MeasureForm,
    PaidForm,
    QuestionForm,
    ReasonForm,
    RunForm,
    TermsForm,
)
from .simulation import Days, MonthForm, month_of

__all__ = [
    "AnswerForm",
    "AwardForm",
    "BankForm",
    "CashForm",
    "Days",
    "ItemForm",
    "MeasureForm",
    "MonthForm",
    "PaidForm",
    "QuestionForm",
    "ReasonForm",
    "RunForm",
    "TermsForm",
    "month_of",
]
