"""The public pages."""

from .chat import messages, page, seen, typing
from .embed import colour, widget
from .live import stream
from .orders import track

__all__ = ["colour", "messages", "page", "seen", "stream", "track", "typing", "widget"]
