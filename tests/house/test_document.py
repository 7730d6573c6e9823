"""The OpenAPI document says what the interface does: requests are made from it and sent."""

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as effort
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.factories import make_account
from tests.programs import token_for

HELD = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


# Asking for the document needs no database.
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())


@pytest.fixture
def _one_connection():
    """As the test client does: a request leaves the connection of the test open."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def token(db, _one_connection, settings):
    settings.CANGKE_LIMITS = {"api.call.token": [100_000, 60], "api.write.token": [100_000, 60]}
    return token_for(make_account("admin"))


@pytest.mark.requirement("X11")
@schema.parametrize()
@effort(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_the_document_names(case, token):
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=HELD)


@pytest.mark.django_db
def test_the_document_is_open_and_names_token_key_and_problems():
    found = Client().get("/api/v1/openapi.json").json()
    assert found["openapi"].startswith("3.")
    assert {"type": "http", "scheme": "bearer"} in found["components"]["securitySchemes"].values()
    for path, operations in found["paths"].items():
        assert path.startswith("/api/v1/")
        for method, operation in operations.items():
            assert "application/problem+json" in operation["responses"]["401"]["content"]
            names = [each["name"] for each in operation.get("parameters", [])]
            assert ("Idempotency-Key" in names) == (method == "post")
