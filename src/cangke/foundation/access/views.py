"""The one page of access itself: a masked value is shown whole, for a reason."""

from __future__ import annotations

from typing import cast

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from cangke.foundation.refusal import Refusal

from . import actions, ports, queries, registry
from .decorators import signed_in
from .models import Account


def _asked_for(request: HttpRequest) -> tuple[type[Model], str, str]:
    """The model, key and field the request names, if such a field may ever be revealed."""
    given = request.POST if request.method == "POST" else request.GET
    try:
        model = apps.get_model(given.get("model", ""))
    except (LookupError, ValueError):
        raise Http404 from None
    field = given.get("field", "")
    if "view" not in getattr(registry.GATES.get(model), "permissions", {}):
        raise Http404
    if queries.field_class(model, field) is None:
        raise Http404
    return model, given.get("pk", ""), field


def _name_of(model: type[Model], field: str) -> str:
    try:
        return str(getattr(model._meta.get_field(field), "verbose_name", field))
    except FieldDoesNotExist:
        return field


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@sensitive_variables("value")
def reveal(request: HttpRequest) -> HttpResponse:
    """Ask why (GET), then show the value once (POST); the record never holds the value."""
    account = cast(Account, request.user)
    model, key, field = _asked_for(request)
    obj = queries.get_visible(account, model, "view", pk=key)
    if not queries.may_reveal(account, model, field):
        ports.denied.ask(account_id=account.pk, model=f"{model._meta.label}.{field}", key=key)
        raise PermissionDenied
    context = {
        "model": model._meta.label_lower,
        "pk": obj.pk,
        "field": field,
        "field_name": _name_of(model, field),
        "subject": model._meta.verbose_name,
        "masked": queries.shown(account, obj, field),
    }
    if request.method != "POST":
        return render(request, "access/reveal.html", context)
    context["reason"] = request.POST.get("reason", "")
    try:
        value = actions.reveal(obj=obj, field=field, reason=context["reason"], by=account, at=now())
    except Refusal as refusal:
        if refusal.field != "reason":
            raise
        return render(request, "access/reveal.html", {**context, "refusal": refusal}, status=422)
    response = render(request, "access/reveal.html", {**context, "value": value})
    response["Cache-Control"] = "no-store"
    return response
