"""The company whose customers write; a test with more of its own makes its own."""

import pytest

from .factories import make_company


@pytest.fixture
def company(db):
    return make_company()
