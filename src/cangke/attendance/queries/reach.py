"""Which teams somebody may plan or look after."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cangke.foundation.access.public import Account, ScopeKind, held_by, own_scope_ids
from cangke.people.public import Employee, Team


def teams_within(account: object, code: str) -> QuerySet[Team]:
    """The teams over which an account holds a permission, by team, department or everywhere."""
    if not isinstance(account, Account):
        return Team.objects.none()
    reached = Q(pk__in=[])
    for held in held_by(account):
        if code not in held.permissions:
            continue
        if held.kind == ScopeKind.ALL:
            return Team.objects.all()
        if held.kind not in (ScopeKind.TEAM, ScopeKind.DEPARTMENT):
            continue
        ids = (
            (held.scope_id,)
            if held.scope_id is not None
            else own_scope_ids.ask(account_id=account.pk, kind=held.kind)
        )
        if held.kind == ScopeKind.TEAM:
            reached |= Q(pk__in=ids)
        else:
            reached |= Q(department_id__in=ids)
    return Team.objects.filter(reached)


def plans_for(account: object, employee: Employee, code: str) -> bool:
    """Whether an account holds a permission over the team somebody belongs to."""
    if employee.team_id is None:
        return False
    return teams_within(account, code).filter(pk=employee.team_id).exists()
