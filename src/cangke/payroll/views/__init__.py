"""The pages of pay."""

from .after import (
    measure_detail,
    measure_drop,
    measure_list,
    measure_settle,
    question_detail,
    question_list,
)
from .items import award_new, item_detail, item_drop, item_list, item_new
from .owed import receivable_collect, receivable_detail, receivable_list
from .runs import (
    run_bank,
    run_calculate,
    run_detail,
    run_list,
    run_lock,
    run_new,
    run_paid,
    run_reopen,
    run_submit,
    slip_list,
)
from .simulation import simulate
from .slips import (
    mine,
    panel,
    slip_acknowledge,
    slip_ask,
    slip_confirm,
    slip_detail,
    slip_print,
)
from .terms import bank_edit, term_detail, term_list, term_new, term_row

__all__ = [
    "award_new",
    "bank_edit",
    "item_detail",
    "item_drop",
    "item_list",
    "item_new",
    "measure_detail",
    "measure_drop",
    "measure_list",
    "measure_settle",
    "mine",
    "panel",
    "question_detail",
    "question_list",
    "receivable_collect",
    "receivable_detail",
    "receivable_list",
    "run_bank",
    "run_calculate",
    "run_detail",
    "run_list",
    "run_lock",
    "run_new",
    "run_paid",
    "run_reopen",
    "run_submit",
    "simulate",
    "slip_acknowledge",
    "slip_ask",
    "slip_confirm",
    "slip_detail",
    "slip_list",
    "slip_print",
    "term_detail",
    "term_list",
    "term_new",
    "term_row",
]
