"""What people do with pay."""

from .calculating import calculate, is_settled
from .changes import note_change
from .items import (
    AWARD,
    ask_award,
    award_snapshot,
    drop_item,
    follow_item_objection,
    set_item,
    settle_award,
)
from .measures import (
    DISMISSAL,
    dismissal_snapshot,
    drop_measure,
    propose_dismissal,
    publish_criticism,
    settle_dismissal,
)
from .owed import TooMuch, collect_cash
from .refusals import BadTerm, Decided, MonthSettled, NotReady, RunClosed, SamePerson
from .runs import (
    NothingYet,
    confirm_guard,
    lock_run,
    make_bank_file,
    mark_paid,
    open_due_runs,
    remind,
    reopen_run,
    start_final,
    start_run,
    start_supplement,
    submit_run,
)
from .shipped import ensure
from .slips import acknowledge, answer_question, ask_question
from .terms import follow_regularization, range_warning, set_bank_account, set_terms

__all__ = [
    "AWARD",
    "DISMISSAL",
    "BadTerm",
    "Decided",
    "MonthSettled",
    "NotReady",
    "NothingYet",
    "RunClosed",
    "SamePerson",
    "TooMuch",
    "acknowledge",
    "answer_question",
    "ask_award",
    "ask_question",
    "award_snapshot",
    "calculate",
    "collect_cash",
    "confirm_guard",
    "dismissal_snapshot",
    "drop_item",
    "drop_measure",
    "ensure",
    "follow_regularization",
    "is_settled",
    "lock_run",
    "make_bank_file",
    "mark_paid",
    "note_change",
    "open_due_runs",
    "propose_dismissal",
    "publish_criticism",
    "range_warning",
    "remind",
    "reopen_run",
    "set_bank_account",
    "follow_item_objection",
    "set_item",
    "set_terms",
    "settle_award",
    "settle_dismissal",
    "start_final",
    "start_run",
    "start_supplement",
    "submit_run",
]
