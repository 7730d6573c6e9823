"""How work items are found, named in explanations, and approved."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from cangke.approvals.public import approval_kind
from cangke.foundation.search.public import register_search
from cangke.rulebook.public import register_fact, register_figure

from .actions.pledge_keeping import PLEDGE_MATTER, snapshot
from .models import Pledge

register_search("pledge", _("承诺"), model=Pledge, icon="clock", order=45)
register_fact("tickets.pledge", "tickets:pledge")
register_figure("pledge_limit", _("承诺金额限额"))
register_figure("pledge_outcome", _("承诺结果"))


def _pledge(subject_id: int) -> dict[str, Any]:
    found = Pledge.objects.filter(pk=subject_id).first()
    if found is None:
        raise LookupError(subject_id)
    return snapshot(found)


approval_kind(PLEDGE_MATTER, _("超额承诺"), snapshot=_pledge, url_name="tickets:pledge")
