"""The forms of the organisation and its people."""

from .descriptions import (
    DescriptionForm,
    QualificationForm,
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

__all__ = [
    "AccountForm",
    "BrandForm",
    "DepartmentForm",
    "DescriptionForm",
    "EditForm",
    "HeadcountForm",
    "HireForm",
    "LeaveForm",
    "PlaceForm",
    "PostForm",
    "QualificationForm",
    "ReinstateForm",
    "ShopForm",
    "SiteForm",
    "SuspendForm",
    "TeamForm",
    "TransferForm",
    "WordsField",
]
