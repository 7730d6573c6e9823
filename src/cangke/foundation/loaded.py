"""What a serving process has loaded at its start stays loaded."""

import gc

from django.urls import get_resolver


def keep_loaded() -> None:
    """
    Load the pages and tell the collector not to look through them again.

    A full collection otherwise walks all code and models of the house in the middle of a page:
    tens of milliseconds, once in so many requests. What requests make is collected as before, in
    larger steps, as one page alone makes tens of thousands of objects.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
