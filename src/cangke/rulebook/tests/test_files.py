"""TOML there and back, losing nothing; and files nobody should have sent, refused with place."""

import time
import tomllib
from decimal import Decimal

import pytest
from django.utils.translation import gettext, override
from hypothesis import given, settings
from hypothesis import strategies as st

from cangke.rulebook import rules
from cangke.rulebook.queries import catalogue
from cangke.rulebook.rules import Kind
from cangke.rulebook.tests.factories import CLAUSES, EVALUATORS, case

CATALOGUE = rules.Catalogue(rules.parse_clauses(CLAUSES), evaluators=EVALUATORS)
BODY = rules.new_body(CATALOGUE)
# What a person may write: neither control signs nor what changes the text without being seen.
SEEN = {"exclude_categories": ["Cc", "Cf", "Cs", "Cn", "Zl", "Zp"]}


def changed(old: str, new: str) -> bytes:
    """A whole rulebook as written, with one thing in it another."""
    text = rules.write_toml(BODY, {}, CATALOGUE)
    assert old in text
    return text.replace(old, new, 1).encode("utf-8", "surrogatepass")


printable = st.text(st.characters(**SEEN, include_characters="\n\t"), max_size=500) | st.text(
    st.sampled_from('a \t\n"\\'), min_size=100, max_size=900
)
line = st.text(st.characters(**SEEN), max_size=60)
plain = st.builds(lambda text: text.replace("{", "").replace("}", ""), printable)
required = st.builds(lambda text: f"文{text}", plain)
own_clause = st.fixed_dictionaries(
    {
        "number": line.map(lambda text: text[:20]),
        "chapter": st.sampled_from([str(each) for each in rules.Chapter]),
        "title": line.map(lambda text: f"题{text}"),
        "title_en": line,
        "text": required,
        "text_en": plain,
        "source": line,
    }
)


@st.composite
def bodies(draw):
    values = {
        "test.chat_seconds": draw(st.integers(1, 86400)),
        "test.factor": str(draw(st.decimals(1, 10, places=draw(st.integers(0, 6))))),
        "test.auto": draw(st.booleans()),
        "test.start": draw(st.times()).strftime("%H:%M"),
        "test.weekday": draw(st.sampled_from(["mon", "tue"])),
        "test.steps": sorted(draw(st.sets(st.integers(1, 10**9), min_size=1, max_size=9))),
        "test.phrases": draw(st.lists(required, min_size=1, max_size=5)),
        "test.name": draw(line)[:20],
        "test.tiers": [
            {"to": to, "packet": "7.50"}
            for to in sorted(draw(st.sets(st.integers(1, 999), min_size=1, max_size=6)))
        ],
    }
    body = rules.change_values(BODY, values, CATALOGUE)
    own = draw(st.lists(own_clause, max_size=3))
    clauses = [*body["clauses"], *({"code": f"own.c{n}", **c} for n, c in enumerate(own))]
    clauses = [{**clauses[0], "text": draw(required)}, *clauses[1:]]
    cases = [
        case(draw(st.integers(0, 10**9)), draw(line)[:120], late=draw(st.booleans()))
        for _n in range(draw(st.integers(0, 3)))
    ]
    return {**body, "clauses": draw(st.permutations(clauses)), "cases": cases}


@settings(max_examples=150, deadline=None)
@given(bodies(), line)
def test_a_rulebook_survives_its_own_file(body, note):
    text = rules.write_toml(body, {"set": "a", "note": note}, CATALOGUE)
    meta, read, problems = rules.read_toml(text.encode(), CATALOGUE, BODY)
    assert problems == []
    assert read == body
    assert rules.fingerprint(read) == rules.fingerprint(body)
    assert meta["note"] == note


def numbers(parameter, most):
    low = -most if parameter.minimum is None else int(parameter.minimum)
    high = most if parameter.maximum is None else int(parameter.maximum)
    return st.integers(low, high)


