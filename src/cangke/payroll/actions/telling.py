"""Whom payroll tells, and where it leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from cangke.foundation.access.public import Account, Roles
from cangke.foundation.notices.public import notify, notify_each
from cangke.people.public import holders_of_role

from ..models import PayRun, PaySlip


def tell_roles(
    *roles: str, kind: str, title: object, body: object = "", url: str, at: dt.datetime
) -> None:
    """Tell everybody who holds one of the roles."""
    ids = {pk for role in roles for pk in holders_of_role(role)}
    accounts = Account.objects.filter(pk__in=ids)
    notify(accounts, kind=kind, title=title, body=body, url=url, at=at)


def tell_payers(run: PayRun, title: object, body: object = "", *, at: dt.datetime) -> None:
    """Tell personnel and finance about a run."""
    tell_roles(
        Roles.HR,
        Roles.FINANCE,
        kind="payroll.run",
        title=title,
        body=body or f"{run.site.name} {run.month:%Y-%m}",
        url=reverse("payroll:run", args=[run.pk]),
        at=at,
    )


def tell_people(slips: Iterable[PaySlip], title: object, *, at: dt.datetime) -> None:
    """Tell each of many about their own slip, in a fixed number of queries."""
    told = [
        (slip.employee.account, f"{slip.month:%Y-%m}", reverse("payroll:slip", args=[slip.pk]))
        for slip in slips
        if slip.employee.account is not None
    ]
    notify_each(told, kind="payroll.slip", title=title, at=at)


def tell_person(slip: PaySlip, title: object, body: object = "", *, at: dt.datetime) -> None:
    """Tell somebody about their own slip; amounts stay on the page."""
    account = slip.employee.account
    if account is not None:
        notify(
            account,
            kind="payroll.slip",
            title=title,
            body=body or f"{slip.month:%Y-%m}",
            url=reverse("payroll:slip", args=[slip.pk]),
            at=at,
        )
