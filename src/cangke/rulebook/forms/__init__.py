"""Forms of the rulebook."""

from .cases import CaseForm
from .sets import AskForm, AssignForm, EndForm, ImportForm, SetForm, WithdrawForm, WordsForm
from .values import ValueForm

__all__ = [
    "AskForm",
    "AssignForm",
    "CaseForm",
    "EndForm",
    "ImportForm",
    "SetForm",
    "ValueForm",
    "WithdrawForm",
    "WordsForm",
]
