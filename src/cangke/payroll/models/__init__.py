"""The tables of payroll."""

from .after import AbsenceMeasure, LateChange, SlipQuestion
from .items import PayItem
from .runs import OPEN, SETTLED, PayLine, PayRun, PaySlip
from .terms import BankAccount, PayTerm, tax_choices

__all__ = [
    "OPEN",
    "SETTLED",
    "AbsenceMeasure",
    "BankAccount",
    "LateChange",
    "PayItem",
    "PayLine",
    "PayRun",
    "PaySlip",
    "PayTerm",
    "SlipQuestion",
    "tax_choices",
]
