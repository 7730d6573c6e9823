"""The front door of the office."""

from .queries import by_room, settings_pages
from .shapes import SettingsGroup, SettingsPage

__all__ = ["SettingsGroup", "SettingsPage", "by_room", "settings_pages"]
