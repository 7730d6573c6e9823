from dataclasses import dataclass


@dataclass(frozen=True)
class EmployeeHired:
    """Somebody joined; ``account_id`` is their new account, if they have one."""

    employee_id: int
    account_id: int | None


@dataclass(frozen=True)
class EmployeeTermsChanged:
    """Team, post, superior, site or status of somebody changed, and holds from now."""

    employee_id: int


@dataclass(frozen=True)
class EmployeeLeft:
    """Somebody left or was suspended: their open work must go to others."""

    employee_id: int
    account_id: int | None
