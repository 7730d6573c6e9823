"""The order look-up for buyers (C7)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cangke.foundation.access.public import open_to_all
from cangke.orders.public import PublicOrder

from .. import limits, queries
from ..forms import TrackForm
from .asking import LANGUAGES, language_of


@require_http_methods(["GET", "POST"])
@open_to_all
def track(request: HttpRequest) -> HttpResponse:
    """Order number and check data → state and tracking; anything else is the same one answer."""
    language = language_of(request, settings.LANGUAGE_CODE)
    with translation.override(language):
        form = TrackForm(request.POST or None)
        found: PublicOrder | None = None
        refusal: limits.TooMany | None = None
        status = 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    found = _look_up(request, form)
                    status = 200
                except limits.TooMany as error:
                    refusal, status = error, 429
                else:
                    if found is None:
                        status = 422
                        form.add_error(
                            None, _("没有找到。请核对订单号和核对信息；刚下的单请稍后再查。")
                        )
        response = render(
            request,
            "portal/track/page.html",
            {
                "form": form,
                "order": found,
                "refusal": refusal,
                "language": language,
                "other_languages": [each for each in LANGUAGES.items() if each[0] != language],
            },
            status=status,
        )
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    if refusal is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _look_up(request: HttpRequest, form: TrackForm) -> PublicOrder | None:
    """Look once; misses are counted by address and by order, so that nobody can try through."""
    number, address = form.cleaned_data["number"], limits.address_of(request)
    counted = "".join(number.split()).casefold()
    limits.check("track.miss.address", address)
    limits.check("track.miss.order", counted)
    found = queries.look_up(number=number, proof=form.cleaned_data["proof"])
    if found is None:
        limits.spend("track.miss.address", address)
        limits.spend("track.miss.order", counted)
    return found
