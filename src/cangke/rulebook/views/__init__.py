"""Pages of the rulebook."""

from . import book, cases, drafts, sets, versions, why

__all__ = ["book", "cases", "drafts", "sets", "versions", "why"]
