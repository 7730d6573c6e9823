"""What people set for themselves."""

import pytest
from django.utils import timezone

from cangke.foundation.audit.public import AuditEntry
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db
GOOD = {"display_name": "王芳", "language": "en", "theme": "dark", "zone": "America/Los_Angeles"}


@pytest.fixture
def wang():
    return make_account(display_name="小王", email="wang@example.com")


def test_language_theme_and_zone_take_effect_at_once(wang):
    browser = client_for(wang)
    assert browser.post("/me/", GOOD).status_code == 302
    found = browser.get("/me/").content.decode()
    assert 'lang="en"' in found
    assert 'data-ck-theme="dark"' in found
    wang.refresh_from_db()
    assert wang.zone == "America/Los_Angeles"
    assert AuditEntry.objects.get(action="access.profile_changed").actor == wang


@pytest.mark.parametrize(
    "bad",
    [
        {"display_name": ""},
        {"display_name": "x" * 61},
        {"language": "fr"},
        {"theme": "pink"},
        {"theme": ""},
        {"zone": "Mars/Base"},
    ],
)
def test_a_bad_choice_is_refused_and_nothing_changes(wang, bad):
    assert client_for(wang).post("/me/", {**GOOD, **bad}).status_code == 422
    wang.refresh_from_db()
    assert (wang.display_name, wang.theme) == ("小王", "auto")


def test_only_ones_own_profile_changes_and_only_these_fields(wang):
    other = make_account(display_name="别人")
    at = timezone.now()
    client_for(wang).post(
        "/me/",
        {**GOOD, "pk": other.pk, "account": other.pk, "email": "evil@example.com", "kind": "robot"},
    )
    other.refresh_from_db()
    wang.refresh_from_db()
    assert other.display_name == "别人"
    assert (wang.email, wang.kind, wang.date_joined < at) == ("wang@example.com", "staff", True)


@pytest.mark.parametrize("name", ["<b>王</b>", "王\u202e芳", "👩‍💻", 'O\'Brien "x"'])
def test_a_strange_name_is_shown_as_text(wang, name):
    browser = client_for(wang)
    assert browser.post("/me/", {**GOOD, "display_name": name}).status_code == 302
    found = browser.get("/").content.decode()
    assert "<b>王</b>" not in found
