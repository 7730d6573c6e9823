import datetime as dt
import importlib

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cangke.foundation.access.public import Account, Roles, shown
from cangke.foundation.search import actions, queries, registry, rules
from cangke.foundation.search.actions import Entry
from cangke.foundation.search.models import SearchDoc
from tests.factories import make_account

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC)
KIND = "test.account"


@pytest.fixture(autouse=True)
def _kind():
    registry.register_search(KIND, "账户", model=Account, order=1)
    yield
    del registry.KINDS[KIND]


@pytest.fixture
def admin():
    return make_account(Roles.ADMIN)


def put(title="", text="", *, at=AT, **options):
    account = make_account()
    actions.index(KIND, account.pk, title=title, text=text, at=at, **options)
    return account


def found(account, text, **options):
    return [hit.object_id for hit in queries.search(account, text, **options).hits]


@pytest.mark.requirement("X1")
def test_finds_chinese_words_of_one_sign_and_more(admin):
    damaged = put("订单 1", "外箱破损，客户要求补发")
    fee = put("订单 2", "仓储费有误")
    assert found(admin, "破损") == [damaged.pk]
    assert found(admin, "损") == [damaged.pk]
    assert found(admin, "仓储费") == [fee.pk]
    assert found(admin, "误") == [fee.pk]
    assert found(admin, "破 补发") == [damaged.pk]
    assert found(admin, "储存") == []
    assert sorted(found(admin, "订单")) == [damaged.pk, fee.pk]


@pytest.mark.requirement("X1")
def test_finds_numbers_by_their_first_and_last_signs(admin):
    order = put("SO20261123-0001", numbers=["SO20261123-0001", "1Z999AA10123456784"])
    other = put("SO20261124-0002", numbers=["SO20261124-0002"])
    assert found(admin, "SO20261123-0001") == [order.pk]
    assert found(admin, "so20261123") == [order.pk]
    assert found(admin, "0002") == [other.pk]
    assert found(admin, "456784") == [order.pk]
    assert found(admin, "1Z999AA1 0123456784") == [order.pk]
    assert sorted(found(admin, "so2026")) == [order.pk, other.pk]
    assert found(admin, "9999") == []


def test_a_number_comes_before_titles_and_titles_before_texts_then_the_newest(admin):
    in_text = put("甲", "和 8801 有关", at=AT + dt.timedelta(days=3))
    in_title = put("破损 8801")
    older = put("乙 破损", at=AT - dt.timedelta(days=1))
    numbered = put("丙", numbers=["70008801"], at=AT - dt.timedelta(days=9))
    later = put("丁", "破损", at=AT + dt.timedelta(days=5))
    assert found(admin, "8801") == [numbered.pk, in_title.pk, in_text.pk]
    assert found(admin, "破损") == [in_title.pk, older.pk, later.pk]


@pytest.mark.requirement("X5")
def test_masked_values_are_found_whole_or_by_what_the_mask_shows(admin):
    buyer = put("买家", masked=["13812345678", "wang@example.com"])
    for text in ("13812345678", "138 1234-5678", "wang@example.com", "WANG@EXAMPLE.COM", "5678"):
        assert found(admin, text) == [buyer.pk], text
    for text in ("138", "1381234", "45678", "wang", "example.com", "wang@example", "com", "12345"):
        assert found(admin, text) == [], text


def test_nothing_is_found_outside_the_gate(admin):
    """Design security 7: search has the reach of the lists."""
    mine = make_account(Roles.HR, scope="self")
    others = put("机密 破损", numbers=["SO1234567"])
    actions.index(KIND, mine.pk, title="自己 破损", at=AT)
    assert found(mine, "破损") == [mine.pk]
    assert found(mine, "SO1234567") == []
    assert sorted(found(admin, "破损")) == sorted([others.pk, mine.pk])
    assert found(make_account(Roles.AGENT), "破损") == []


def test_own_rows_are_found_behind_any_number_of_foreign_ones():
    mine = make_account(Roles.HR, scope="self")
    actions.index(KIND, mine.pk, title="破损", at=AT - dt.timedelta(days=99))
    entries = [Entry(KIND, 1_000_000 + n, "破损", text="破损 " * 3) for n in range(600)]
    actions.index_many(entries, at=AT)
    assert found(mine, "破损", limit=5) == [mine.pk]


