"""S4 at the desk: whoever has never confirmed the rules does not serve customers."""

import pytest
from django.utils import timezone

from cangke.desk import actions
from cangke.desk.actions.presence import NotReady
from cangke.desk.models import AgentProfile
from cangke.desk.rules.routing import Presence
from cangke.desk.tests.factories import make_company
from cangke.rulebook import public as rulebook


@pytest.mark.requirement("S4")
@pytest.mark.django_db
def test_s4_a_newcomer_goes_online_only_after_confirming_the_rules():
    agent = make_company().agent(online=False)
    version = rulebook.ensure_first_version(at=timezone.now())
    with pytest.raises(NotReady) as refused:
        actions.set_presence(state=Presence.ONLINE, by=agent.account, at=timezone.now())
    assert str(version) in str(refused.value)
    profile = AgentProfile.objects.filter(employee=agent).first()
    assert profile is None or profile.presence == Presence.OFFLINE
    actions.set_presence(state=Presence.TRAINING, by=agent.account, at=timezone.now())
    rulebook.confirm_reading(version_id=version.pk, by=agent.account, at=timezone.now())
    profile = actions.set_presence(state=Presence.ONLINE, by=agent.account, at=timezone.now())
    assert profile.presence == Presence.ONLINE
