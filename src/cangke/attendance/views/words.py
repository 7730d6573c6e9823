"""Tones of states on the pages of attendance."""

from __future__ import annotations

DAY_TONES = {"waiting": "", "clean": "done", "marked": "late", "open": "wait", "away": "block"}
LEAVE_TONES = {"asked": "wait", "approved": "done", "refused": "late"}
CORRECTION_TONES = {"asked": "wait", "certified": "done", "refused": "late", "false": "late"}
PACKET_TONES = {"due": "wait", "overdue": "late", "sent": "done", "pay": "wait", "paid": "done"}
