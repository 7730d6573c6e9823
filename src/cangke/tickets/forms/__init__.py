"""The forms of the work items."""

from .pledges import AmendForm, GiveForm, KeepForm, PledgeForm, WaiveForm

__all__ = ["AmendForm", "GiveForm", "KeepForm", "PledgeForm", "WaiveForm"]
