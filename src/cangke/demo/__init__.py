"""The demonstration company: loaded from a fixed seed, removed without a trace in the rooms."""

from .load import accounts_text, is_loaded, load
from .remove import remove

__all__ = ["accounts_text", "is_loaded", "load", "remove"]
