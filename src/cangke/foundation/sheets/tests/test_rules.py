import codecs
import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cangke.foundation.sheets import rules
from cangke.foundation.sheets.rules import BadValue, Heading

DANGEROUS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "   @x", "\u00a0=1", "\u200b=1",
    "\ufeff=1", "＝1", "＋1", "－1", "＠x", " ＝1", "\x01=1", "\x0b+1", "\tx", "\rx", "\u202e=1",
    '=HYPERLINK("http://evil")', "=cmd|' /C calc'!A0", "\x00=1", "\u2028=1",
]  # fmt: skip


@pytest.mark.parametrize("cell", DANGEROUS)
def test_no_exported_cell_runs(cell):
    assert rules.safe_cell(cell).startswith("'")


@pytest.mark.parametrize("cell", ["", "订单", "a=1", "1-2", "SO-1", "'", "0123", "你好+", "x@y.z"])
def test_harmless_cells_stay_as_they_are(cell):
    assert rules.safe_cell(cell) == cell


@given(cell=st.text(max_size=40))
def test_what_is_exported_never_starts_a_formula(cell):
    written = rules.safe_cell(cell)
    assert not written.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert "\x00" not in written


@given(cell=st.text(max_size=40))
def test_our_own_export_is_read_back(cell):
    assert rules.plain_cell(rules.safe_cell(cell)) == rules.plain_cell(cell)


def refusal(parser, cell):
    with pytest.raises(BadValue) as refused:
        parser(cell)
    return refused.value.code


@pytest.mark.parametrize(
    ("cell", "value"),
    [("6", 6), ("-2", -2), ("+3", 3), ("007", 7), ("6.0", 6), ("17850.00", 17850)],
)
def test_whole_numbers(cell, value):
    assert rules.whole()(cell) == value


@pytest.mark.parametrize(
    "cell",
    ["", "x", "1.5", "1,000", "１２", "٣", "1e3", "NaN", "0x1", "1 2", "9" * 30, "--1", "1_0"],
)
def test_what_is_no_whole_number(cell):
    assert refusal(rules.whole(), cell) == "whole"


def test_bounds_of_numbers():
    assert refusal(rules.whole(least=1), "0") == "least"
    assert refusal(rules.whole(most=9), "10") == "most"
    assert refusal(rules.amount(least=Decimal(0)), "-0.01") == "least"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2.55", "2.55"),
        ("2", "2.00"),
        ("-11062.06", "-11062.06"),
        ("-0", "0.00"),
        ("2.500", "2.50"),
    ],
)
def test_amounts(cell, value):
    assert str(rules.amount()(cell)) == value


@pytest.mark.parametrize(
    ("cell", "code"),
    [("2.555", "digits"), ("1,234.5", "amount"), ("NaN", "amount"), ("1e400", "amount"),
     ("１２", "amount"), ("1" * 31, "amount"), ("¥5", "amount"), ("", "amount"),
     ("1e-30", "amount"), ("inf", "amount")],
)  # fmt: skip
def test_what_is_no_amount(cell, code):
    """Design security 41: NaN, huge, tiny and full-width numbers."""
    assert refusal(rules.amount(), cell) == code


@pytest.mark.parametrize(
    "cell",
    ["2026-11-03", "2026/11/3", "2026.11.03", "2026年11月3日", "20261103", "2026-11-03 08:26:00",
     "2026-11-03T08:26"],
)  # fmt: skip
def test_days(cell):
    assert rules.day()(cell) == dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    "cell",
    ["03/11/2026", "2026-13-01", "2026-02-30", "0001-01-01", "9999-01-01", "x", "2026-1", ""],
)
def test_what_is_no_day(cell):
    assert refusal(rules.day(), cell) == "day"


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2010-12-01 08:26:00", "2010-12-01T00:26:00+00:00"),
        ("2010/12/1 8:26", "2010-12-01T00:26:00+00:00"),
        ("2010-12-01", "2010-11-30T16:00:00+00:00"),
        ("2010-12-01T08:26:00Z", "2010-12-01T08:26:00+00:00"),
        ("2010-12-01T08:26:00.123456-08:00", "2010-12-01T16:26:00+00:00"),
        ("2010-12-01 08:26+0530", "2010-12-01T02:56:00+00:00"),
    ],
)
def test_moments_are_read_in_the_zone_of_the_site(cell, moment):
    assert rules.moment(zone="Asia/Shanghai")(cell).isoformat() == moment


