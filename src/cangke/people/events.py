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


@dataclass(frozen=True)
class EvidenceSaved:
    """An extract of the log about somebody was saved, for a case to refer to."""

    evidence_id: int
    employee_id: int
