"""Lists: bounded queries, filters in the address, hostile values, columns, views, bulk."""

import json

import pytest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cangke.foundation.access.public import Account
from cangke.foundation.ui import listing, ports
from cangke.foundation.ui.models import ListChoice, SavedView
from tests.factories import make_account

FRAME = 3  # session, account, grants in force


@pytest.fixture
def twelve(person: Account) -> None:
    Account.objects.bulk_create(
        Account(username=f"user{n:02}", display_name=f"员工{n:02}") for n in range(11)
    )


def names(answer: HttpResponse) -> list[str]:
    return [row.username for row in answer.context["list"].rows]


def test_a_page_costs_the_same_however_long_the_list(
    member: Client, twelve: None, django_assert_num_queries: DjangoAssertNumQueries
):
    member.get("/people/")
    with django_assert_num_queries(FRAME + 4):
        member.get("/people/?page=2")
    Account.objects.bulk_create(Account(username=f"more{n}") for n in range(300))
    with django_assert_num_queries(FRAME + 4):
        member.get("/people/?page=2")


def test_a_short_list_is_not_counted_at_all(
    member: Client, person: Account, django_assert_num_queries: DjangoAssertNumQueries
):
    member.get("/people/")
    with django_assert_num_queries(FRAME + 3) as captured:
        answer = member.get("/people/")
    assert not any("COUNT(" in query["sql"] for query in captured.captured_queries)
    assert "1 条" in answer.content.decode()


def test_the_count_is_in_the_number_of_the_language(member: Client, person: Account):
    person.language = "en"
    person.save()
    assert "1 row<" in member.get("/people/").content.decode()
    Account.objects.create(username="another")
    assert "2 rows<" in member.get("/people/").content.decode()


def test_counting_stops_at_its_limit(member: Client, twelve: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listing, "MOST", 10)
    answer = member.get("/people/?page=2")
    assert "10+ 条" in answer.content.decode()
    assert answer.context["list"].next_url == ""
    assert "只能翻到前一万条" in answer.content.decode()
    assert member.get("/people/?page=400").context["list"].page == 2


def test_pages_follow_each_other_without_gap(member: Client, twelve: None):
    seen = [name for page in (1, 2, 3) for name in names(member.get(f"/people/?page={page}"))]
    assert seen == sorted(Account.objects.values_list("username", flat=True))


@pytest.mark.parametrize("sort", ["name", "-name", "login", "-login", "joined", "-joined"])
def test_every_column_sorts_both_ways(member: Client, twelve: None, sort: str):
    answer = member.get(f"/people/?sort={sort}")
    direction = "descending" if sort.startswith("-") else "ascending"
    assert f'aria-sort="{direction}"' in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "sort=mail",
        "sort=password",
        "sort=--login",
        "sort=grants__role",
        "sort=?",
        "page=0",
        "page=-1",
        "page=two",
        "page=²",
        "page=1e3",
        "page=99999999999999999999",
        "view=nobody",
        "export=xlsx;",
        "export=pdf",
    ],
)
def test_an_address_nobody_gave_out_is_400(member: Client, query: str):
    """Design security 36: sorting and filtering by allowed names only."""
    assert member.get(f"/people/?{query}").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%27%20OR%201%3D1--",
        "q=" + "%25" * 100,
        "q=" + "漢" * 500,
        "kind=root",
        "kind=staff&kind=client",
        "kind[]=staff",
        "number=1e400",
        "number=99999999999999999999999999",
        "number=NaN",
        "joined_after=x",
        "joined_after=0001-01-01&joined_before=9999-12-31",
        "joined_before=9999-99-99",
        "__proto__=1&columns=all&password=x&username__startswith=w",
    ],
)
def test_hostile_filter_values_never_break_nor_widen_a_list(
    member: Client, twelve: None, query: str
):
    answer = member.get(f"/people/?{query}")
    assert answer.status_code in (200, 400, 422)
    assert b"Traceback" not in answer.content
    if answer.status_code == 422:
        assert answer.context["list"].rows == []


