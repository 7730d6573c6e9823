"""A request as the middleware of the house hands it to views."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from cangke.foundation.access.public import Account


class PageRequest(HttpRequest):
    """
    What our middleware adds: htmx's side of the request, the nonce of the content policy, the
    number to quote when something fails, and the theme.
    """

    htmx: HtmxDetails
    csp_nonce: str
    reference: str
    theme: str


class SignedInRequest(PageRequest):
    """The request of a view behind ``allowed`` or ``signed_in``: somebody is there."""

    user: Account
