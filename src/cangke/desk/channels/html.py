"""The one profile by which foreign HTML is cleaned, wherever it is read or shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3
from django.utils.safestring import SafeString, mark_safe

MOST_SIGNS = 1_000_000  # of HTML that is cleaned at all; the original is kept as it came
DEEPEST = 10_000  # elements left open within each other; cleaning takes the square of it

_BLOCKS = {
    "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li",
    "ol", "p", "pre", "table", "tr", "ul",
}  # fmt: skip
TAGS = _BLOCKS | {
    "a", "abbr", "b", "code", "del", "em", "i", "img", "ins", "s", "small", "span", "strong",
    "sub", "sup", "tbody", "td", "tfoot", "th", "thead", "tt", "u",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "ol": {"start"},
}
DROPPED_WHOLE = {"script", "style", "title", "noscript", "template", "iframe", "object", "embed",
                 "svg", "math", "select"}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
}
_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
_REMOTE = re.compile(r"(https?:)?//", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True)
class CleanHtml:
    """What is left, and how many pictures would have to be fetched from elsewhere."""

    html: SafeString
    remote_images: int = 0


def clean_html(
    html: str, *, pictures: Mapping[str, str] | None = None, remote: bool = False
) -> CleanHtml:
    """
    Return the HTML without anything that acts, tracks or reaches outside its place.

    No style, class, id, data-*, forms or frames; links lead to http(s) and mailto only and tell
    nobody where they were. ``pictures`` maps content ids of the mail to our own addresses.
    Pictures from elsewhere are counted, and left out unless ``remote`` is true.
    """
    known = pictures or {}
    counted = 0

    def keep(tag: str, attribute: str, value: str) -> str | None:
        nonlocal counted
        value = value.strip()
        if attribute == "href":
            return value if _LINK.match(value) else None
        if attribute == "src":
            if value.lower().startswith("cid:"):
                return known.get(value[4:])
            if _REMOTE.match(value):
                counted += 1
                return value if remote else None
            return value if value in known.values() else None
        if attribute in {"width", "height", "colspan", "rowspan", "start"}:
            return value if _NUMBER.fullmatch(value) else None
        if attribute == "align":
            return value if value in {"left", "right", "center"} else None
        return value

    cleaned = nh3.clean(
        _bounded(html[:MOST_SIGNS]),
        tags=TAGS,
        clean_content_tags=DROPPED_WHOLE,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "cid"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    # The one place where foreign HTML is called safe: it was just taken apart and put together.
    return CleanHtml(mark_safe(cleaned), counted)


def _bounded(html: str) -> str:
    """Cut HTML off where it is nested deeper than anybody writes."""
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _VOID:
            depth += -1 if tag[1] else 1
        if depth > DEEPEST:
            return html[: tag.start()]
    return html


class _Reader(HTMLParser):
    """Collects the text of cleaned HTML, one line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.quoted = 0
        self.preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "blockquote":
            self.quoted += 1
        if tag == "pre":
            self.preformatted += 1
        if tag in _BLOCKS:
            self._break()
        if tag == "li":
            self.said.append("- ")
        if tag in {"td", "th"} and self.said and not self.said[-1].endswith("\n"):
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._break()
        if tag == "blockquote":
            self.quoted = max(0, self.quoted - 1)
        if tag == "pre":
            self.preformatted = max(0, self.preformatted - 1)

    def handle_data(self, data: str) -> None:
        if not self.preformatted:
            data = re.sub(r"\s+", " ", data)
        if not data or (data == " " and self._at_start()):
            return
        if self._at_start() and self.quoted:
            self.said.append("> " * min(self.quoted, 5))
        self.said.append(data)

    def _at_start(self) -> bool:
        return not self.said or self.said[-1].endswith("\n")

    def _break(self) -> None:
        if not self._at_start():
            self.said.append("\n")


def html_to_text(html: str) -> str:
    """Return what the HTML says, as plain lines; quoted blocks keep their ``>``."""
    # Cleaned first: the reader then meets well-formed markup only.
    reader = _Reader()
    reader.feed(clean_html(html).html)
    reader.close()
    lines = (line.rstrip() for line in "".join(reader.said).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
