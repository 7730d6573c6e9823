"""Live values inside the text of a clause."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, linebreaks
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..models import FIRST_DAY, RulebookVersion
from ..queries import InForce

register = template.Library()


def _shown(piece: Any) -> SafeString:
    text = " ".join(piece.text.split("\n")) or "—"
    return format_html("<del>{}</del>{}", piece.was, text) if piece.was else format_html("{}", text)


@register.simple_tag
def value(piece: Any, here: Any = None) -> SafeString:
    """A live value; with ``here`` it opens the value's own panel beside the text."""
    css = "ck-val is-edit" if piece.was else "ck-val"
    if here is None:
        return format_html('<span class="{}">{}</span>', css, _shown(piece))
    url = reverse("rulebook:parameter", args=[piece.key])
    if here.set_key:
        when = {"version": here.version.number} if here.by_number else {"on": here.on.isoformat()}
        url = f"{url}?{urlencode({'set': here.set_key, **when})}"
    return format_html(
        '<a class="{}" href="{}" hx-get="{}" hx-target="#rules-side" '
        'hx-swap="innerHTML show:top">{}</a>',
        css,
        url,
        url,
        _shown(piece),
    )


@register.simple_tag
def paragraph(clause: Any, here: Any = None) -> SafeString:
    """The text of a clause with its live values; line breaks begin new paragraphs."""
    html = mark_safe("").join(
        value(piece, here) if piece.key else format_html("{}", piece.text)
        for piece in clause.pieces
    )
    return mark_safe(linebreaks(html))  # escaped piece by piece above


@register.simple_tag
def since(version: RulebookVersion | InForce) -> str:
    """From when a version holds, in words."""
    if version.effective_from is None:
        return _("未定生效日期")
    if version.effective_from <= FIRST_DAY:
        return _("自始执行")
    return _("%(day)s 起") % {"day": version.effective_from.isoformat()}
