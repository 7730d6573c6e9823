"""Splitting a packet (K7, K10, AMB-04): for show, exact to the cent, never to the sender."""

from __future__ import annotations

import random
from decimal import Decimal

CENT = Decimal("0.01")


def share_out(
    amount: Decimal, parts: int, *, least: Decimal = CENT, chance: random.Random
) -> list[Decimal]:
    """
    Split an amount into parts at random, each at least ``least``, which sum to it exactly.

    Each part is at most twice the mean of what is left, so that no early one empties the packet.

    :raises ValueError: if the amount is not in whole cents or too small for the parts
    """
    if parts < 1 or amount != amount.quantize(CENT) or least < CENT:
        raise ValueError("a packet has parts of whole cents")
    left = int(amount / CENT)
    floor = int(least / CENT)
    if left < floor * parts:
        raise ValueError("the packet is too small for its parts")
    found = []
    for others in range(parts - 1, 0, -1):
        most = max(floor, min(left - floor * others, 2 * left // (others + 1)))
        cents = chance.randint(floor, most)
        found.append(cents)
        left -= cents
    found.append(left)
    return [Decimal(cents) * CENT for cents in found]
