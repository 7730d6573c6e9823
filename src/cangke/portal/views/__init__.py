"""The public pages."""

from .chat import messages, page, rate, seen, typing
from .embed import colour, widget
from .live import stream
from .orders import track

__all__ = ["colour", "messages", "page", "rate", "seen", "stream", "track", "typing", "widget"]
