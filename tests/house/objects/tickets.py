"""Work items of another team."""

from cangke.tickets.tests.factories import make_crew
from tests.house.objects import Keys, foreign


@foreign(
    "tickets:pledge",
    "tickets:pledge-amend",
    "tickets:pledge-keep",
    "tickets:pledge-waive",
    "tickets:pledge-give",
)
def _pledge() -> Keys:
    return {"pk": make_crew().promise().pk}


@foreign("tickets:conversation-panel")
def _conversation() -> Keys:
    return {"pk": make_crew().conversation.pk}
