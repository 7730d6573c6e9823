"""One form, one act: show it, do it, say so, or give it back with what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cangke.foundation.refusal import Refusal

from .replies import go_to, refused

Done = str | Callable[[Any], str]


def act(
    request: HttpRequest,
    form: BaseForm,
    perform: Callable[[dict[str, Any]], Any],
    *,
    title: object,
    done: Done,
    said: object = "",
    back: str = "",
    submit_label: object = "",
    template: str = "ui/act.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """
    Answer a form page: GET shows it; a good POST performs and goes on to ``done``.

    ``perform`` gets the cleaned data; ``done`` is an address, or makes one of what perform
    returned; ``said`` is shown there, as it stands or made of the same. A bad form and a refusal
    answer 422 with everything typed. The same address serves the page and the dialog.
    """
    if request.method == "POST" and form.is_valid():
        try:
            result = perform(form.cleaned_data)
        except Refusal as refusal:
            refused(form, refusal)
        else:
            words = said(result) if callable(said) else said
            if words:
                messages.success(request, str(words))
            url = done(result) if callable(done) else done
            return go_to(url) if getattr(request, "htmx", False) else redirect(url)
    values = {
        "form": form,
        "title": title,
        "cancel_url": back,
        "submit_label": submit_label,
        **(context or {}),
    }
    return render(request, template, values, status=422 if request.method == "POST" else 200)
