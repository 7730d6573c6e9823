"""The pages of the organisation and its people."""

from .chart import headcount_edit, org_chart, reporting_lines
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
from .files import (
    contract_new,
    contract_void,
    employee_abilities,
    employee_evidence,
    employee_handover,
    employee_rate,
    employee_work,
)
from .posts import (
    employee_qualification,
    employee_standing,
    post_describe,
    post_detail,
    post_print,
    post_target,
)
from .units import unit_edit, unit_list, unit_new

__all__ = [
    "post_target",
    "contract_new",
    "contract_void",
    "employee_abilities",
    "employee_evidence",
    "employee_handover",
    "employee_rate",
    "employee_work",
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
    "reporting_lines",
    "unit_edit",
    "unit_list",
    "unit_new",
]
