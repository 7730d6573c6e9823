from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.events.public import publish
from cangke.foundation.refusal import Refusal

from ..events import CustomersMerged
from ..models import Customer, Merge
from .completeness import refresh_completeness
from .findable import make_findable


@transaction.atomic
def merge_customers(
    *, kept_id: int, merged_id: int, by: Account, at: dt.datetime, reason: str = ""
) -> Customer:
    """
    Make two files one: identities and addresses move to the kept file, empty fields are filled.

    The merged file stays and points to the kept one. Other rooms move their rows at the event.

    :raises Refusal: if it is the same file, one is merged already, or they belong to two clients
    """
    if kept_id == merged_id:
        raise Refusal(_("请选择两份不同的档案。"))
    both = {
        row.pk: row
        for row in Customer.objects.select_for_update()
        .filter(pk__in=sorted([kept_id, merged_id]))
        .order_by("pk")
    }
    if len(both) != 2:
        raise Refusal(_("找不到要合并的档案。"))
    kept, merged = both[kept_id], both[merged_id]
    if kept.merged_into_id is not None or merged.merged_into_id is not None:
        raise Refusal(_("其中一份已经并入别的档案。"))
    if kept.client_id != merged.client_id and kept.client_id and merged.client_id:
        raise Refusal(_("两份档案属于不同的仓储客户，不能合并。"))
    moved = {
        "identities": list(merged.identities.values_list("pk", flat=True)),
        "addresses": list(merged.addresses.values_list("pk", flat=True)),
    }
    merged.identities.update(customer=kept)
    has_default = kept.addresses.filter(is_default=True).exists()
    if has_default:
        merged.addresses.update(is_default=False)
    merged.addresses.update(customer=kept)
    for name in ("client_id", "shop_id", "country", "language", "level", "verified_at"):
        if not getattr(kept, name):
            setattr(kept, name, getattr(merged, name))
    for name in ("needs", "preferences"):
        texts = [text for text in (getattr(kept, name), getattr(merged, name)) if text]
        setattr(kept, name, "\n".join(dict.fromkeys(texts)))
    kept.shops.add(
        *(pk for pk in merged.shops.values_list("pk", flat=True)),
        *([merged.shop_id] if merged.shop_id else []),
    )
    kept.tags = list(dict.fromkeys([*kept.tags, *merged.tags]))
    if merged.muted_until and (kept.muted_until is None or kept.muted_until < merged.muted_until):
        kept.muted_until, kept.mute_reason = merged.muted_until, merged.mute_reason
    kept.save()
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    Customer.objects.filter(merged_into=merged).update(merged_into=kept)
    Merge.objects.create(kept=kept, merged=merged, moved=moved, reason=reason, by=by, at=at)
    refresh_completeness(kept)
    make_findable(kept, at=at)
    make_findable(merged, at=at)
    record(
        "customers.merged",
        obj=kept,
        by=by,
        at=at,
        changes={"merged": merged.number, **moved},
        reason=reason,
    )
    publish(CustomersMerged(kept_id=kept.pk, merged_id=merged.pk))
    return kept
