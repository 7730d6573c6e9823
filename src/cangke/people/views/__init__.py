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
from .posts import (
    employee_qualification,
    employee_standing,
    post_describe,
    post_detail,
    post_print,
)
from .units import unit_edit, unit_list, unit_new

__all__ = [
    "employee_account",
    "employee_detail",
    "employee_edit",
    "employee_leave",
    "employee_list",
    "employee_new",
    "employee_qualification",
    "employee_reinstate",
    "employee_standing",
    "employee_suspend",
    "employee_transfer",
    "headcount_edit",
    "org_chart",
    "post_describe",
    "post_detail",
    "post_print",
    "unit_edit",
    "unit_list",
    "unit_new",
]
