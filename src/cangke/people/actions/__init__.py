"""What may be done to the organisation and its people."""

from .descriptions import describe_post, load_descriptions, record_qualification
from .employment import (
    DatedBack,
    NotPossible,
    apply_due_terms,
    confirm,
    edit_employee,
    give_account,
    hire,
    leave,
    reinstate,
    suspend,
    transfer,
)
from .evidence import save_evidence
from .files import add_contract, rate_abilities, void_contract
from .handover import hand_work_over
from .organisation import (
    ensure,
    know_calendars,
    load_post_catalogue,
    save_brand,
    save_department,
    save_post,
    save_shop,
    save_site,
    save_team,
    set_headcount,
)
from .targets import NoTargetHere, set_sales_target

__all__ = [
    "DatedBack",
    "NoTargetHere",
    "NotPossible",
    "add_contract",
    "apply_due_terms",
    "confirm",
    "edit_employee",
    "describe_post",
    "ensure",
    "give_account",
    "hand_work_over",
    "hire",
    "know_calendars",
    "leave",
    "load_descriptions",
    "load_post_catalogue",
    "rate_abilities",
    "record_qualification",
    "reinstate",
    "save_brand",
    "save_department",
    "save_evidence",
    "save_post",
    "save_shop",
    "save_site",
    "save_team",
    "set_headcount",
    "set_sales_target",
    "suspend",
    "transfer",
    "void_contract",
]
