"""The rail shows what a person may open; slots and badges likewise."""

import pytest
from django.test import Client

from cangke.foundation.access.public import Account
from cangke.foundation.ui import ports
from cangke.foundation.ui.menu import Badge, MenuItem


def labels(answer) -> list[str]:
    return [entry.label for entry in answer.context["ck"].menu]


def test_entries_without_the_right_are_not_there(member: Client, personnel: Client):
    assert labels(member.get("/")) == ["首页", "图示"]
    assert labels(personnel.get("/")) == ["首页", "账户", "图示"]
    rail = personnel.get("/").content.decode().split("</nav>")[0]
    assert "薪资" not in rail
    assert "账户" in rail


@pytest.mark.requirement("R10")
def test_areas_a_department_switched_off_are_not_there(
    personnel: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ports.areas_off, "_answer", lambda *, account_id: {"access"})
    assert labels(personnel.get("/")) == ["首页", "图示"]
    assert "people" not in personnel.get("/ui/badges/").json()


def test_the_entry_of_the_page_is_marked(member: Client):
    entries = member.get("/ui/gallery/").context["ck"].menu
    assert [entry.label for entry in entries if entry.current] == ["图示"]


def test_badges_come_after_the_page_and_only_for_what_is_shown(member: Client, personnel: Client):
    assert member.get("/ui/badges/").json() == {"home": {"count": 3, "late": True}}
    assert personnel.get("/ui/badges/").json()["people"] == {"count": 2, "late": False}


def test_badges_need_a_login(client: Client, db: None):
    assert client.get("/ui/badges/").status_code == 302


@pytest.mark.parametrize(
    ("found", "shown"),
    [(None, None), (0, None), (4, Badge(4)), (Badge(0, late=True), None), (Badge(2), Badge(2))],
)
def test_a_badge_may_be_a_number_or_nothing(found: object, shown: Badge | None):
    assert MenuItem("x", "home", "home", badge=lambda _who: found).count(None) == shown


def test_a_badge_may_be_named_by_its_path():
    item = MenuItem("x", "home", "home", badge="cangke.foundation.ui.tests.urls.late_orders")
    assert item.count(None) == Badge(3, late=True)


def test_a_slot_emits_the_panels_the_person_may_see(member: Client, personnel: Client):
    text = personnel.get("/").content.decode()
    assert text.count('hx-get="/panel/7/"') == 2
    assert '<a class="ck-slot__link" href="/panel/7/">订单</a>' in text
    assert 'hx-trigger="load, orders-changed from:body"' in text
    assert "工资" not in text
    assert member.get("/").content.decode().count('hx-get="/panel/7/"') == 1


def test_the_palette_offers_the_actions_of_the_rooms(member: Client):
    text = member.get("/").content.decode()
    assert "新建订单" in text.split('id="ck-palette"')[1]


def test_theme_and_language_are_a_persons_own(member: Client, person: Account):
    answer = member.post("/ui/preferences/", {"theme": "dark", "next": "/people/"})
    assert answer["Location"] == "/people/"
    member.post("/ui/preferences/", {"language": "en"})
    person.refresh_from_db()
    assert (person.theme, person.language) == ("dark", "en")
    member.cookies.clear()
    member.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    text = member.get("/").content.decode()
    assert 'lang="en"' in text
    assert 'data-ck-theme="dark"' in text
    assert 'data-bs-theme="dark"' in text


def test_before_the_login_theme_and_language_live_in_cookies(client: Client, db: None):
    client.post("/ui/preferences/", {"theme": "dark"})
    client.post("/ui/preferences/", {"language": "en"})
    text = client.get("/account/login/").content.decode()
    assert 'data-ck-theme="dark"' in text
    assert 'lang="en"' in text


@pytest.mark.parametrize("data", [{"theme": "pink"}, {"language": "xx"}, {"language": "../en"}])
def test_a_theme_or_language_there_is_not_is_refused(
    member: Client, person: Account, data: dict[str, str]
):
    assert member.post("/ui/preferences/", data).status_code == 422
    person.refresh_from_db()
    assert (person.theme, person.language) == ("auto", "")


def test_moments_are_shown_in_the_persons_zone(member: Client, person: Account):
    person.zone = "America/Los_Angeles"
    person.save()
    text = member.get("/people/").content.decode()
    assert "-08:00" in text or "-07:00" in text
