"""Reading a version and confirming it, and who has."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cangke.foundation.access.public import Account, allowed
from cangke.foundation.audit.public import record
from cangke.foundation.sheets.public import safe_cell

from .. import actions, queries, rules
from ..models import RulebookVersion
from . import asked


def _account(request: HttpRequest) -> Account:
    return cast(Account, request.user)


@require_http_methods(["GET", "POST"])
@allowed("rulebook.view")
def reading(request: HttpRequest) -> HttpResponse:
    """What I have still to read, and the button that says I have."""
    account = _account(request)
    version = queries.version_to_read(account, on=asked.today())
    if request.method == "POST":
        if version is not None and request.POST.get("version") == str(version.pk):
            actions.confirm_reading(version_id=version.pk, by=account, at=timezone.now())
            messages.success(request, _("已确认阅读第 %d 版。") % version.number)
        return redirect("rulebook:reading")
    context: dict[str, Any] = {"version": version}
    if version is not None:
        body = rules.new_body(queries.catalogue(), version.body)
        older = queries.last_read(account, version.policy_set)
        chapters = queries.read_book(body)
        context |= {
            "older": older,
            "differences": queries.list_differences(older.body, version.body) if older else [],
            "chapters": chapters,
        }
    return render(request, "rulebook/reading/detail.html", context)


@require_GET
@allowed("rulebook.view")
def panel(request: HttpRequest) -> HttpResponse:
    """What I have still to read, for the home page."""
    version = queries.version_to_read(_account(request), on=asked.today())
    return render(request, "rulebook/reading/panel.html", {"version": version})


def _published(key: str, number: int) -> RulebookVersion:
    version = (
        asked.find_set(key).versions.select_related("policy_set").filter(number=number).first()
    )
    if version is None or version.published_at is None:
        raise Http404
    return version


@require_GET
@allowed("rulebook.readers")
def readers(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The confirmation list of a version; ``?open=1`` who has not, ``?export=1`` as a file."""
    version = _published(key, number)
    found = queries.readers_of(version, on=asked.today())
    if request.GET.get("export"):
        record(
            "rulebook.readers_exported",
            obj=version,
            by=_account(request),
            at=timezone.now(),
            changes={"rows": len(found)},
        )
        return _file(version, found)
    done = sum(each.confirmed_at is not None for each in found)
    only_open = bool(request.GET.get("open"))
    context = {
        "policy_set": version.policy_set,
        "version": version,
        "readers": [each for each in found if not (only_open and each.confirmed_at)],
        "all": len(found),
        "done": done,
        "open": len(found) - done,
        "only_open": only_open,
    }
    return render(request, "rulebook/reading/list.html", context)


def _file(version: RulebookVersion, found: object) -> HttpResponse:
    out = StringIO()
    table = csv.writer(out)
    table.writerow([_("姓名"), _("小组"), _("确认时间")])
    for each in cast(list[queries.Reader], found):
        when = each.confirmed_at
        at = timezone.localtime(when).isoformat(timespec="minutes") if when else ""
        table.writerow([safe_cell(each.member.name), safe_cell(each.member.team), at])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"readings-{version.policy_set.key}-v{version.number}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@allowed("rulebook.readers")
def remind(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Ask everybody who has not confirmed, now."""
    version = _published(key, number)
    told = actions.remind_readers(version_id=version.pk, by=_account(request), at=timezone.now())
    messages.success(request, _("已提醒 %d 人。") % told)
    return redirect("rulebook:readers", key, number)
