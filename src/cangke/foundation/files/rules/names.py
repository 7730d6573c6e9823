"""File names as people may see them and systems may store them."""

from __future__ import annotations

import re
import unicodedata

from .types import EXTENSIONS

LONGEST = 120
# Control and format characters: NUL, CR, LF, direction marks, zero width, lone surrogates.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*%]')


def safe_name(name: str, content_type: str = "") -> str:
    """
    Return the name for people: no path, nothing hidden, at most 120 signs, never empty.

    Where the extension does not fit the content type, the right one is added, so that a picture
    called ``invoice.pdf`` becomes ``invoice.pdf.png``.
    """
    name = unicodedata.normalize("NFC", str(name)).replace("\\", "/").rpartition("/")[2]
    name = "".join(
        " " if sign in "\t\r\n" else sign
        for sign in name
        if sign in "\t\r\n" or unicodedata.category(sign) not in _HIDDEN_CATEGORIES
    )
    name = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", name)).strip(" .")
    if not name:
        name = "file"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        stem, extension = name, ""
    fitting = EXTENSIONS.get(content_type)
    if fitting and extension.lower() not in fitting:
        stem, extension = name, fitting[0]
    room = LONGEST - len(extension) - 1
    return f"{stem[:room].rstrip(' .') or 'file'}.{extension}" if extension else stem[:LONGEST]
