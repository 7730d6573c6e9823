from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal

from . import rules
from .models import Carrier, CarrierContact, CarrierService


@transaction.atomic
def save_carrier(
    *, pk: int | None = None, by: Account | None, at: dt.datetime, **values: Any
) -> Carrier:
    """
    Add a carrier or change it.

    :raises Refusal: if the tracking address is no https link with a place for the number
    """
    carrier = Carrier() if pk is None else Carrier.objects.select_for_update().get(pk=pk)
    template = values.get("tracking_url", carrier.tracking_url)
    if template and not rules.is_tracking_template(template):
        raise Refusal(
            _("查询网址要以 https:// 开头，运单号的位置写 {number}。"), field="tracking_url"
        )
    changed = [name for name, value in values.items() if getattr(carrier, name) != value]
    for name in changed:
        setattr(carrier, name, values[name])
    if changed or pk is None:
        carrier.save()
        record("carriers.saved", obj=carrier, by=by, at=at, changes={"fields": changed})
    return carrier


@transaction.atomic
def save_service(
    *,
    carrier_id: int,
    pk: int | None = None,
    by: Account | None,
    at: dt.datetime,
    **values: Any,
) -> CarrierService:
    """
    Add a way of shipping or change it; days are working days.

    :raises Refusal: if the slowest is quicker than the quickest
    """
    carrier = Carrier.objects.select_for_update().get(pk=carrier_id)
    service = CarrierService(carrier=carrier) if pk is None else carrier.services.get(pk=pk)
    for name, value in values.items():
        setattr(service, name, value)
    if (
        service.days_min is not None
        and service.days_max is not None
        and service.days_max < service.days_min
    ):
        raise Refusal(_("最慢天数不能少于最快天数。"), field="days_max")
    service.save()
    record("carriers.service_saved", obj=carrier, by=by, at=at, changes={"service": service.code})
    return service


@transaction.atomic
def save_contact(
    *,
    carrier_id: int,
    pk: int | None = None,
    by: Account | None,
    at: dt.datetime,
    **values: Any,
) -> CarrierContact:
    """Add somebody to ask at the carrier, or change the entry (G12)."""
    carrier = Carrier.objects.select_for_update().get(pk=carrier_id)
    contact = CarrierContact(carrier=carrier) if pk is None else carrier.contacts.get(pk=pk)
    for name, value in values.items():
        setattr(contact, name, value)
    contact.save()
    record("carriers.contact_saved", obj=carrier, by=by, at=at, changes={"contact": contact.pk})
    return contact
