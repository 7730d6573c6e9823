from dataclasses import dataclass


@dataclass(frozen=True)
class CaseSubmitted:
    """A matter was handed in, for the first time or again after a change."""

    case_id: int
    kind: str
    subject_id: int


@dataclass(frozen=True)
class CaseApproved:
    """All steps agreed to exactly what ``fingerprint`` stands for."""

    case_id: int
    kind: str
    subject_id: int
    fingerprint: str


@dataclass(frozen=True)
class CaseRefused:
    """Somebody who may said no; the matter is closed."""

    case_id: int
    kind: str
    subject_id: int


@dataclass(frozen=True)
class CaseReturned:
    """The matter went back to its applicant for completion."""

    case_id: int
    kind: str
    subject_id: int


@dataclass(frozen=True)
class CaseWithdrawn:
    """The applicant took the matter back."""

    case_id: int
    kind: str
    subject_id: int


@dataclass(frozen=True)
class ObjectionMade:
    """Somebody objects to a figure about them; until it is settled the figure is paused."""

    objection_id: int
    subject_type: str
    subject_id: int
    figure: str


@dataclass(frozen=True)
class ObjectionSettled:
    """An objection was upheld, dismissed or taken back (``state``)."""

    objection_id: int
    subject_type: str
    subject_id: int
    figure: str
    state: str
