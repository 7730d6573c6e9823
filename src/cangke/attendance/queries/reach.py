"""Which teams and records somebody may plan or look after."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from cangke.foundation.access.public import Account, scope
from cangke.people.public import Employee

from ..permissions import concerning, people_within, teams_within

M = TypeVar("M", bound=Model)


def visible(account: Account, model: type[M]) -> QuerySet[M]:
    """The records of a model that are one's own or of people one looks after."""
    return scope(account, model, "view").filter(concerning(account))


def looked_after(account: object, code: str) -> QuerySet[Employee]:
    """The employees over whom an account holds a permission."""
    rows = Employee.objects.filter(people_within(account, code))
    return rows.select_related("team", "site", "department", "account")


__all__ = ["looked_after", "teams_within", "visible"]
