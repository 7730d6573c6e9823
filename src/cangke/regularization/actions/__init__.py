"""What people do with regularization, and what time does."""

from .deciding import (
    carry_out,
    check_decision,
    end_file,
    give_back,
    reject,
    reopen,
    snapshot_of,
)
from .files import (
    KIND,
    ask_departments,
    change_template,
    open_file,
    set_period,
    submit_application,
    write_application,
)
from .refusals import (
    BadTemplate,
    FileClosed,
    Incomplete,
    NotADraft,
    NoTemplate,
    NotPossible,
    NotYours,
)
from .sweeping import sweep
from .templates import (
    FLOW_PREFIX,
    copy_template,
    discard_draft,
    ensure,
    publish_template,
    read_text,
    save_template,
    use_template,
)

__all__ = [
    "FLOW_PREFIX",
    "KIND",
    "BadTemplate",
    "FileClosed",
    "Incomplete",
    "NoTemplate",
    "NotADraft",
    "NotPossible",
    "NotYours",
    "ask_departments",
    "carry_out",
    "change_template",
    "check_decision",
    "copy_template",
    "discard_draft",
    "end_file",
    "ensure",
    "give_back",
    "open_file",
    "publish_template",
    "read_text",
    "reject",
    "reopen",
    "save_template",
    "set_period",
    "snapshot_of",
    "submit_application",
    "sweep",
    "use_template",
    "write_application",
]
