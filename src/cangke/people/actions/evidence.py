"""Saving an extract of the log as evidence of a disclosure (Q9)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import AuditEntry, act_label, changes_of, object_text, record
from cangke.foundation.calendar.public import day_bounds
from cangke.foundation.events.public import publish
from cangke.foundation.files.public import store
from cangke.foundation.refusal import Refusal

from .. import queries
from ..events import EvidenceSaved
from ..models import DisclosureEvidence, Employee

PURPOSE = "people.evidence"
MOST_DAYS = 366


def _line(*parts: object) -> str:
    """One line of the file; what is in a part cannot begin another one."""
    return "\t".join(" ".join(str(part).split()) for part in parts)


def _text(employee: Employee, entries: list[AuditEntry], *, head: list[str]) -> str:
    zone = ZoneInfo(employee.site.zone)
    lines = [
        *head,
        "",
        _line(
            "#",
            _("时间"),
            _("动作"),
            _("代码"),
            _("对象"),
            _("内容"),
            _("事由"),
            _("来源地址"),
            _("封存散列"),
        ),
    ]
    for entry in entries:
        said = "; ".join(
            f"{change.name}: {change.old} → {change.new}"
            if change.is_change
            else f"{change.name}: {change.new}"
            for change in changes_of(entry)
        )
        seal = getattr(entry, "seal", None)
        lines.append(
            _line(
                entry.pk,
                entry.at.astimezone(zone).isoformat(timespec="seconds"),
                act_label(entry.action),
                entry.action,
                object_text(entry),
                said,
                entry.reason,
                entry.address,
                seal.hash if seal else "",
            )
        )
    return "\n".join(lines) + "\n"


def save_evidence(
    *,
    employee_id: int,
    first_date: dt.date,
    last_date: dt.date,
    reason: str,
    by: Account,
    at: dt.datetime,
) -> DisclosureEvidence:
    """
    Save what somebody looked up, tried and took out, both days included, as a file (Q9).

    The file names each entry with its place in the sealed log; that it was taken is logged too.

    :raises Refusal: for oneself, without an account, for a wrong or too long period, or if nothing
        is on record
    """
    employee = Employee.objects.select_related("site", "account").get(pk=employee_id)
    if employee.account_id is None:
        raise Refusal(_("这位员工没有账户，没有访问记录。"))
    if employee.account_id == by.pk:
        raise Refusal(_("不能提取自己的记录，请由别人办理。"))
    if last_date < first_date:
        raise Refusal(_("结束日不能早于开始日。"), field="last_date")
    if (last_date - first_date).days >= MOST_DAYS:
        raise Refusal(_("一次最多提取一年。"), field="first_date")
    since, _end = day_bounds(first_date, employee.site.zone)
    _start, until = day_bounds(last_date, employee.site.zone)
    entries = list(queries.disclosure_entries(employee, since=since, until=until))
    if not entries:
        raise Refusal(_("这段时间没有查看原文、导出或越权访问的记录。"))
    head = [
        _line(_("访问记录提取"), employee.number, employee.name),
        _line(first_date, last_date, employee.site.zone),
        _line(_("提取人"), by.display_name, at.isoformat(timespec="seconds")),
        _line(_("事由"), reason),
    ]
    text = _text(employee, entries, head=head)
    file = store(
        ContentFile(text.encode("utf-8"), name="log.txt"),
        purpose=PURPOSE,
        by=by,
        at=at,
        name=f"log-{employee.number}-{first_date}-{last_date}.txt",
        known_type="text/plain",
    )
    with transaction.atomic():
        made = DisclosureEvidence.objects.create(
            employee=employee,
            first_date=first_date,
            last_date=last_date,
            entries=len(entries),
            file=file,
            digest=file.sha256,
            reason=reason[:200],
            by=by,
            at=at,
        )
        record(
            "people.evidence_saved",
            obj=employee,
            by=by,
            at=at,
            changes={
                "from": first_date,
                "until": last_date,
                "entries": len(entries),
                "digest": file.sha256,
            },
            reason=reason,
        )
        publish(EvidenceSaved(evidence_id=made.pk, employee_id=employee.pk))
    return made
