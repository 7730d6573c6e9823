"""The forms of the organisation and its people."""

from .descriptions import (
    DescriptionForm,
    QualificationForm,
)
from .files import (
    AbilityForm,
    ContractForm,
    EvidenceForm,
    HandoverForm,
    VoidForm,
)
from .organisation import (
    AccountForm,
    BrandForm,
    DepartmentForm,
    EditForm,
    HeadcountForm,
    HireForm,
    LeaveForm,
    PlaceForm,
    PostForm,
    ReinstateForm,
    ShopForm,
    SiteForm,
    SuspendForm,
    TeamForm,
    TransferForm,
    WordsField,
)
from .targets import SalesTargetForm

__all__ = [
    "AbilityForm",
    "AccountForm",
    "BrandForm",
    "ContractForm",
    "DepartmentForm",
    "DescriptionForm",
    "EditForm",
    "EvidenceForm",
    "HandoverForm",
    "HeadcountForm",
    "HireForm",
    "LeaveForm",
    "PlaceForm",
    "PostForm",
    "QualificationForm",
    "ReinstateForm",
    "SalesTargetForm",
    "ShopForm",
    "SiteForm",
    "SuspendForm",
    "TeamForm",
    "TransferForm",
    "VoidForm",
    "WordsField",
]
