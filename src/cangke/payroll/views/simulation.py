"""What the rules would say: a month played through, nothing stored."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cangke.foundation.access.public import allowed
from cangke.people.public import employee_of

from .. import forms, queries, wording


@require_GET
@allowed("payroll.simulate")
def simulate(request: HttpRequest) -> HttpResponse:
    """Show the form, and beside it what a filled-in one comes to; the address can be shared."""
    asked = "month" in request.GET
    today = timezone.localdate()
    form = forms.MonthForm(request.GET if asked else None, initial={"month": f"{today:%Y-%m}"})
    days = forms.Days(request.GET if "form-TOTAL_FORMS" in request.GET else None)
    answer: dict[str, Any] | None = None
    reasons: list[str] = []
    if asked and form.is_valid() and (not days.is_bound or days.is_valid()):
        try:
            rows = days if days.is_bound else ()
            answer = queries.simulate_month(forms.month_of(form, rows, _zone(request)))
        except queries.BadMonth as refused:
            reasons = refused.reasons
    context = {
        "form": form,
        "days": days,
        "answer": answer and _shown(answer),
        "reasons": reasons,
    }
    bad = asked and answer is None
    return render(request, "payroll/simulation/detail.html", context, status=422 if bad else 200)


def _zone(request: HttpRequest) -> ZoneInfo:
    employee = employee_of(request.user)
    return ZoneInfo(employee.site.zone if employee else timezone.get_default_timezone_name())


def _shown(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with words for its codes, and the clause that each line rests on."""
    for line in answer["lines"]:
        line["label"] = wording.line_label(line["code"])
        line["anchor"] = queries.CLAUSES.get(line["clause"], "")
    for packet in answer["packets"]:
        packet["label"] = wording.PACKET_STATES[packet["state"]]
        packet["why"] = wording.REASONS[packet["reason"]]
    answer["by_pay"] = any(packet["state"] == "pay" for packet in answer["packets"])
    for day in answer["days"]:
        day["where"] = wording.SIDES[day["side"]]
    answer["said"] = [wording.NOTICES[code] for code in (*answer["notices"], *answer["proposals"])]
    return answer
