from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .actions import current_address


class AddressMiddleware:
    """Note the client's address for the audit entries written during the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current_address.set(request.META.get("REMOTE_ADDR", "")[:45])
        try:
            return self.get_response(request)
        finally:
            current_address.reset(token)
