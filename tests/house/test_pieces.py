"""Whatever address somebody opens or sends on shows a page, never a bare piece of one."""

import re

import pytest
from django.urls import reverse

from tests.house.addresses import all_addresses
from tests.house.objects import load
from tests.house.test_hostile_text import everybody

pytestmark = pytest.mark.django_db
OBJECTS = load()
ADDRESSES = [
    each
    for each in all_addresses()
    if each.own
    and each.name.rpartition(":")[2]
    and each.mark != "open"
    and (not each.keys or each.name in OBJECTS)
]
ROOMS = sorted({each.name.partition(":")[0] for each in ADDRESSES})
WHOLE = re.compile(r'class="ck-btn" href="([^"]+)">打开整个页面')


@pytest.mark.parametrize("room", ROOMS)
def test_a_piece_opened_by_itself_stands_in_a_page(room):
    browser, made, problems = everybody(), {}, []
    for each in ADDRESSES:
        if each.name.partition(":")[0] != room:
            continue
        entry = OBJECTS.get(each.name)
        if entry is not None and entry.make not in made:
            made[entry.make] = entry.make()
        url = reverse(each.name, kwargs=made[entry.make] if entry and each.keys else {})
        response = browser.get(url)
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        if not response.content.lstrip().lower().startswith(b"<!doctype"):
            problems.append(f"{each.name} is bare")
        found = WHOLE.search(response.content.decode())
        if found and browser.get(found[1]).status_code not in (200, 302):
            problems.append(f"{each.name} leads to {found[1]}, which does not open")
    assert problems == []


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"X-Requested-With": "fetch"}])
def test_what_a_page_fetches_for_itself_stays_a_piece(header):
    browser = everybody()
    url = reverse("desk:presence-panel")
    fetched = browser.get(url, headers=header)
    assert b"<!doctype" not in fetched.content.lower()
    opened = browser.get(url).content
    assert fetched.content.strip()[:40] in opened, "the same piece, in a page"
    assert WHOLE.search(opened.decode())
