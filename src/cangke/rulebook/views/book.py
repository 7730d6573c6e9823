from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cangke.foundation.access.public import Account, allowed, can
from cangke.foundation.ui.public import refused, toast

from .. import actions, forms, queries, rules
from ..models import RulebookVersion
from . import asked


@require_GET
@allowed("rulebook.view")
def book(request: HttpRequest) -> HttpResponse:
    """The rulebook as chapters, with the values the system executes."""
    here = asked.read_asked(request)
    account: Account = request.user  # type: ignore[assignment]  # let in by `allowed`
    older = None
    if here.version is not None and here.by_number:
        older = queries.before(here.version)
    context = {
        "here": here,
        "standing": queries.standing_of(here.version, on=here.on) if here.version else None,
        "sets": queries.list_sets(),
        "chapters": queries.read_book(here.body, older=older.body if older else None),
        "versions": queries.list_versions(here.policy_set, on=here.on) if here.policy_set else [],
        "today": asked.today(),
        "to_read": queries.version_to_read(account, on=asked.today()),
        "may_edit": can(request.user, "rulebook.edit"),
    }
    return render(request, "rulebook/book/detail.html", context)


def _find(key: str) -> rules.Parameter:
    try:
        return queries.catalogue().parameters[key]
    except KeyError:
        raise Http404 from None


@require_http_methods(["GET", "POST"])
@allowed("rulebook.view")
def parameter(request: HttpRequest, key: str) -> HttpResponse:
    """One value: what it is, what it was, and, for those who may, what the draft shall say."""
    found = _find(key)
    here = asked.read_asked(request)
    if request.method == "POST":
        return _change(request, here, found)
    return _shown(request, here, found, form=None)


def _form(
    here: asked.Asked, found: rules.Parameter, data: Any = None
) -> tuple[forms.ValueForm, RulebookVersion | None]:
    draft = queries.get_draft(here.policy_set) if here.policy_set else None
    body = draft.body if draft else here.body
    form = forms.ValueForm(
        data,
        parameter=found,
        stored=body["values"].get(found.key, found.default),
        revision=draft.revision if draft else 0,
    )
    return form, draft


def _shown(
    request: HttpRequest,
    here: asked.Asked,
    found: rules.Parameter,
    *,
    form: forms.ValueForm | None,
    status: int = 200,
) -> HttpResponse:
    may_edit = can(request.user, "rulebook.edit") and here.policy_set is not None
    draft = queries.get_draft(here.policy_set) if here.policy_set else None
    if form is None and may_edit:
        form, _draft = _form(here, found)
    language = queries.reading_language()
    values = here.body["values"]
    in_force = queries.shown_value(found, values.get(found.key, found.default), language)
    drafted, read = "", values
    if draft is not None and may_edit:
        stored = draft.body["values"].get(found.key, found.default)
        drafted = queries.shown_value(found, stored, language)
        read = {**values, found.key: stored}
    context = {
        "here": here,
        "parameter": found,
        "label": found.label_in(language),
        "unit": _(rules.UNITS[found.unit]) if found.unit in rules.UNITS else found.unit,
        "in_force": in_force,
        "drafted": drafted if drafted != in_force else "",
        "draft": draft,
        "paragraph_shown": _paragraph(here, found, read),
        "form": form if may_edit else None,
        "history": queries.history_of(here.policy_set, found.key) if here.policy_set else [],
        "may_edit": may_edit,
        "query": f"?set={here.set_key}" if here.set_key else "",
        "who": queries.who_changes(),
    }
    name = "rulebook/parameter/detail.html"
    if asked.in_side(request):
        name += "#panel"
    return render(request, name, context, status=status)


def _paragraph(
    here: asked.Asked, found: rules.Parameter, values: dict[str, Any]
) -> queries.Paragraph | None:
    clause = queries.clause_of(here.body, queries.catalogue().clause_of[found.key].code)
    if clause is None:
        return None
    return queries.read_clause(clause, values, older=here.body["values"])


def _change(request: HttpRequest, here: asked.Asked, found: rules.Parameter) -> HttpResponse:
    form, draft = _form(here, found, request.POST)
    if not can(request.user, "rulebook.edit") or here.policy_set is None:
        raise Http404
    if not form.is_valid():
        return _shown(request, here, found, form=form, status=422)
    account: Account = request.user  # type: ignore[assignment]  # let in by `allowed`
    try:
        held = actions.edit_values(
            policy_set=here.policy_set,
            values={found.key: form.cleaned_data["value"]},
            revision=form.cleaned_data["revision"] or 0,
            by=account,
            at=timezone.now(),
        )
    except (actions.StaleDraft, actions.Refused) as refusal:
        # The typing stays; the next submit is told against what the draft says now.
        form.data = {**request.POST.dict(), "revision": draft.revision if draft else 0}
        refused(form, refusal)
        return _shown(request, here, found, form=form, status=422)
    url = f"{reverse('rulebook:draft', args=[here.policy_set.key])}"
    if asked.in_side(request):
        response = _shown(request, here, found, form=None)
        return toast(response, _("已存入第 %d 版草稿。") % held.number)
    return redirect(url)


@require_GET
@allowed("rulebook.edit")
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """How the paragraph will read, and thereby what the next calculation takes."""
    found = _find(key)
    here = asked.read_asked(request)
    form, _draft = _form(here, found, request.GET)
    paragraph = None
    if form.is_valid():
        values = {**here.body["values"], found.key: form.cleaned_data["value"]}
        paragraph = _paragraph(here, found, values)
    context = {"paragraph_shown": paragraph, "form": form, "parameter": found, "here": here}
    return render(request, "rulebook/parameter/detail.html#preview", context)