def test_a_bad_filter_says_so_at_its_field_and_shows_no_rows(member: Client, twelve: None):
    answer = member.get("/people/?joined_after=tomorrow")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'aria-invalid="true"' in text
    assert "筛选条件有误" in text
    assert names(answer) == []


def test_filters_stay_in_the_address_and_can_be_dropped_one_by_one(member: Client, twelve: None):
    answer = member.get("/people/?q=user&kind=staff&sort=-login&page=1")
    chips = {chip.name: chip for chip in answer.context["list"].chips}
    assert chips["kind"].value == "员工"
    assert chips["kind"].url == "?q=user&sort=-login"
    assert 'aria-label="去掉类别"' in answer.content.decode()


@pytest.mark.parametrize("query", ["active=perhaps", "active=", "active=&kind="])
def test_a_value_that_filters_nothing_has_no_chip(member: Client, twelve: None, query: str):
    answer = member.get(f"/people/?{query}")
    assert answer.status_code == 200
    assert answer.context["list"].chips == []
    assert "None" not in answer.content.decode()


def test_a_filter_for_no_has_its_chip(member: Client, twelve: None):
    chips = member.get("/people/?active=false&number=0").context["list"].chips
    assert [(chip.name, chip.value) for chip in chips] == [("number", "0"), ("active", "否")]


def test_no_result_names_the_filter_to_drop(member: Client, twelve: None):
    answer = member.get("/people/?q=user03&kind=client")
    text = answer.content.decode()
    assert "没有符合条件的内容" in text
    assert "去掉“客户”有 1 条" in text


def test_the_first_use_offers_the_first_step(member: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listing.ListPage, "_looked", ([], False))
    text = member.get("/people/").content.decode()
    assert "还没有人" in text
    assert "先导入花名册。" in text


def test_presets_are_tabs_with_counts_fetched_after_the_page(member: Client, twelve: None):
    make_account(kind="client", username="zoe")
    answer = member.get("/people/?view=clients")
    assert names(answer) == ["zoe"]
    assert "counts=1" in answer.content.decode()
    counted = member.get("/people/?view=clients&counts=1", headers={"HX-Request": "true"})
    text = counted.content.decode()
    assert "<html" not in text
    assert '<span class="ck-wait">1</span>' in text


