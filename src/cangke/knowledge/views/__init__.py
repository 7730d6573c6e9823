"""Pages of knowledge."""

from . import articles, folders, menu, scripts

__all__ = ["articles", "folders", "menu", "scripts"]