@pytest.mark.parametrize(
    "cell",
    ["2010-12-01 25:00", "2010-12-01 08:61", "2010-12-01 8", "2010-12-01 08:00+99:00", "x y"],
)
def test_what_is_no_moment(cell):
    assert refusal(rules.moment(zone="Asia/Shanghai"), cell) in ("moment", "day")


def test_choices_and_yes_and_no():
    parse = rules.choice({"已发货": "shipped", "Shipped": "shipped", "已付款": "paid"})
    assert parse(" SHIPPED ") == "shipped"
    assert parse("已付款") == "paid"
    assert refusal(parse, "x") == "choice"
    assert rules.yes_no()("是") is True
    assert rules.yes_no()("N") is False
    assert refusal(rules.yes_no(), "maybe") == "yes_no"


@pytest.mark.parametrize("cell", ["a@b.cn", "Wang.Li@Example.COM"])
def test_addresses_of_mail(cell):
    assert rules.email()(cell) == cell.lower()


@pytest.mark.parametrize(
    "cell", ["a", "a@b", "a@b.c, d@e.f", "<a@b.cn>", "a b@c.de", "a@b.cn\r\nx"]
)
def test_what_is_no_address(cell):
    assert refusal(rules.email(), cell) == "email"


def test_long_text():
    assert refusal(rules.text(most=3), "1234") == "long"


# --- encodings, delimiters, headings

SAMPLE = "订单号,数量,备注\nSO1,2,破损\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (SAMPLE.encode(), "utf-8-sig"),
        (SAMPLE.encode("utf-8-sig"), "utf-8-sig"),
        (SAMPLE.encode("gb18030"), "gb18030"),
        (SAMPLE.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + SAMPLE.encode("utf-16-be"), "utf-16"),
        (b"a,b\n1,2\n", "utf-8-sig"),
        ("Größe,Preis £\nx,1\n".encode("cp1252"), "cp1252"),
        (b"", "utf-8-sig"),
    ],
)
def test_finds_the_encoding(data, encoding):
    assert rules.find_encoding([data]) == encoding


@given(text=st.text(st.characters(codec="gb18030", exclude_characters="\x00"), max_size=80),
       encoding=st.sampled_from(["utf-8", "gb18030"]), cut=st.integers(1, 7))  # fmt: skip
def test_the_encoding_found_reads_the_text_wherever_it_is_cut(text, encoding, cut):
    data = ("订单号破损\n" + text).encode(encoding)
    chunks = [data[n : n + cut] for n in range(0, len(data), cut)]
    found = rules.find_encoding(chunks)
    assert data.decode(found).lstrip("\ufeff") == ("订单号破损\n" + text).lstrip("\ufeff")


@pytest.mark.parametrize(
    "data", [b"a\x00b\x00c", b"\x81\x8d\x00", bytes(range(256)), b"a,b\n\xff\x00\x81"]
)
def test_what_is_no_text_is_refused(data):
    with pytest.raises(rules.Undecodable):
        rules.find_encoding([data])


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_finds_the_delimiter(delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([["订单号", "备注"], ["1", "a,b;c|d"], ["2", "x"], ["3", 'say "hi"\nyou']])
    assert rules.find_delimiter(out.getvalue()) == delimiter


def test_one_column_or_nothing_has_the_usual_delimiter():
    assert rules.find_delimiter("a\nb\n") == ","
    assert rules.find_delimiter("") == ","


def test_finds_the_heading_row_below_titles():
    rows = [["11 月订单"], [], ["订单号", "数量"], ["SO1", "2"]]
    assert rules.find_header(rows, frozenset({"订单号"})) == 2
    assert rules.find_header([["x"], ["a", "b"], ["1", "2"]], frozenset()) == 1
    assert rules.find_header([["a", "b"], ["1", "2"]], frozenset()) == 0
    assert rules.find_header([], frozenset()) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("订单号", " 订单 号 "),
        ("InvoiceNo", "invoice_no"),
        ("Invoice No.", "INVOICENO"),
        ("金额（元）", "金额"),
        ("ＳＫＵ", "sku"),
    ],
)
def test_the_same_heading(one, other):
    assert rules.same_heading(one) == rules.same_heading(other)


def test_suggests_columns_each_once_and_the_plainest_first():
    fields = [
        Heading("number", ("订单号", "InvoiceNo")),
        Heading("customer", ("客户", "CustomerID", "订单号")),
        Heading("quantity", ("数量", "Qty")),
    ]
    columns = ["InvoiceNo", "customer_id", "Qty", "数量"]
    assert rules.suggest_mapping(columns, fields) == {"number": 0, "customer": 1, "quantity": 3}
    assert rules.suggest_mapping(["x", ""], fields) == {}
