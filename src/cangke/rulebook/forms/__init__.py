"""Forms of the rulebook."""

from .sets import AssignForm, EndForm, ImportForm, PublishForm, SetForm, WithdrawForm, WordsForm
from .values import ValueForm

__all__ = [
    "AssignForm",
    "EndForm",
    "ImportForm",
    "PublishForm",
    "SetForm",
    "ValueForm",
    "WithdrawForm",
    "WordsForm",
]
