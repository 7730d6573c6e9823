"""Tags of the public pages."""

from django import template

from cangke.portal import assets

register = template.Library()


@register.simple_tag
def portal_asset(name: str) -> str:
    """The address of a built file of the public pages."""
    return assets.asset_url(name)
