"""Pages of the rulebook."""

from . import book, cases, drafts, reading, sets, versions, why

__all__ = ["book", "cases", "drafts", "reading", "sets", "versions", "why"]
