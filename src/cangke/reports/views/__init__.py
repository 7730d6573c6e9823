"""The pages of reports."""

from .cost import cost, cost_cases, cost_export
from .ratings import ratings, ratings_why
from .rules import compliance_export, compliance_view
from .scripts import scripts
from .service import service, service_export, service_figure, service_why

__all__ = [
    "compliance_export",
    "compliance_view",
    "cost",
    "cost_cases",
    "cost_export",
    "ratings",
    "ratings_why",
    "scripts",
    "service",
    "service_export",
    "service_figure",
    "service_why",
]
