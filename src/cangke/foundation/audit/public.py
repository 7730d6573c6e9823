"""The front door of the audit log."""

from .actions import current_address, record, seal_entries
from .models import AuditEntry, AuditSeal
from .queries import (
    Change,
    Verdict,
    changes_of,
    entries_about,
    entries_of,
    head,
    object_text,
    object_url,
    verify,
)
from .registry import LABELS, act_label, name_acts, name_facts, page_of
from .triggers import append_only, changeable

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "Change",
    "LABELS",
    "Verdict",
    "act_label",
    "append_only",
    "changeable",
    "changes_of",
    "current_address",
    "entries_about",
    "entries_of",
    "head",
    "name_acts",
    "name_facts",
    "object_text",
    "object_url",
    "page_of",
    "record",
    "seal_entries",
    "verify",
]
