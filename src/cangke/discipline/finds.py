"""Numbers, matters to approve, records and figures of discipline."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cangke.approvals.public import approval_kind
from cangke.foundation.numbering.public import register_series
from cangke.rulebook.public import register_fact, register_figure

from . import actions
from .models import ConductCase, Reward

register_series("conduct", prefix="DC")
register_series("reward", prefix="RW")
register_fact("discipline.conductcase", "discipline:case")
register_fact("discipline.reward", "discipline:reward")
register_figure(
    "conduct_candidate",
    _("处分线索"),
    said=lambda result: gettext("已提出") if result == "True" else gettext("只记录"),
)


def _decision(subject_id: int) -> dict[str, Any]:
    row = ConductCase.objects.filter(pk=subject_id).first()
    if row is None:
        raise LookupError(subject_id)
    return actions.decision_snapshot(row)


def _reward(subject_id: int) -> dict[str, Any]:
    row = Reward.objects.filter(pk=subject_id).first()
    if row is None:
        raise LookupError(subject_id)
    return actions.reward_snapshot(row)


approval_kind(actions.DECISION, _("处分"), snapshot=_decision, url_name="discipline:case")
approval_kind(actions.REWARD, _("嘉奖与表扬"), snapshot=_reward, url_name="discipline:reward")
