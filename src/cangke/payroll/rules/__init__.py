"""The rules of pay, in plain Python."""

from .amounts import cents, days_text
from .month import (
    BasePart,
    Correction,
    GuardResult,
    PayFacts,
    PayLine,
    Slip,
    pay_month,
    pay_supplement,
    wage_days_of,
)
from .policies import (
    BonusPolicy,
    Bracket,
    DailyWage,
    Guard,
    InsurancePolicy,
    PayPolicies,
    PayPolicy,
    RunPolicy,
    SalaryPolicy,
    SalaryRange,
    Scheme,
    TaxPolicy,
)
from .reading import BadInput, Reading, read_header, read_month
from .tax import TaxMonth, withhold

__all__ = [
    "BadInput",
    "BasePart",
    "BonusPolicy",
    "Bracket",
    "Correction",
    "DailyWage",
    "Guard",
    "GuardResult",
    "InsurancePolicy",
    "PayFacts",
    "PayLine",
    "PayPolicies",
    "PayPolicy",
    "Reading",
    "RunPolicy",
    "SalaryPolicy",
    "SalaryRange",
    "Scheme",
    "Slip",
    "TaxMonth",
    "TaxPolicy",
    "cents",
    "days_text",
    "pay_month",
    "pay_supplement",
    "read_header",
    "read_month",
    "wage_days_of",
    "withhold",
]
