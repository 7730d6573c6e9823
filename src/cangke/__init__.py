"""Cangke 仓客: customer service for overseas warehouses, with an executable rulebook."""

__version__ = "0.1.0"
