"""The pages of the organisation and its people."""

from .chart import headcount_edit, org_chart
from .employees import (
    employee_account,
    employee_detail,
    employee_edit,
    employee_leave,
    employee_list,
    employee_new,
    employee_reinstate,
    employee_suspend,
    employee_transfer,
)
from .units import unit_edit, unit_list, unit_new

__all__ = [
    "employee_account",
    "employee_detail",
    "employee_edit",
    "employee_leave",
    "employee_list",
    "employee_new",
    "employee_reinstate",
    "employee_suspend",
    "employee_transfer",
    "headcount_edit",
    "org_chart",
    "unit_edit",
    "unit_list",
    "unit_new",
]
