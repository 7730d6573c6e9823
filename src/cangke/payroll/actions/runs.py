"""The way of a run: opened, checked by another, locked, paid; back only by a second person."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.attendance import public as attendance
from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.calendar.public import site_day
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Refusal
from cangke.foundation.wording import listed
from cangke.people.public import Employee, Site

from .. import queries, wording
from ..events import PayRunLocked, PayRunPaid, PayRunReopened
from ..models import OPEN, SETTLED, LateChange, PayRun, PaySlip
from .calculating import locked_run, open_run, total_up
from .measures import draft_measures, drop_drafts
from .owed import owe, take_back
from .refusals import MonthSettled, NotReady, RunClosed, SamePerson
from .telling import tell_payers, tell_people


class NothingYet(Refusal):
    """The month has not begun, or nobody worked in it."""


@transaction.atomic
def start_run(*, site: Site, month: dt.date, by: Account | None, at: dt.datetime) -> PayRun:
    """
    Open the pay run of a site's month, or return it if there is one.

    :raises NothingYet: if the month has not begun, or nobody worked there
    """
    first = month.replace(day=1)
    found = PayRun.objects.filter(site=site, month=first, kind="regular").first()
    if found is not None:
        return found
    if site_day(at, site.zone) < first:
        raise NothingYet(_("这个月还没有开始。"), field="month")
    if not queries.people_of(site, first):
        raise NothingYet(_("这个月没有人在这个站点任职。"), field="month")
    run = PayRun.objects.create(
        number=f"PAY-{site.code.upper()}-{first:%Y%m}",
        site=site,
        month=first,
        currency=site.currency,
        due_on=queries.due_day(site, first),
        opened_at=at,
    )
    record("payroll.opened", obj=run, by=by, at=at, changes={"month": f"{first:%Y-%m}"})
    return run


@transaction.atomic
def start_supplement(*, site: Site, month: dt.date, by: Account, at: dt.datetime) -> PayRun:
    """
    Open a supplement to a locked month for persons and amounts it missed, or return the open one.

    It pays people without a slip of the month, and what became known since the lock (L11).

    :raises NothingYet: if the month is not locked: then it belongs into the month's own run
    """
    first = month.replace(day=1)
    Site.objects.select_for_update().get(pk=site.pk)
    regular = PayRun.objects.filter(site=site, month=first, kind="regular").first()
    if regular is None or regular.is_open:
        raise NothingYet(_("这个月的工资还没有锁定，请直接计入月度工资。"), field="month")
    rows = PayRun.objects.filter(site=site, month=first, kind="supplement")
    found = rows.filter(state__in=OPEN).first()
    if found is not None:
        return found
    sequence = rows.count() + 1
    run = PayRun.objects.create(
        number=f"PAY-{site.code.upper()}-{first:%Y%m}-S{sequence}",
        site=site,
        month=first,
        kind="supplement",
        sequence=sequence,
        currency=site.currency,
        due_on=queries.next_due_day(site, site_day(at, site.zone)),
        opened_at=at,
    )
    record("payroll.opened", obj=run, by=by, at=at, changes={"month": f"{first:%Y-%m}"})
    return run


@transaction.atomic
def start_final(*, employee: Employee, by: Account, at: dt.datetime) -> PayRun:
    """
    Open the settlement of a leaver for the month of the last day, or return the one there is.

    The month's run leaves the person out from now on; a slip it has calculated is taken away.

    :raises NothingYet: without a last day, or before it
    :raises MonthSettled: if the month's run has paid the person
    """
    employee = (
        Employee.objects.select_for_update(of=("self",)).select_related("site").get(pk=employee.pk)
    )
    site, last = employee.site, employee.employed_to
    if last is None:
        raise NothingYet(_("还没有登记离职日，请先在员工档案里登记。"), field="employee")
    today = site_day(at, site.zone)
    if today < last:
        raise NothingYet(_("离职日是 %s，到那天才能结算。") % last.isoformat(), field="employee")
    first = last.replace(day=1)
    found = PayRun.objects.filter(kind="final", employee=employee, month=first).first()
    if found is not None:
        return found
    slip = PaySlip.objects.filter(employee=employee, month=first, part=0).first()
    if slip is not None:
        regular = locked_run(slip.run_id)
        if not regular.is_open:
            raise MonthSettled(
                _("%s 的工资已经锁定，遗漏的请用补发。") % f"{first:%Y-%m}", field="employee"
            )
        slip.lines.all().delete()
        slip.delete()
        total_up(regular)
        regular.complete = False
        regular.save()
    run = PayRun.objects.create(
        number=f"PAY-{site.code.upper()}-{first:%Y%m}-F{employee.pk}",
        site=site,
        month=first,
        kind="final",
        employee=employee,
        currency=site.currency,
        due_on=max(today, last),
        opened_at=at,
    )
    record("payroll.opened", obj=run, by=by, at=at, changes={"month": f"{first:%Y-%m}"})
    return run


@transaction.atomic
def submit_run(*, run_id: int, by: Account, at: dt.datetime) -> PayRun:
    """
    Hand a calculated run over to be checked.

    :raises NotReady: if it has not been calculated to the end
    """
    run = open_run(run_id)
    if run.state == "in_review":
        return run
    if run.state != "calculated" or not run.complete:
        raise NotReady(_("请先把工资核算完。"))
    run.state, run.submitted_by, run.submitted_at = "in_review", by, at
    run.save(update_fields=["state", "submitted_by", "submitted_at"])
    record("payroll.submitted", obj=run, by=by, at=at, changes={"net": str(run.net)})
    tell_payers(run, gettext_lazy("工资等待复核"), at=at)
    return run


@transaction.atomic
def confirm_guard(*, slip_id: int, reason: str, by: Account, at: dt.datetime) -> PaySlip:
    """
    Confirm that a slip stays as it is though the guard warns or pay does not cover it (L12).

    :raises RunClosed: if the run is locked
    :raises SamePerson: for one's own slip
    """
    # The run first, as everybody who writes slips does.
    open_run(PaySlip.objects.values_list("run_id", flat=True).get(pk=slip_id))
    slip = (
        PaySlip.objects.select_for_update(of=("self",)).select_related("employee").get(pk=slip_id)
    )
    if slip.employee.account_id == by.pk:
        raise SamePerson(_("不能确认自己的工资条，请由另一位同事确认。"))
    slip.confirmed_by, slip.confirmed_at, slip.confirmed_reason = by, at, reason[:300]
    slip.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_reason"])
    record(
        "payroll.guard",
        obj=slip,
        by=by,
        at=at,
        changes={"limit": str(slip.guard_limit), "receivable": str(slip.receivable)},
        reason=reason,
    )
    return slip


def lock_run(*, run_id: int, by: Account, at: dt.datetime) -> PayRun:
    """
    Settle a run: nothing of its month changes any more, and everybody may see their slip.

    The days are judged to the end first, in pieces that let others go on; then pay is worked out
    once more and held against the slips, and attendance is closed with it. Who has a fact that
    changed in between is judged anew.

    :raises SamePerson: if who calculated or handed it in would check it
    :raises NotReady: with everything that is not settled yet
    """
    with transaction.atomic():
        run = open_run(run_id)
    _check_locking(run, by)
    ids = [each.pk for each in queries.people_of_run(run)]
    settled = attendance.settle_months(employee_ids=ids, month=run.month, at=at)
    return _lock(run_id=run_id, by=by, at=at, settled=settled)


def _check_locking(run: PayRun, by: Account) -> None:
    if run.state != "in_review":
        raise NotReady(_("请先提交复核。"))
    if by.pk in (run.calculated_by_id, run.submitted_by_id):
        raise SamePerson(_("核算人不能复核自己算的工资，请由另一位同事锁定。"))


@transaction.atomic
def _lock(
    *,
    run_id: int,
    by: Account,
    at: dt.datetime,
    settled: Mapping[int, attendance.JudgedMonth],
) -> PayRun:
    run = open_run(run_id)
    _check_locking(run, by)
    people = queries.people_of_run(run)
    slips = {slip.employee_id: slip for slip in run.slips.select_related("employee__account")}
    attendance.hold_people(employee_ids=[each.pk for each in people])
    reckoned = queries.reckon_run(run, people, at=at, judged=settled)
    found = queries.blockers(run, reckoned, slips, at=at)
    if found:
        lines = [wording.blocker_text(each) for each in found[:20]]
        raise NotReady("\n".join([str(_("还不能锁定：")), *lines]), found)
    judged = [each.judged for each in reckoned if not each.corrects_only]
    ids = [each.employee.pk for each in judged]
    attendance.close_months(employee_ids=ids, month=run.month, by=by, at=at, judged=judged)
    taken_in = [change.pk for each in reckoned for change in each.changes]
    LateChange.objects.filter(pk__in=taken_in, settled_in__isnull=True).update(settled_in=run)
    owe(run, reckoned, slips, at=at)
    run.state, run.locked_by, run.locked_at = "locked", by, at
    run.save(update_fields=["state", "locked_by", "locked_at"])
    draft_measures(run, at=at)
    record(
        "payroll.locked",
        obj=run,
        by=by,
        at=at,
        changes={"people": run.people, "net": str(run.net), "digest": run.digest},
    )
    publish(PayRunLocked(run_id=run.pk, month=run.month))
    tell_people(slips.values(), gettext_lazy("工资条可以查看了"), at=at)
    return run


@transaction.atomic
def reopen_run(*, run_id: int, reason: str, by: Account, at: dt.datetime) -> PayRun:
    """
    Send a locked run back to be checked anew, before it is paid, by another person.

    :raises RunClosed: if it is not locked, or a later month is
    :raises SamePerson: if who locked it would reopen it
    """
    run = locked_run(run_id)
    if run.state != "locked":
        raise RunClosed(_("只有已锁定、还没有发放的工资可以退回。"))
    if run.locked_by_id == by.pk:
        raise SamePerson(_("锁定的人不能自己退回，请由另一位同事退回。"))
    after = Q(month__gt=run.month) | Q(month=run.month, locked_at__gt=run.locked_at)
    later = PayRun.objects.filter(after, site=run.site, state__in=SETTLED).first()
    if later is not None:
        raise RunClosed(_("%s 的工资已经锁定，请在下一次工资里更正。") % f"{later.month:%Y-%m}")
    supplements = PayRun.objects.filter(site=run.site, month=run.month, kind="supplement")
    if run.kind == "regular" and supplements.filter(state__in=OPEN).exists():
        raise RunClosed(_("这个月的补发还没有做完，请在补发里更正。"))
    take_back(run)
    ids = list(run.slips.filter(part=0).values_list("employee_id", flat=True))
    attendance.reopen_months(employee_ids=ids, month=run.month)
    LateChange.objects.filter(settled_in=run).update(settled_in=None)
    # What was noted of the month itself needs no correction now: it is calculated anew.
    LateChange.objects.filter(employee__in=ids, month=run.month, settled_in__isnull=True).delete()
    drop_drafts(run, by=by, at=at)
    run.slips.update(acknowledged_at=None)
    run.state, run.locked_by, run.locked_at = "in_review", None, None
    run.bank_hash, run.bank_at, run.bank_by = "", None, None
    run.reopened_by, run.reopened_at, run.reopened_reason = by, at, reason[:300]
    run.save()
    record("payroll.reopened", obj=run, by=by, at=at, reason=reason)
    publish(PayRunReopened(run_id=run.pk, month=run.month))
    tell_payers(run, gettext_lazy("工资被退回"), at=at)
    return run


@transaction.atomic
def make_bank_file(*, run_id: int, by: Account, at: dt.datetime) -> tuple[PayRun, bytes]:
    """
    Make the file for the bank; the same run gives the same bytes, whose fingerprint is kept.

    :raises RunClosed: if the run is not locked
    :raises NotReady: if somebody who is to be paid has no account on record
    """
    run = locked_run(run_id)
    if run.state not in ("locked", "paid"):
        raise RunClosed(_("锁定以后才能导出银行文件。"))
    content, missing = queries.bank_file(run)
    if missing:
        raise NotReady(_("这些人还没有登记收款账户：%s") % listed(missing[:10]))
    digest = hashlib.sha256(content).hexdigest()
    if run.state == "locked":
        run.bank_hash, run.bank_at, run.bank_by = digest, at, by
        run.save(update_fields=["bank_hash", "bank_at", "bank_by"])
    record("payroll.bank_file", obj=run, by=by, at=at, changes={"sha256": digest})
    return run, content


@transaction.atomic
def mark_paid(*, run_id: int, paid_on: dt.date, by: Account, at: dt.datetime) -> PayRun:
    """
    Note that a locked run was paid, by the file whose fingerprint is on record.

    :raises NotReady: if no file was made, or accounts have changed since
    """
    run = locked_run(run_id)
    if run.state != "locked":
        raise RunClosed(_("只有已锁定的工资可以登记发放。"))
    if not run.bank_hash:
        raise NotReady(_("请先导出银行文件。"))
    if hashlib.sha256(queries.bank_file(run)[0]).hexdigest() != run.bank_hash:
        raise NotReady(_("收款账户在导出之后改过，请重新导出银行文件。"))
    today = site_day(at, run.site.zone)
    if paid_on > today or run.locked_at is None or paid_on < site_day(run.locked_at, run.site.zone):
        raise Refusal(_("发放日要在锁定之后、不晚于今天。"), field="paid_on")
    run.state, run.paid_by, run.paid_at, run.paid_on = "paid", by, at, paid_on
    run.save(update_fields=["state", "paid_by", "paid_at", "paid_on"])
    record(
        "payroll.paid",
        obj=run,
        by=by,
        at=at,
        changes={"paid_on": paid_on, "net": str(run.net), "sha256": run.bank_hash},
    )
    publish(PayRunPaid(run_id=run.pk, month=run.month))
    paid = run.slips.select_related("employee__account").filter(net__gt=0)
    tell_people(paid, gettext_lazy("工资已发放"), at=at)
    return run


def remind(*, at: dt.datetime) -> int:
    """Remind of pay day ahead, and tell each day of what is overdue (L3); return how many."""
    told = 0
    for pk in PayRun.objects.exclude(state="paid").values_list("pk", flat=True):
        told += _remind(pk, at)
    return told


@transaction.atomic
def _remind(run_id: int, at: dt.datetime) -> int:
    run = locked_run(run_id)
    if run.state == "paid":
        return 0
    today = site_day(at, run.site.zone)
    if today > run.due_on:
        if run.overdue_told_on == today:
            return 0
        run.overdue_told_on = today
        run.save(update_fields=["overdue_told_on"])
        body = f"{run.site.name} {run.month:%Y-%m} · {run.due_on:%m-%d}"
        tell_payers(run, gettext_lazy("工资逾期未发放"), body, at=at)
        return 1
    ahead = queries.run_policy(run.site, run.month).remind_days
    if run.reminded_at is None and (run.due_on - today).days <= ahead:
        run.reminded_at = at
        run.save(update_fields=["reminded_at"])
        body = f"{run.site.name} {run.month:%Y-%m} · {run.due_on:%m-%d}"
        tell_payers(run, gettext_lazy("发薪日快到了"), body, at=at)
        return 1
    return 0


def open_due_runs(*, at: dt.datetime) -> int:
    """Open last month's run at every site that has had one before; return how many."""
    opened = 0
    for site in Site.objects.filter(pk__in=PayRun.objects.values("site")):
        month = queries.month_before(site_day(at, site.zone))
        runs = PayRun.objects.filter(site=site, month=month, kind="regular")
        if not runs.exists() and queries.people_of(site, month):
            run = start_run(site=site, month=month, by=None, at=at)
            tell_payers(run, gettext_lazy("新的一月工资可以核算了"), at=at)
            opened += 1
    return opened