@pytest.mark.parametrize(
    ("batch", "blocks"),
    [(1, (1,)), (2, (3, 6, 12)), (3, (2, 4, 100)), (1, (1, 2, 3)), (500, rules.BLOCKS)],
)
def test_however_the_index_is_asked_the_same_is_found(monkeypatch, admin, batch, blocks):
    monkeypatch.setattr(queries, "BATCH", batch)
    monkeypatch.setattr(rules, "BLOCKS", blocks)
    accounts = [put(f"号 {n}" if n % 3 else f"破损 {n}", "外箱破损", at=AT) for n in range(12)]
    SearchDoc.objects.filter(object_id=accounts[4].pk).delete()
    titled = [accounts[n].pk for n in (9, 6, 3, 0)]
    others = [accounts[n].pk for n in (11, 10, 8, 7, 5, 2, 1)]
    assert found(admin, "破损") == titled + others
    assert found(admin, "破损", limit=6) == titled + others[:2]


@pytest.mark.django_db(transaction=True)
def test_the_index_of_titles_is_made_from_what_is_known_already(admin):
    titles = importlib.import_module("cangke.foundation.search.migrations.0003_title_index")
    written = put("号", "破损", at=AT)
    titled = put("破损", at=AT - dt.timedelta(days=1))
    with connection.schema_editor() as editor:
        titles.drop(None, editor)
    with connection.schema_editor() as editor:
        titles.make(None, editor)
    assert found(admin, "破损") == [titled.pk, written.pk]


def test_titles_are_spelled_as_the_account_may_see_them(admin):
    """Design security 12: found as masked as shown."""

    def present(account, rows):
        return {row.pk: (str(row), shown(account, row, "email")) for row in rows}

    registry.register_search(KIND, "账户", model=Account, present=present)
    buyer = make_account(email="wang@example.com", display_name="王小明")
    actions.index(KIND, buyer.pk, title="王小明 wang@example.com", at=AT)
    [hit] = queries.search(admin, "小明").hits
    assert (hit.title, hit.subtitle) == ("王小明", "w***@example.com")


def test_indexing_again_replaces_and_removing_forgets(admin):
    account = put("旧标题", "旧内容", numbers=["OLD12345"])
    actions.index(KIND, account.pk, title="新标题", text="新内容", numbers=["NEW12345"], at=AT)
    assert found(admin, "旧") == []
    assert found(admin, "OLD12345") == []
    assert found(admin, "新") == [account.pk]
    assert found(admin, "NEW12345") == [account.pk]
    assert SearchDoc.objects.count() == 1
    actions.remove(KIND, account.pk)
    assert found(admin, "新") == []
    assert not SearchDoc.objects.exists()


def test_many_entries_cost_few_queries_and_the_last_of_a_row_wins(
    admin, django_assert_max_num_queries
):
    first, second = make_account(), make_account()
    entries = [Entry(KIND, 10_000 + n, f"号 {n}", numbers=[f"N{n:06}"]) for n in range(300)]
    entries += [
        Entry(KIND, first.pk, "甲"),
        Entry(KIND, first.pk, "乙"),
        Entry(KIND, second.pk, "丙"),
    ]
    with django_assert_max_num_queries(16):
        actions.index_many(entries, at=AT)
    assert found(admin, "甲") == []
    assert found(admin, "乙") == [first.pk]


def test_searching_costs_few_queries(admin, django_assert_max_num_queries):
    for n in range(30):
        put(f"破损 {n}")
    admin = Account.objects.get(pk=admin.pk)
    with django_assert_max_num_queries(8):
        assert len(queries.search(admin, "破损 1", limit=20).hits) > 0


def test_matching_ids_filter_a_list(admin):
    damaged = put("破损", numbers=["SO1234567"])
    put("完好")
    rows = Account.objects.filter(pk__in=queries.matching_ids(KIND, "破损"))
    assert list(rows) == [damaged]
    rows = Account.objects.filter(pk__in=queries.matching_ids(KIND, "4567"))
    assert list(rows) == [damaged]
    assert not Account.objects.filter(pk__in=queries.matching_ids(KIND, "'")).exists()


