"""The one file that holds the order of the menu."""

MENU: list[object] = []
