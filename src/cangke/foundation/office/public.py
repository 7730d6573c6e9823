"""The front door of the office."""

from .queries import settings_pages
from .shapes import SettingsGroup, SettingsPage

__all__ = ["SettingsGroup", "SettingsPage", "settings_pages"]
