import pytest
from django.utils import timezone

from cangke.rulebook import actions, rules
from cangke.rulebook.queries import force
from cangke.rulebook.tests.factories import CLAUSES


@pytest.fixture
def clauses(monkeypatch):
    known = rules.Catalogue(rules.parse_clauses(CLAUSES))
    monkeypatch.setattr(force, "_shipped", lambda: known)
    return known


@pytest.fixture
def first(db, clauses):
    """Version 1 of the default set."""
    return actions.ensure_first_version(at=timezone.now())
