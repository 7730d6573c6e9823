from __future__ import annotations

from django.db.models import QuerySet

from . import rules
from .models import Carrier, CarrierService


def active_carriers() -> QuerySet[Carrier]:
    """Carriers one may ship with, with their services."""
    return Carrier.objects.filter(is_active=True).prefetch_related("services")


def active_services() -> QuerySet[CarrierService]:
    """Ways of shipping that are open, with their carrier."""
    return CarrierService.objects.filter(is_active=True, carrier__is_active=True).select_related(
        "carrier"
    )


def tracking_url(carrier: Carrier, tracking_no: str) -> str:
    """Return the carrier's page of a parcel, or an empty string."""
    return rules.tracking_link(carrier.tracking_url, tracking_no)


def find_carrier(text: str) -> Carrier | None:
    """Return the carrier with this code or name, without regard to case (for imports)."""
    text = text.strip()
    for lookup in ("code__iexact", "name__iexact", "name_en__iexact"):
        found = Carrier.objects.filter(**{lookup: text}).first() if text else None
        if found is not None:
            return found
    return None


def find_service(text: str) -> CarrierService | None:
    """
    Return the open way of shipping somebody named: its name or code, or ``carrier service``.

    A carrier's name alone is its only service, if it has just one. Used by imports.
    """
    wanted = "".join(text.split()).casefold()
    if not wanted:
        return None
    of_carrier = []
    for service in active_services():
        carrier = service.carrier
        names = {service.code, service.name}
        carriers = {carrier.code, carrier.name, carrier.name_en} - {""}
        joined = {f"{first}{name}" for first in carriers for name in names}
        plain = {"".join(each.split()).casefold() for each in names | joined}
        if wanted in plain or wanted in {each.replace("·", "") for each in plain}:
            return service
        if wanted in {"".join(each.split()).casefold() for each in carriers}:
            of_carrier.append(service)
    return of_carrier[0] if len(of_carrier) == 1 else None