def values_of(parameter):
    """Any value that a parameter of its kind may have."""
    kind = parameter.kind
    if kind is Kind.INT:
        return numbers(parameter, 10**9)
    if kind is Kind.DECIMAL:
        return st.builds(
            lambda whole, part: f"{whole}.{part}" if part and whole >= 0 else str(whole),
            numbers(parameter, 10**6).filter(lambda n: n != parameter.maximum),
            st.sampled_from(["", "0", "25", "500"]),
        )
    if kind is Kind.BOOL:
        return st.booleans()
    if kind is Kind.TIME:
        return st.times().map(lambda time: time.strftime("%H:%M"))
    if kind is Kind.CHOICE:
        return st.sampled_from([each.value for each in parameter.options])
    if kind is Kind.TEXT:
        return required.map(lambda text: text[: parameter.longest])
    if kind is Kind.INTS:
        return st.sets(numbers(parameter, 10**9), min_size=1, max_size=8).map(sorted)
    if kind is Kind.TEXTS:
        if parameter.options:
            return st.sets(st.sampled_from([o.value for o in parameter.options]), min_size=1).map(
                sorted
            )
        return st.lists(
            required.map(lambda text: text[: parameter.longest]), min_size=1, max_size=4
        )
    row = st.fixed_dictionaries({each.key: values_of(each) for each in parameter.columns})
    if not parameter.ascending:
        return st.lists(row, min_size=1, max_size=4)
    place = parameter.ascending
    return st.lists(row, min_size=1, max_size=4, unique_by=lambda r: Decimal(r[place])).map(
        lambda rows: sorted(rows, key=lambda r: Decimal(r[place]))
    )


@pytest.mark.requirement("S1")
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_value_of_any_clause_of_the_house_survives_the_file(data):
    """Every room's clauses, every kind of value they have: out, in, and the same book again."""
    shipped = catalogue()
    key = data.draw(st.sampled_from(sorted(shipped.parameters)))
    value = data.draw(values_of(shipped.parameters[key]))
    body = rules.change_values(rules.new_body(shipped), {key: value}, shipped)
    text = rules.write_toml(body, {"set": "a"}, shipped)
    _meta, read, problems = rules.read_toml(text.encode(), shipped, rules.new_body(shipped))
    assert {each.code for each in problems} <= {"body.order"}, (key, value)
    assert read == body


def test_a_file_may_leave_out_what_stays_as_it_is():
    text = '[[clause]]\ncode = "test.waiting"\n[clause.values]\n"test.chat_seconds" = 45\n'
    full = rules.write_toml(BODY, {}, CATALOGUE)
    _meta, whole, problems = rules.read_toml(full.replace("= 60\n", "= 61\n", 1), CATALOGUE, BODY)
    assert (problems, whole["values"]["test.chat_seconds"]) == ([], 61)
    _meta, _body, problems = rules.read_toml(text, CATALOGUE, BODY)
    assert {p.code for p in problems} == {"body.missing"}  # a named clause has all its words


def test_decimals_without_quotes_are_never_binary_floats():
    full = rules.write_toml(BODY, {}, CATALOGUE).replace(
        '"test.factor" = "2"', '"test.factor" = 2.10'
    )
    _meta, body, problems = rules.read_toml(full, CATALOGUE, BODY)
    assert (problems, body["values"]["test.factor"]) == ([], "2.10")


HANGS_SECONDS = 10


