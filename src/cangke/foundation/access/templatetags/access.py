from typing import Any

from django import template
from django.db.models import Model

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
