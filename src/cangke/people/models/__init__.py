"""Tables of the organisation and its people."""

from .descriptions import (
    JobDescription,
    Qualification,
    demand_choices,
    education_choices,
)
from .evidence import DisclosureEvidence
from .files import (
    AbilityRating,
    Contract,
    Handover,
    ability_choices,
    contract_kind_choices,
)
from .organisation import (
    Brand,
    Department,
    Employee,
    EmployeeQuerySet,
    EmployeeTerm,
    Headcount,
    Post,
    Shop,
    Site,
    Team,
    department_kind_choices,
    family_choices,
    feature_choices,
    shop_state_choices,
    stage_choices,
    status_choices,
)
from .targets import SalesTarget

__all__ = [
    "AbilityRating",
    "Brand",
    "Contract",
    "Department",
    "DisclosureEvidence",
    "Employee",
    "EmployeeQuerySet",
    "EmployeeTerm",
    "Handover",
    "Headcount",
    "JobDescription",
    "Post",
    "Qualification",
    "SalesTarget",
    "Shop",
    "Site",
    "Team",
    "ability_choices",
    "contract_kind_choices",
    "demand_choices",
    "department_kind_choices",
    "education_choices",
    "family_choices",
    "feature_choices",
    "shop_state_choices",
    "stage_choices",
    "status_choices",
]