def hostile_files():
    long = "a." * 700 + "a = 1\n"
    yield "too large", b"#" * (rules.LIMIT_BYTES + 1), "toml.too_large"
    yield "megabytes", b'a = "' + b"x" * 50_000_000, "toml.too_large"
    yield "long line", b"a = '" + b"x" * 1_600 + b"'", "toml.long_line"
    yield "not utf-8", "名称 = '甲'".encode("gb18030"), "toml.encoding"
    yield "no toml", b"meta = {{{{", "toml.syntax"
    yield "nested", b"a = " + b"[" * 1_400, "toml.nested"
    yield "nested lines", b"a = [\n" + b"[\n" * 200_000, "toml.nested"
    yield "nested tables", b"a = " + b"{a=" * 480, "toml.nested"
    yield "dotted keys", (long * 330).encode(), "toml.many_parts"
    quoted = b"'a'." * 370 + b"a = 1\n"
    yield "quoted dotted keys", quoted * 330, "toml.many_parts"
    yield (
        "dotted headers",
        "".join(f"[{'a.' * 700}b{n}]\n" for n in range(330)).encode(),
        "toml.many_parts",
    )
    yield "float", b"[[clause]]\ncode = 1e999999999\n", "toml.number"
    yield "nan", b"[[clause]]\ncode = nan\n", "toml.number"
    yield (
        "huge int",
        (
            b"[[clause]]\ncode = 'test.waiting'\n[clause.values]\n'test.chat_seconds' = "
            + b"9" * 1_400
        ),
        "value.too_large",
    )
    yield "digits", b"a = " + b"9" * 1_400 + b"\n[[clause]]\nrule = 1\n", "body.unknown"
    yield "minus infinity", b"[[clause]]\ncode = -inf\n", "toml.number"
    yield "key twice", b"[meta]\nnote = 'a'\nnote = 'b'\n", "toml.twice"
    yield "table twice", b"[meta]\n[meta]\n", "toml.twice"
    yield "no such day", b"[meta]\neffective_from = 2026-02-30\n", "toml.date"
    yield "day out of range", b"[meta]\neffective_from = 2026-13-40\n", "toml.syntax"
    yield "year out of range", b"[meta]\neffective_from = 10000-01-01\n", "toml.syntax"
    yield "day for words", changed('"迟到"', "2026-01-01"), "value.not_text"
    yield "list for words", changed('"迟到"', "['a']"), "value.not_text"
    yield "time without quotes", changed('"08:30"', "08:30:00"), "value.not_time"
    yield "fullwidth digits", changed('"08:30"', '"０８:30"'), "value.not_time"
    yield "turned around", changed('"迟到"', '"迟\u202e到"'), "value.unprintable"
    yield "without width", changed('"迟到"', '"迟\u200b到"'), "value.unprintable"
    yield "hidden tag", changed('"迟到"', '"迟\U000e0041到"'), "value.unprintable"
    yield "no character", changed('"迟到"', '"迟\uffff到"'), "value.unprintable"
    yield "half a sign", b"a = '\xed\xa0\x80'", "toml.encoding"
    yield "nul", changed('"迟到"', '"迟\\u0000到"'), "value.unprintable"
    yield "unclosed", b"a = [1,\n2", "toml.unclosed"
    yield "control sign", b"a = 'b\x01'", "toml.sign"
    yield "many clauses", b"[[clause]]\n" * 40_000, "value.too_many"
    yield "many keys", b"".join(b"k%d = 1\n" % n for n in range(40_000)), "body.unknown"
    yield "format", b"[meta]\nformat = 2\n", "toml.format"
    yield "clause is text", b"clause = 'x'\n", "body.not_table"
    yield "clause is numbers", b"clause = [1, 2]\n", "body.not_table"
    yield "code is a list", b"[[clause]]\ncode = [1]\n", "body.bad_code"
    yield "unknown clause", b"[[clause]]\ncode = 'x.y'\n", "body.unknown_clause"
    yield "values is text", b"[[clause]]\ncode = 'test.late'\nvalues = 'x'\n", "body.not_table"
    yield (
        "foreign key",
        (b"[[clause]]\ncode = 'test.late'\n[clause.values]\n'test.factor' = '1'\n"),
        "body.unknown_key",
    )
    yield "python", b"[[clause]]\ncode = 'own.x'\ntext = '{__class__}'\n", "body.brace"
    yield "format text", b"[[clause]]\ncode = 'own.x'\ntext = '{a.b}'\n", "body.placeholder"


@pytest.mark.parametrize(
    ("content", "code"), [pytest.param(c, k, id=name) for name, c, k in hostile_files()]
)
def test_a_hostile_file_is_refused_with_place_and_reason(content, code):
    # A guard against files that hang; how quick it is, `make bench` measures.
    started = time.process_time()
    _meta, _body, problems = rules.read_toml(content, CATALOGUE, BODY)
    assert time.process_time() - started < HANGS_SECONDS
    assert code in {problem.code for problem in problems}
    assert all(problem.words for problem in problems)
    assert len(problems) <= 100


def test_the_largest_plausible_rulebook_is_read():
    clause = {**BODY["clauses"][0], "text": "字" * 150}
    many = [{**clause, "code": f"own.c{n}"} for n in range(600)]
    body = {**BODY, "clauses": [*BODY["clauses"], *many]}
    text = rules.write_toml(body, {}, CATALOGUE)
    assert len(text.encode()) > 300_000
    tomllib.loads(text)
    _meta, read, problems = rules.read_toml(text, CATALOGUE, BODY)
    assert (problems, read) == ([], body)


@pytest.mark.parametrize(
    ("content", "chinese", "english"),
    [
        (b"[meta]\nnote = 'a'\nnote = 'b'\n", "第 3 行：这个名字前面已经写过", "Line 3"),
        (b"[[clause]]\ncode = nan\n", "第 2 行：nan 不是能用的数", "Line 2"),
        (b"a = [1,\n2", "第 2 行：括号或引号没有收尾", "Line 2"),
        (b"a = 1\nb = \n", "第 2 行第 5 个字", "Line 2"),
        (b"a = " + b"[" * 1_400, "括号套得太深", "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line_in_the_readers_language(
    content, chinese, english
):
    _meta, _body, problems = rules.read_toml(content, CATALOGUE, BODY)
    said = {}
    for language in ("zh-hans", "en"):
        with override(language):
            said[language] = gettext(problems[0].sentence) % dict(problems[0].facts)
    assert chinese in said["zh-hans"]
    assert english in said["en"]
    assert "第" not in said["en"]
