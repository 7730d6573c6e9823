"""The ledger of packets: sent with proof or on the leader's word, and drawn for show (K7–K10)."""

from __future__ import annotations

import datetime as dt
import random
import secrets

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.files.public import StoredFile
from cangke.foundation.notices.public import notify
from cangke.foundation.refusal import Conflict, Refusal
from cangke.people.public import Employee, approvers

from .. import rules
from ..models import PacketShare, RedPacket
from ..queries.force import policy_of, units_of


class PacketSettled(Conflict):
    """It was sent already, or is no longer owed."""


class ProofMissing(Refusal):
    """Whoever owes it uploads a proof; without one the leader confirms."""


class OwnPacket(Refusal):
    """The sender does not draw from the own packet (K10)."""


class NothingLeft(Refusal):
    """All parts are drawn, or the person has one already."""


def _locked(pk: int) -> RedPacket:
    rows = RedPacket.objects.select_for_update(of=("self",))
    return rows.select_related(
        "employee__account", "employee__team", "employee__site", "employee__department"
    ).get(pk=pk)


@transaction.atomic
def settle_packet(
    *,
    packet_id: int,
    by: Account,
    at: dt.datetime,
    proof: StoredFile | None = None,
) -> RedPacket:
    """
    Note that a packet was sent: with a proof by whoever owes it, or on the leader's word (K7).

    What was owed at this moment is settled, doubled or not. The split into parts is drawn now.

    :raises PacketSettled: if it was sent already or is not owed any more
    :raises ProofMissing: if whoever owes it brings no proof
    """
    packet = _locked(packet_id)
    if packet.state not in ("due", "overdue"):
        raise PacketSettled(_("这个红包现在是“%s”。") % packet.get_state_display())
    own = packet.employee.account_id == by.pk
    if own and proof is None:
        raise ProofMissing(_("请上传发红包的截图，或请组长确认。"), field="proof")
    owed = packet.owed
    if packet.state == "due" and packet.due_at <= at:
        # The publication has passed it by, and the sweep has not come round yet.
        policy = policy_of(rules.RedPacketPolicy, units_of(packet.employee), on=packet.date)
        owed = packet.amount * policy.overdue_factor
    packet.state, packet.owed = "sent", 0
    packet.sent_at, packet.sent_amount = at, owed
    packet.proof, packet.settled_by = proof, by
    packet.seed = secrets.randbelow(2**62)
    packet.save()
    split = policy_of(rules.PacketPolicy, units_of(packet.employee), on=packet.date)
    shares = rules.share_out(
        owed,
        packet.parts,
        least=split.least_share,
        chance=random.Random(packet.seed),  # noqa: S311  # for show: no money moves
    )
    PacketShare.objects.bulk_create(
        [
            PacketShare(packet=packet, place=place, amount=amount)
            for place, amount in enumerate(shares, start=1)
        ]
    )
    record(
        "attendance.packet_sent",
        obj=packet,
        by=by,
        at=at,
        changes={"amount": str(owed), "parts": packet.parts, "proof": proof is not None},
    )
    if own:
        for account in Account.objects.filter(
            pk__in=approvers(seat="manager", value="1", applicant_id=by.pk)
        ):
            notify(
                account,
                kind="attendance.packet",
                title=gettext_lazy("红包已发，凭证已上传"),
                body=f"{packet.employee.name} {packet.date:%m-%d}",
                url=reverse("attendance:packet", args=[packet.pk]),
                at=at,
            )
    return packet


@transaction.atomic
def draw_share(*, packet_id: int, taker: Employee, at: dt.datetime) -> PacketShare:
    """
    Draw a part of a sent packet, for show; the sender may not (K10), nobody twice.

    :raises OwnPacket: if it is the own one
    :raises NothingLeft: if none is left, or the person has drawn
    """
    packet = _locked(packet_id)
    if packet.employee_id == taker.pk:
        raise OwnPacket(_("自己发的红包自己不能抢。"))
    if packet.state != "sent" or packet.employee.team_id != taker.team_id:
        raise NothingLeft(_("这个红包还不能抢。"))
    if packet.shares.filter(taker=taker).exists():
        raise NothingLeft(_("您已经抢过了。"))
    share = packet.shares.filter(taker__isnull=True).order_by("place").first()
    if share is None:
        raise NothingLeft(_("红包已经抢完了。"))
    share.taker, share.taken_at = taker, at
    share.save(update_fields=["taker", "taken_at"])
    return share


@transaction.atomic
def waive_packet(*, packet_id: int, reason: str, by: Account, at: dt.datetime) -> RedPacket:
    """
    Let somebody off, with a reason on record.

    :raises PacketSettled: if it was sent already, or settled by pay
    """
    packet = _locked(packet_id)
    if packet.state not in ("due", "overdue", "pay"):
        raise PacketSettled(_("这个红包现在是“%s”。") % packet.get_state_display())
    if packet.employee.account_id == by.pk:
        raise OwnPacket(_("自己的红包要由别人免除。"))
    packet.state, packet.owed, packet.settled_by = "waived", 0, by
    packet.save(update_fields=["state", "owed", "settled_by"])
    record("attendance.packet_waived", obj=packet, by=by, at=at, reason=reason)
    if packet.employee.account is not None:
        notify(
            packet.employee.account,
            kind="attendance.packet",
            title=gettext_lazy("您的红包已免除"),
            body=reason[:120],
            url=reverse("attendance:packet", args=[packet.pk]),
            at=at,
        )
    return packet
