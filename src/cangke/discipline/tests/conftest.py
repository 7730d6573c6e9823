"""The office whose conduct is looked at."""

import pytest

from .factories import make_office


@pytest.fixture
def office():
    return make_office()