def test_htmx_gets_the_list_without_the_frame(member: Client, twelve: None):
    answer = member.get("/people/?page=2", headers={"HX-Request": "true", "HX-Target": "ck-list"})
    text = answer.content.decode()
    assert "<html" not in text
    assert 'id="ck-list"' in text
    assert "<title>人员 · 仓客</title>" in text
    boosted = member.get("/people/", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert "<html" in boosted.content.decode()


def test_columns_are_a_persons_own_choice(member: Client, personnel: Client, twelve: None):
    assert (
        "邮箱" not in member.get("/people/").content.decode().split("<thead")[1].split("<tbody")[0]
    )
    member.post(
        "/ui/lists/choice/",
        {"page": "uitests.people", "columns_shown": "1", "columns": ["mail", "bogus"]},
    )
    shown = [column.key for column in member.get("/people/").context["list"].shown]
    assert shown == ["name", "mail"]
    others = [column.key for column in personnel.get("/people/").context["list"].shown]
    assert others == ["name", "login", "joined"]


def test_the_row_height_is_kept_without_touching_the_columns(member: Client, person: Account):
    member.post("/ui/lists/choice/", {"page": "uitests.people", "density": "loose"})
    member.post("/ui/lists/choice/", {"page": "uitests.people", "density": "<b>"})
    choice = ListChoice.objects.get(account_id=person.pk)
    assert (choice.density, choice.columns) == ("", [])


def test_a_view_is_saved_found_again_and_dropped(
    member: Client, personnel: Client, person: Account
):
    answer = member.post(
        "/ui/lists/view/",
        {
            "page": "uitests.people",
            "name": "  我的   员工 ",
            "query": "q=user&kind=staff&page=3&export=csv",
            "next": "/people/?page=3",
        },
    )
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("我的 员工", "q=user&kind=staff")
    assert answer["Location"] == f"/people/?q=user&kind=staff&saved={view.pk}"
    assert "我的 员工" in member.get(answer["Location"]).content.decode()
    assert "我的 员工" not in personnel.get("/people/").content.decode()
    personnel.post("/ui/lists/view/delete/", {"page": "uitests.people", "name": "我的 员工"})
    assert SavedView.objects.count() == 1
    member.post("/ui/lists/view/delete/", {"page": "uitests.people", "name": "我的 员工"})
    assert SavedView.objects.count() == 0


@pytest.mark.parametrize("name", ["", "   ", "长" * 41])
def test_a_view_needs_a_name(member: Client, name: str):
    answer = member.post("/ui/lists/view/", {"page": "uitests.people", "name": name})
    assert answer.status_code == 422
    assert not SavedView.objects.exists()


def test_going_back_never_leads_to_another_site(member: Client):
    for place in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = member.post("/ui/lists/choice/", {"page": "p", "density": "", "next": place})
        assert answer["Location"] == "/"


def test_bulk_takes_the_marked_rows_and_no_others(member: Client, twelve: None):
    make_account(username="hidden")
    ids = list(
        Account.objects.filter(username__in=["user01", "hidden"]).values_list("pk", flat=True)
    )
    assert member.post("/bulk/", {"ids": ids}).content == b"user01"
    everything = member.post("/bulk/", {"all": "1", "query": "q=user0&sort=-login"})
    assert everything.content.decode().split(",") == [f"user{n:02}" for n in range(10)]


@pytest.mark.parametrize("ids", [["x"], ["-1"], [str(2**70)], ["1; drop table"]])
def test_bulk_keys_must_be_keys(member: Client, ids: list[str]):
    assert member.post("/bulk/", {"ids": ids}).status_code == 400


def test_bulk_acts_show_only_to_those_who_may(member: Client, twelve: None):
    text = member.get("/people/").content.decode()
    assert "停用" in text
    assert "发薪" not in text


def test_export_hands_over_exactly_what_matches(
    member: Client, twelve: None, monkeypatch: pytest.MonkeyPatch
):
    asked = {}

    def exported(
        *, kind: str, rows: QuerySet[Account], file_format: str, request: HttpRequest
    ) -> HttpResponse:
        asked.update(kind=kind, rows=[row.username for row in rows], format=file_format)
        return HttpResponse("file")

    monkeypatch.setattr(ports.exported, "_answer", exported)
    member.get("/people/?q=user0&sort=-login&export=csv")
    assert asked["kind"] == "uitests.people"
    assert asked["format"] == "csv"
    assert asked["rows"] == [f"user{n:02}" for n in reversed(range(10))]


def test_rows_carry_what_the_keyboard_and_the_phone_need(member: Client, twelve: None):
    text = member.get("/people/").content.decode()
    assert text.count("data-ck-row=") == 5
    assert 'class="ck-cell ck-cell--head" data-label="姓名"' in text
    assert "data-ck-search" in text


def test_the_words_for_scripts_travel_with_the_page(member: Client, person: Account):
    text = member.get("/people/").content.decode()
    words = json.loads(
        text.split('<script id="ck-words" type="application/json">')[1].split("</")[0]
    )
    assert words["undo"] == "撤销"


def test_a_tab_without_rows_says_so_and_an_empty_list_says_how_to_begin(
    member: Client, twelve: None, monkeypatch: pytest.MonkeyPatch
):
    text = member.get("/people/?view=clients").content.decode()
    assert "里没有内容" in text
    assert "没有符合条件的内容" not in text, "nobody has filtered"
    monkeypatch.setattr(listing.ListPage, "elsewhere", False)
    assert "还没有人" in member.get("/people/?view=clients").content.decode()
