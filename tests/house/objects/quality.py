"""Checks of another team."""

from cangke.quality.tests.factories import make_crew
from tests.house.objects import Keys, foreign


@foreign(
    "quality:check",
    "quality:skip",
    "quality:appeal",
    "quality:uphold",
)
def _check() -> Keys:
    return {"pk": make_crew().scored().pk}


@foreign("quality:conversation-panel")
def _conversation() -> Keys:
    return {"pk": make_crew().serves().pk}


@foreign("quality:add")
def _added() -> Keys:
    return {"conversation_id": make_crew().serves().pk}
