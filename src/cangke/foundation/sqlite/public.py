"""The front door of the database's own keeping."""

from .statistics import keep_statistics

__all__ = ["keep_statistics"]
