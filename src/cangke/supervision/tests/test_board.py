import datetime as dt

import pytest
import time_machine as clock

from cangke.desk.tests.factories import AT, make_company, make_customer
from cangke.foundation.access.public import Roles
from cangke.supervision.queries import wall
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("O4")
def test_o4_the_board_asks_again_within_ten_seconds():
    page = client_for(make_account(Roles.SUPERVISOR)).get("/board/").content.decode()
    assert "every 8s" in page
    assert 'data-live="board"' in page


@pytest.mark.requirement("O4")
@pytest.mark.parametrize("seconds", [59, 61])
def test_o4_whoever_waits_over_the_target_is_red_at_once(seconds):
    company = make_company()
    company.writes(at=AT, customer=make_customer(display_name="久等的客户"))
    with clock.travel(AT + dt.timedelta(seconds=seconds), tick=False):
        browser = client_for(make_account(Roles.SUPERVISOR))
        pages = [browser.get(each).content.decode() for each in ("/board/", "/board/panel/")]
    over = seconds > 60
    for page in pages:
        assert ("久等的客户" in page) == over
        assert ("ck-clock ck-clock--red" in page) == over
        assert ("ck-late" in page) == over


def test_an_agent_does_not_see_the_board():
    assert client_for(make_account(Roles.AGENT)).get("/board/").status_code == 403


def test_an_empty_board_says_what_to_do_first():
    page = client_for(make_account(Roles.ADMIN)).get("/board/").content.decode()
    assert "人事" in page


def test_nonsense_in_the_address_shows_the_whole_board():
    browser = client_for(make_account(Roles.SUPERVISOR))
    assert browser.get("/board/?team=1e9").status_code == 200


def test_the_board_takes_the_same_number_of_queries_whoever_waits(django_assert_max_num_queries):
    browser = client_for(make_account(Roles.SUPERVISOR))
    browser.get("/board/")
    with django_assert_max_num_queries(40):
        browser.get("/board/", headers={"HX-Request": "true"})


@pytest.mark.requirement("O4")
def test_o4_the_hours_of_the_day_are_the_sites_own():
    company = make_company()
    site = company.shop.site
    site.zone = "America/Los_Angeles"
    site.save()
    # 1 November 2026: the hour from one to two comes twice in Los Angeles.
    for moment in ("2026-11-01T06:59", "2026-11-01T07:00", "2026-11-01T08:30", "2026-11-01T09:30"):
        company.writes(at=dt.datetime.fromisoformat(f"{moment}+00:00"))
    seen = wall(
        make_account(Roles.SUPERVISOR),
        at=dt.datetime(2026, 11, 1, 20, tzinfo=dt.UTC),
        team_id=None,
    )
    [counts] = [list(each.values) for each in seen.hours.series]
    assert (seen.zone, sum(counts)) == ("America/Los_Angeles", 3)
    assert counts[:2] == [1, 2]
