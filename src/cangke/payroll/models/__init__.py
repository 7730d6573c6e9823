"""The tables of payroll."""

from .after import AbsenceMeasure, LateChange, SlipQuestion
from .items import PayItem
from .owed import Collection, Receivable
from .runs import OPEN, SETTLED, PayLine, PayRun, PaySlip
from .terms import BankAccount, PayTerm, tax_choices

__all__ = [
    "OPEN",
    "SETTLED",
    "AbsenceMeasure",
    "BankAccount",
    "Collection",
    "LateChange",
    "PayItem",
    "PayLine",
    "PayRun",
    "PaySlip",
    "PayTerm",
    "Receivable",
    "SlipQuestion",
    "tax_choices",
]
