"""The office whose pay is worked out; a test with more of its own makes its own."""

import pytest

from .factories import make_office


@pytest.fixture
def office():
    return make_office()
