"""What regularization does when approvals has decided, or somebody joins or leaves."""

from __future__ import annotations

from django.utils import timezone

from cangke.approvals.events import CaseApproved, CaseRefused, CaseReturned, CaseWithdrawn
from cangke.people.events import EmployeeHired, EmployeeLeft
from cangke.people.public import Employee, Status

from . import actions


def carry_out(event: CaseApproved) -> None:
    if event.kind == actions.KIND:
        actions.carry_out(case_id=event.case_id, fingerprint=event.fingerprint)


def reject(event: CaseRefused) -> None:
    if event.kind == actions.KIND:
        actions.reject(case_id=event.case_id)


def give_back(event: CaseReturned) -> None:
    if event.kind == actions.KIND:
        actions.give_back(case_id=event.case_id)


def reopen(event: CaseWithdrawn) -> None:
    if event.kind == actions.KIND:
        actions.reopen(case_id=event.case_id)


def open_file(event: EmployeeHired) -> None:
    """Who starts on probation has a file from the first day; without a template the sweep does."""
    try:
        actions.open_file(employee_id=event.employee_id, at=timezone.now())
    except actions.NoTemplate:
        return


def end_file(event: EmployeeLeft) -> None:
    """A suspended person's file waits, a leaver's ends."""
    if Employee.objects.filter(pk=event.employee_id, status=Status.LEFT).exists():
        actions.end_file(employee_id=event.employee_id, at=timezone.now())
