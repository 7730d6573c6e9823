import pytest
from django.utils import timezone

from cangke.rulebook import actions, ports, rules
from cangke.rulebook.queries import force
from cangke.rulebook.tests.factories import CLAUSES, EVALUATORS


@pytest.fixture
def clauses(monkeypatch):
    known = rules.Catalogue(rules.parse_clauses(CLAUSES), evaluators=EVALUATORS)
    monkeypatch.setattr(force, "_shipped", lambda: known)
    return known


@pytest.fixture
def first(db, clauses):
    """Version 1 of the default set."""
    return actions.ensure_first_version(at=timezone.now())


@pytest.fixture
def handed_in(monkeypatch):
    """What was handed in for approval; nobody answers."""
    asked = []

    def answer(**matter):
        asked.append(matter)
        return f"/approvals/{len(asked)}/"

    monkeypatch.setattr(ports.approval, "_answer", answer)
    return asked
