import asyncio
import datetime as dt
import io

import pytest
from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from django.db import connections
from django.test import AsyncClient, Client
from PIL import Image

from cangke.foundation.access import ports as access_ports
from cangke.foundation.files import actions, registry, rules
from tests.factories import client_for, make_account

AT = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_purpose(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }
    settings.CANGKE_UPLOAD_LIMIT = 10_000_000
    registry.register_access("test.own", registry.owner_only)
    yield
    del registry.PURPOSES["test.own"]


def photo():
    out = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(out, "PNG")
    return out.getvalue()


def keep(data, name, **options):
    options = {"purpose": "test.own", "by": None, "at": AT, **options}
    return actions.store(ContentFile(data, name), **options)


def body(response):
    return b"".join(response.streaming_content)


def test_the_owner_gets_a_document_as_an_inert_attachment():
    """Design security 30: markup and documents come as attachments in a sandbox."""
    account = make_account()
    file = keep(b"%PDF-1.7 hello", "合同 1.pdf", by=account)
    response = client_for(account).get(file.get_absolute_url())
    assert body(response) == b"%PDF-1.7 hello"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E5%90%88%E5%90%8C%201.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert "no-cache" in response["Cache-Control"]
    assert response["Content-Length"] == "14"


def test_only_pictures_written_anew_show_in_a_page():
    account = make_account()
    client = client_for(account)
    shown = client.get(keep(photo(), "a.png", by=account).get_absolute_url())
    assert shown["Content-Disposition"].startswith("inline")
    assert "sandbox" in shown["Content-Security-Policy"]
    for data, name in ((b"<html>", "a.html"), (b"<svg>", "a.svg"), (b"\xff\xd8\xffx", "a.jpg")):
        file = keep(data, name, by=account, allowed_types=rules.ANYTHING)
        response = client.get(file.get_absolute_url())
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.requirement("X6")
def test_nobody_else_gets_it_and_the_attempt_is_noted():
    """Design security 9: an attachment's key that was guessed or passed on."""
    file = keep(b"%PDF-1.7", "a.pdf", by=make_account())
    stranger = make_account("supervisor")
    seen = []
    before = access_ports.denied.ask
    access_ports.denied.plug(lambda **values: seen.append(values))
    try:
        foreign = client_for(stranger).get(file.get_absolute_url())
        missing = client_for(stranger).get("/files/nothing-here")
        visitor = Client().get(file.get_absolute_url())
    finally:
        access_ports.denied.plug(before)
    assert [foreign.status_code, missing.status_code, visitor.status_code] == [404, 404, 404]
    assert [each["account_id"] for each in seen] == [stranger.pk]


def test_without_an_answer_nobody_gets_it():
    account = make_account("admin")
    file = keep(b"%PDF-1.7", "a.pdf", by=account, purpose="test.nobody")
    assert client_for(account).get(file.get_absolute_url()).status_code == 404


def test_asked_again_unchanged_costs_nothing_but_the_question():
    account = make_account()
    file = keep(b"%PDF-1.7", "a.pdf", by=account)
    client = client_for(account)
    tag = client.get(file.get_absolute_url())["ETag"]
    again = client.get(file.get_absolute_url(), headers={"If-None-Match": tag})
    assert again.status_code == 304
    stranger = client_for(make_account())
    assert stranger.get(file.get_absolute_url(), headers={"If-None-Match": tag}).status_code == 404
    head = client.head(file.get_absolute_url())
    assert (head.status_code, head["Content-Length"]) == (200, "8")


def test_it_cannot_be_posted_to():
    account = make_account()
    file = keep(b"%PDF-1.7", "a.pdf", by=account)
    assert client_for(account).post(file.get_absolute_url()).status_code == 405


@pytest.mark.parametrize("key", ["../settings.py", "..%2f..%2fetc%2fpasswd", "%00", "a" * 500])
def test_hostile_keys_are_not_found(key):
    assert Client().get(f"/files/{key}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_asynchronous_server_streams_it():
    account = make_account()
    file = keep(b"%PDF-1.7" + b"x" * 200_000, "a.pdf", by=account)

    async def fetch():
        client = AsyncClient()
        await client.aforce_login(account, backend="django.contrib.auth.backends.ModelBackend")
        response = await client.get(file.get_absolute_url())
        pieces = [piece async for piece in response.streaming_content]
        # The thread that asked the database for the page keeps its line otherwise.
        await sync_to_async(connections.close_all)()
        return pieces

    pieces = asyncio.run(fetch())
    assert len(pieces) > 1
    assert sum(map(len, pieces)) == 200_008
