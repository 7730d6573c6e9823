"""What the tests of regularization share."""

from decimal import Decimal

import pytest

from cangke.regularization import ports
from cangke.regularization.rules import Recorded
from cangke.regularization.tests.factories import make_ladder


@pytest.fixture
def ladder():
    return make_ladder()


@pytest.fixture
def deliver(django_capture_on_commit_callbacks):
    """Run a piece of work with what follows its commit."""

    def run(work):
        with django_capture_on_commit_callbacks(execute=True):
            return work()

    return run


@pytest.fixture
def recorded():
    """Let a source of facts answer; all fall silent afterwards."""
    plugged = []

    def plug(key: str, value: str, count: int = 100, url: str = "/records/"):
        ports.EVIDENCE[key].plug(lambda **_asked: Recorded(Decimal(value), count, url))
        plugged.append(key)

    yield plug
    for key in plugged:
        ports.EVIDENCE[key].unplug()
