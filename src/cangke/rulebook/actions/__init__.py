"""What people do with the rulebook."""

from .explaining import explain, explanation_url

__all__ = ["explain", "explanation_url"]
