"""Pages of the rulebook."""

from . import book, drafts, sets, versions, why

__all__ = ["book", "drafts", "sets", "versions", "why"]
