"""Which punches count where several clocks have recorded somebody (K4, AMB-26)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from .policies import Authority
from .shifts import Shift, punches_of


def deciding_punches(
    shifts: Sequence[Shift],
    *,
    built_in: Sequence[dt.datetime],
    external: Sequence[dt.datetime],
    authority: Authority,
) -> list[dt.datetime]:
    """
    Return the punches that count, in order.

    With ``auto`` each shift takes those of the outside clock if it recorded any for the shift,
    else those punched in the system; both stay on record.
    """
    if authority is Authority.BUILT_IN:
        return sorted(built_in)
    if authority is Authority.EXTERNAL:
        return sorted(external)
    ordered = sorted(shifts, key=lambda each: each.start)
    outside = punches_of(ordered, external)
    inside = punches_of(ordered, built_in)
    found = []
    for shift in ordered:
        found += outside[shift.start] or inside[shift.start]
    return sorted(found)
