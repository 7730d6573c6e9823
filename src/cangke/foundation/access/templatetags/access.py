from typing import Any

from django import template
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .. import queries

register = template.Library()


@register.simple_tag(takes_context=True)
def shown(context: dict[str, Any], obj: Model, name: str) -> str:
    """Print a field as the person in front of the page may see it."""
    return queries.shown(context["request"].user, obj, name)


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], code: str) -> bool:
    """Whether the person holds the permission: ``{% may "orders.edit" as editable %}``."""
    return queries.can(context["request"].user, code)


@register.simple_tag(takes_context=True)
def door(
    context: dict[str, Any], url: str, text: object, css: str = "", row: Model | None = None
) -> SafeString | str:
    """
    Print a link, or the text alone where the person has no business behind it.

    With ``row``, the person must also see that row: one query, so for single links only.
    """
    account = context["request"].user
    if not url or not queries.may_enter(account, url) or not _sees(account, row):
        return format_html("{}", text)
    return format_html('<a{} href="{}">{}</a>', _class(css), url, text)


def _sees(account: queries.Viewer, row: Model | None) -> bool:
    return row is None or queries.scope(account, type(row), "view").filter(pk=row.pk).exists()


def _class(css: str) -> SafeString | str:
    return format_html(' class="{}"', css) if css else ""


@register.inclusion_tag("access/_revealable.html", takes_context=True)
def revealable(context: dict[str, Any], obj: Model, name: str) -> dict[str, Any]:
    """Print a masked field with a button that shows it whole, for a reason, with a record."""
    account = context["request"].user
    return {
        "text": queries.shown(account, obj, name),
        "may_reveal": queries.may_reveal(account, type(obj), name),
        "model": obj._meta.label_lower,
        "pk": obj.pk,
        "field": name,
    }
