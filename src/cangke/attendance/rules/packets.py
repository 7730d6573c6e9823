"""What a packet owes, where, and when it doubles (K7, K9, L9, AMB-03)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from .judging import Side, Verdict
from .policies import PublicationPolicy, RedPacketPolicy, SettledBy
from .shifts import local


class PacketState(StrEnum):
    """Where an obligation stands."""

    DUE = "due"
    SENT = "sent"
    OVERDUE = "overdue"
    PAY = "pay"
    WAIVED = "waived"


@dataclass(frozen=True)
class Packet:
    """An obligation: ``amount`` before doubling, ``owed`` what is still to be sent."""

    date: dt.date
    side: Side
    reason: str
    amount: Decimal
    parts: int
    clause: str
    since: dt.datetime
    state: PacketState = PacketState.DUE
    owed: Decimal = Decimal(0)


def publication_after(day: dt.date, policy: PublicationPolicy, zone: ZoneInfo) -> dt.datetime:
    """
    Return when the week of a day (Monday to Sunday, by shift date) is published (K8).

    That is the first publication day after the week's Sunday, site time.
    """
    sunday = day + dt.timedelta(days=7 - day.isoweekday())
    return local(sunday + dt.timedelta(days=policy.publish_weekday), policy.publish_time, zone)


def packet_of(verdict: Verdict, *, since: dt.datetime) -> Packet | None:
    """The obligation a verdict brings, if it brings one."""
    if verdict.packet is None:
        return None
    return Packet(
        verdict.date,
        verdict.side,
        verdict.reason,
        verdict.packet,
        verdict.parts,
        verdict.clause,
        since,
    )


def settle(
    packet: Packet,
    sent: Sequence[dt.datetime],
    *,
    as_of: dt.datetime,
    published_at: dt.datetime,
    policy: RedPacketPolicy,
    waived: bool = False,
) -> Packet:
    """
    Say what a packet owes at an instant.

    A sending between the violation and ``as_of`` settles all that was owed when it went out.
    Otherwise the amount is owed, doubled once if the publication has passed it by; where the
    policy has packets settled by pay nothing is to be sent, so nothing doubles (L9).
    """
    if waived:
        return replace(packet, state=PacketState.WAIVED, owed=Decimal(0))
    if any(packet.since <= each <= as_of for each in sent):
        return replace(packet, state=PacketState.SENT, owed=Decimal(0))
    if policy.settled_by is SettledBy.PAY:
        return replace(packet, state=PacketState.PAY, owed=packet.amount)
    if published_at <= as_of:
        owed = packet.amount * policy.overdue_factor
        return replace(packet, state=PacketState.OVERDUE, owed=owed)
    return replace(packet, state=PacketState.DUE, owed=packet.amount)
