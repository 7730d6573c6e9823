"""Scripts and articles on pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cangke.foundation.wording import either

from ..models import Script, ScriptFolder
from ..rules import VARIABLES, Piece, ScriptContext, fill

register = template.Library()

TONES = {"proposed": "wait", "returned": "late", "active": "done"}
STANDINGS = {"expired": "late", "coming": "accent", "valid": "done"}


@register.simple_tag
def words(row: Any, name: str) -> str:
    """The title or body of a script or article in the reader's language."""
    found: str = getattr(row, f"{name}_in")(get_language() or "")
    return found


@register.simple_tag
def gist(script: Script) -> str:
    """A script's words with the names of its variables, on one line."""
    labels = {name: _(label) for name, label in VARIABLES.items()}
    pieces = fill(script.body_in(get_language() or ""), ScriptContext(labels=labels))
    return " ".join("".join(piece.text for piece in pieces).split())


@register.simple_tag
def folder_name(folder: ScriptFolder) -> str:
    return either(folder.name, folder.name_en)


@register.simple_tag
def filled(pieces: Iterable[Piece]) -> SafeString:
    """A filled text: what was filled in is marked, what is open stands in brackets."""
    return format_html_join(
        "",
        "{}",
        (
            (
                format_html("<mark>{}</mark>", piece.text)
                if piece.filled or piece.open
                else piece.text,
            )
            for piece in pieces
        ),
    )


@register.filter
def script_tone(state: str) -> str:
    return TONES.get(state, "")


@register.filter
def standing_tone(standing: str) -> str:
    return STANDINGS.get(standing, "")


@register.filter
def standing_word(standing: str) -> str:
    named = {
        "expired": _("已过期，请复核"),
        "coming": _("未生效"),
        "valid": _("有效"),
        "retired": _("停用"),
    }
    return named.get(standing, "")
