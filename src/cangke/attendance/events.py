import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class CertificateProvenFalse:
    """A supervisor vouched for a make-up punch that was not so, and is responsible (K19)."""

    correction_id: int
    employee_id: int
    certifier_id: int
    date: dt.date


@dataclass(frozen=True)
class WeekPublished:
    """A site's week of attendance was published (K8)."""

    publication_id: int
    site_id: int
    monday: dt.date


@dataclass(frozen=True)
class PostRecorded:
    """A leader noted that somebody was not at the post, or did other things there (K24)."""

    record_id: int
    employee_id: int
    kind: str


@dataclass(frozen=True)
class ClosedMonthChanged:
    """A fact of a closed month became known afterwards; its day records stay as they were."""

    fact_id: int
    employee_id: int
    month: dt.date
