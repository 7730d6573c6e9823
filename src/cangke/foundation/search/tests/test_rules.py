import pytest
from hypothesis import given
from hypothesis import strategies as st

from cangke.foundation.search import rules
from cangke.foundation.search.rules import Phrase


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("破损险", ["破损", "损险", "险"]),
        ("破", ["破"]),
        ("iPhone 15壳", ["iphone", "15", "壳"]),
        ("ＳＯ２０２６－０１", ["so2026", "01"]),
        ("Café_Crème", ["cafe", "creme"]),
        ("カキ", ["カキ", "キ"]),
        ("a\x00b '\" * NEAR", ["a", "b", "near"]),
        ("😀🎉", []),
        ("", []),
    ],
)
def test_cuts_texts(text, tokens):
    assert rules.tokens(text) == tokens


def test_long_words_and_long_texts_are_cut():
    assert rules.tokens("x" * 500) == ["x" * 64]
    assert len(rules.tokens("字" * 100_000)) == rules.MOST_TOKENS


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("破损", [Phrase(("破损",), False)]),
        ("破", [Phrase(("破",), True)]),
        ("仓储费", [Phrase(("仓储", "储费"), False)]),
        ("破损 仓储费", [Phrase(("破损",), False), Phrase(("仓储", "储费"), False)]),
        ("iph", [Phrase(("iph",), True)]),
        ("iPhone壳", [Phrase(("iphone", "壳"), True)]),
        ("仓储fee", [Phrase(("仓储", "储", "fee"), True)]),
        ('"*', []),
    ],
)
def test_reads_queries(text, phrases):
    assert list(rules.parse_query(text).phrases) == phrases


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SO20261123-0001", "so202611230001"),
        ("138 1234 5678", "13812345678"),
        ("0001234", "0001234"),
        ("12", ""),
        ("abc", ""),
        ("破123", ""),
    ],
)
def test_knows_numbers(text, number):
    assert rules.parse_query(text).number == number


@given(text=st.text(max_size=300))
def test_any_text_becomes_plain_tokens_and_a_safe_query(text):
    for token in rules.tokens(text):
        assert token
        assert not set(token) & set("'\"* %\\\x00:&|!()<>-")
    query = rules.parse_query(text)
    assert len(query.phrases) <= rules.MOST_TERMS
    spelled = rules.fts5_query(query)
    assert spelled.count('"') == 2 * len(query.phrases)
    rules.tsquery(query)
    assert not set(rules.squeeze(text)) & set("'\"* %\\\x00")


@given(text=st.text(max_size=100))
def test_normalising_twice_changes_nothing(text):
    once = rules.normalise(text)
    assert rules.tokens(once) == rules.tokens(text)
