"""The front door of the audit log."""

from .actions import current_address, record, seal_entries
from .models import AuditEntry, AuditSeal
from .queries import Verdict, entries_of, head, verify
from .triggers import append_only, changeable

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "Verdict",
    "append_only",
    "changeable",
    "current_address",
    "entries_of",
    "head",
    "record",
    "seal_entries",
    "verify",
]
