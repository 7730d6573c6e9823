"""The front door of carriers."""

from .actions import save_carrier, save_contact, save_service
from .models import Carrier, CarrierContact, CarrierService
from .queries import active_carriers, active_services, find_carrier, find_service, tracking_url

__all__ = [
    "Carrier",
    "CarrierContact",
    "CarrierService",
    "active_carriers",
    "active_services",
    "find_carrier",
    "find_service",
    "save_carrier",
    "save_contact",
    "save_service",
    "tracking_url",
]