HOSTILE = [
    '"', "'", '""', "*", "a*", "NEAR", "NEAR(a b, 5)", "a AND", "OR", "NOT x", "-a", "+", "(", ")",
    "title:x", "{title} : x", "^a", "\\", "%", "_", "a\x00b", "\x00", "'; DROP TABLE x; --", "&",
    "|", "!", "<->", ":*", "a:*B", "\ud800", "破\ud800损", "😀", "\u202e", " ", "\t\n", "x" * 9_999,
    "破" * 10_240, "破 " * 5_000, '" OR 1=1', "$$", "%s", "{}", "٣٤٥", "１２３",
    "e\u0301", "İ", "ß",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_queries_and_texts_are_only_text(admin, text):
    account = make_account()
    actions.index(KIND, account.pk, title=text, text=text, numbers=[text], masked=[text], at=AT)
    queries.search(admin, text)
    queries.matching_ids(KIND, text).count()


signs = st.text("破损险赔付仓", min_size=1, max_size=12)
words = st.text("ab1", min_size=1, max_size=4)
texts = st.lists(st.one_of(signs, words), max_size=6).map("，".join)
CALM = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def as_scanned(documents, has):
    return {number for number, text in documents.items() if has(rules.normalise(text))}


def index_texts(documents):
    SearchDoc.objects.all().delete()
    entries = [Entry(KIND, number, "", text=text) for number, text in documents.items()]
    actions.index_many(entries, at=AT)


@CALM
@given(documents=st.dictionaries(st.integers(1, 9), texts, max_size=8), query=signs)
def test_chinese_equals_a_plain_scan(documents, query):
    index_texts(documents)
    truth = as_scanned(documents, lambda text: query in text)
    assert set(queries.matching_ids(KIND, query)) == truth


@CALM
@given(documents=st.dictionaries(st.integers(1, 9), texts, max_size=8), query=words)
def test_words_equal_a_scan_for_their_beginning(documents, query):
    index_texts(documents)
    truth = as_scanned(
        documents, lambda text: any(word.startswith(query) for word in text.split(","))
    )
    assert set(queries.matching_ids(KIND, query)) == truth


@CALM
@given(
    documents=st.dictionaries(st.integers(1, 9), texts, max_size=8),
    queries_=st.lists(signs, min_size=2, max_size=3),
)
def test_several_terms_must_all_be_found(documents, queries_):
    index_texts(documents)
    truth = as_scanned(documents, lambda text: all(each in text for each in queries_))
    assert set(queries.matching_ids(KIND, " ".join(queries_))) == truth


@CALM
@given(
    numbers=st.dictionaries(
        st.integers(1, 9), st.text("AB123", min_size=3, max_size=9), max_size=8
    ),
    query=st.text("AB123", min_size=3, max_size=6),
)
def test_numbers_equal_a_scan_of_both_ends(numbers, query):
    SearchDoc.objects.all().delete()
    entries = [Entry(KIND, number, "", numbers=[value]) for number, value in numbers.items()]
    actions.index_many(entries, at=AT)
    truth = {
        number
        for number, value in numbers.items()
        if value.startswith(query) or (value.endswith(query) and set(query) & set("123"))
    }
    assert set(queries.matching_ids(KIND, query)) == truth


def test_a_search_goes_on_from_where_it_stopped_and_misses_nothing(admin):
    accounts = [put(f"号 {n}", "外箱破损", at=AT) for n in range(7)]
    first = queries.search(admin, "破损", limit=3)
    second = queries.search(admin, "破损", limit=3, before=first.earlier)
    third = queries.search(admin, "破损", limit=3, before=second.earlier)
    pages = [[hit.object_id for hit in each.hits] for each in (first, second, third)]
    newest = [each.pk for each in reversed(accounts)]
    assert pages == [newest[:3], newest[3:6], newest[6:]]
    assert third.earlier is None


def test_after_titles_alone_the_texts_are_still_to_be_looked_through(admin):
    titled = [put(f"破损 {n}") for n in range(2)]
    written = put("号", "外箱破损")
    first = queries.search(admin, "破损", limit=2)
    assert {hit.object_id for hit in first.hits} == {each.pk for each in titled}
    rest = queries.search(admin, "破损", limit=2, before=first.earlier)
    assert written.pk in {hit.object_id for hit in rest.hits}


def test_a_word_that_is_everywhere_is_looked_for_so_far_and_then_on_request(monkeypatch):
    """What others hold is read past, yet no single search reads through the whole house."""
    monkeypatch.setattr(queries, "MOST_ASKED", 20)
    monkeypatch.setattr(queries, "BATCH", 10)
    mine = make_account(Roles.HR, scope="self")
    actions.index(KIND, mine.pk, title="号", text="破损", at=AT)
    actions.index_many([Entry(KIND, 1_000_000 + n, "号", text="破损") for n in range(90)], at=AT)
    found_at, before = [], None
    for _each in range(9):
        result = queries.search(mine, "破损", before=before)
        found_at.append([hit.object_id for hit in result.hits])
        before = result.earlier
        if before is None:
            break
    assert found_at[0] == []
    assert sum(found_at, []) == [mine.pk]
    assert before is None


def test_titles_lent_by_other_rows_are_found_with_the_text(admin):
    registry.register_search(KIND, "账户", model=Account, own_title=False)
    lent = put("张三", "您好")
    registry.register_search(KIND, "账户", model=Account)
    own = put("张三", at=AT - dt.timedelta(days=1))
    assert found(admin, "张三") == [own.pk, lent.pk]
    assert found(admin, "张三 您好") == [lent.pk]
