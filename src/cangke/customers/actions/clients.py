from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account, AccountKind
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal

from ..models import Client, ClientMember


@transaction.atomic
def save_client(
    *, pk: int | None = None, by: Account | None, at: dt.datetime, **values: Any
) -> Client:
    """
    Open a client's file or change it.

    :raises Refusal: if the contract would end before it begins
    """
    client = Client() if pk is None else Client.objects.select_for_update().get(pk=pk)
    changed = [name for name, value in values.items() if getattr(client, name) != value]
    for name in changed:
        setattr(client, name, values[name])
    if client.contract_from and client.contract_to and client.contract_to < client.contract_from:
        raise Refusal(_("合同止日不能早于起日。"), field="contract_to")
    if changed or pk is None:
        client.save()
        record("customers.client_saved", obj=client, by=by, at=at, changes={"fields": changed})
    return client


@transaction.atomic
def add_member(
    *, client_id: int, account: Account, by: Account | None, at: dt.datetime
) -> ClientMember:
    """
    Let an account of the client's own people see that client's data (Q11).

    :raises Refusal: if the account is one of our staff, or belongs to another client
    """
    if account.kind != AccountKind.CLIENT:
        raise Refusal(_("只有客户类账户可以加入仓储客户。"))
    member = ClientMember.objects.select_for_update().filter(account=account).first()
    if member is not None and member.client_id != client_id:
        raise Refusal(_("这个账户已属于另一家仓储客户。"))
    if member is None:
        member = ClientMember.objects.create(client_id=client_id, account=account)
        record(
            "customers.member_added",
            obj=member.client,
            by=by,
            at=at,
            changes={"account": account.username},
        )
    return member
