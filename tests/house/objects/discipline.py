"""Cases and rewards of another team."""

from cangke.discipline import actions
from cangke.discipline.tests.factories import AT, TODAY, make_office
from tests.house.objects import Keys, foreign


@foreign(
    "discipline:case",
    "discipline:ask",
    "discipline:state",
    "discipline:decide",
    "discipline:drop",
    "discipline:acknowledge",
    "discipline:appeal",
    "discipline:answer",
    "discipline:announce",
)
def _case() -> Keys:
    return {"pk": make_office().heard().pk}


@foreign("discipline:reward")
def _reward() -> Keys:
    office = make_office()
    made = actions.propose_reward(
        employee=office.agent,
        kind="commendation",
        date=TODAY,
        reason="好",
        by=office.leader,
        at=AT,
    )
    return {"pk": made.pk}


@foreign("discipline:employee-panel")
def _employee() -> Keys:
    return {"pk": make_office().agent.pk}
