"""What people and the house do at the desk."""

from .attending import ensure_profile
from .call import CallIncomplete, finish_call_back, log_call
from .closing import ClosingRefused, NotReopenable, close, close_idle, reopen
from .conduct import AlreadyReviewed, Discourteous, keep_stopped, review_alert
from .drafting import NoDraft, draft_reply, may_draft
from .history import PastLine, take_in_history
from .hold import (
    AlreadyClaimed,
    NothingHeld,
    OutOfTurn,
    ReasonMissing,
    assign,
    assign_many,
    claim,
    release,
)
from .indexing import index_new
from .later import (
    AlreadySent,
    NotScheduled,
    cancel_later,
    change_later,
    schedule_reply,
    send_due,
)
from .leaving import Parting, StillHeld, finish_leaving, leave
from .letter import LetterIncomplete, log_letter, post_letter
from .major import set_major
from .merging import NotMergeable, NotSeparable, merge, separate
from .presence import (
    NotChoosable,
    NotReady,
    check_idle,
    drop_presence,
    force_presence,
    heartbeat,
    set_presence,
)
from .rebuild import compare_recent_turns, rebuild_turns
from .receive import EmptyMessage, Received, customer_left, receive_message
from .reply import (
    EmptyReply,
    NotRecallable,
    mark_read,
    note_delivery,
    pass_note,
    recall_message,
    reply,
    save_draft,
    send_automatic,
    write_note,
)
from .resend import NotFailed, note_returned, resend
from .route import route_conversation, route_waiting
from .setup import (
    LastOne,
    SetupRefused,
    ensure_defaults,
    save_channel,
    save_group,
    save_handling_result,
    save_profile,
    save_question_type,
)
from .snooze import NotPutOff, snooze, wake_snoozed
from .staffing import fit_profile, move_customer, release_all
from .stage import (
    MarkRefused,
    choose_order,
    mark_hand_over,
    set_priority,
    set_stage,
)
from .sweep import Swept, sweep
from .thread import ConversationEnded, NotAnEmployee
from .transfer import (
    TransferOver,
    TransferPending,
    TransferRefused,
    accept_transfer,
    decline_transfer,
    request_transfer,
    withdraw_transfer,
)
from .visit import (
    AlreadyLeft,
    VisitIncomplete,
    open_visit_conversation,
    sign_in_visitor,
    sign_out_visitor,
)

__all__ = [
    "AlreadyClaimed",
    "AlreadyLeft",
    "AlreadyReviewed",
    "AlreadySent",
    "CallIncomplete",
    "ClosingRefused",
    "ConversationEnded",
    "Discourteous",
    "EmptyMessage",
    "EmptyReply",
    "LastOne",
    "LetterIncomplete",
    "MarkRefused",
    "NoDraft",
    "NotAnEmployee",
    "NotChoosable",
    "NotFailed",
    "NotMergeable",
    "NotPutOff",
    "NotReady",
    "NotRecallable",
    "NotReopenable",
    "NotScheduled",
    "NotSeparable",
    "NothingHeld",
    "OutOfTurn",
    "Parting",
    "PastLine",
    "ReasonMissing",
    "Received",
    "SetupRefused",
    "StillHeld",
    "Swept",
    "TransferOver",
    "TransferPending",
    "TransferRefused",
    "VisitIncomplete",
    "accept_transfer",
    "assign",
    "assign_many",
    "cancel_later",
    "change_later",
    "check_idle",
    "choose_order",
    "claim",
    "close",
    "close_idle",
    "compare_recent_turns",
    "customer_left",
    "decline_transfer",
    "draft_reply",
    "drop_presence",
    "ensure_defaults",
    "ensure_profile",
    "finish_call_back",
    "finish_leaving",
    "fit_profile",
    "force_presence",
    "heartbeat",
    "index_new",
    "keep_stopped",
    "leave",
    "log_call",
    "log_letter",
    "mark_hand_over",
    "mark_read",
    "may_draft",
    "merge",
    "move_customer",
    "note_delivery",
    "note_returned",
    "open_visit_conversation",
    "pass_note",
    "post_letter",
    "rebuild_turns",
    "recall_message",
    "receive_message",
    "release",
    "release_all",
    "reopen",
    "reply",
    "request_transfer",
    "resend",
    "review_alert",
    "route_conversation",
    "route_waiting",
    "save_channel",
    "save_draft",
    "save_group",
    "save_handling_result",
    "save_profile",
    "save_question_type",
    "schedule_reply",
    "send_automatic",
    "send_due",
    "separate",
    "set_major",
    "set_presence",
    "set_priority",
    "set_stage",
    "sign_in_visitor",
    "sign_out_visitor",
    "snooze",
    "sweep",
    "take_in_history",
    "wake_snoozed",
    "withdraw_transfer",
    "write_note",
]
