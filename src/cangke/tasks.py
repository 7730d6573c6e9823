"""Periodic duties of the whole house."""

import datetime as dt

from cangke import doctor
from cangke.foundation.jobs.public import every


@every(seconds=24 * 3600)
def keep_audit_anchor(at: dt.datetime) -> None:
    doctor.keep_anchor(at)
