"""Orders from files: nothing dropped, nothing doubled, each line with its reason."""

import csv
import datetime as dt
import io
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from cangke.carriers import public as carriers
from cangke.customers.models import Customer
from cangke.foundation.events.models import EventRecord
from cangke.foundation.search.public import search
from cangke.foundation.sheets.actions import begin_commit, commit_run, map_run, upload
from cangke.foundation.sheets.models import ImportRun
from cangke.foundation.sheets.public import run_import
from cangke.orders.models import Order, OrderLine
from cangke.orders.rules import InvoiceLine, Why, judge_invoice
from cangke.orders.sheets import OrderImporter
from cangke.people.tests.factories import AT, make_employee, make_shop, make_site
from tests.factories import make_account

from .factories import make_carrier

DATA = Path(__file__).resolve().parents[4].parent / "shared" / "data"
RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def write(folder: Path, *lines: str, heading: str = RETAIL) -> Path:
    path = folder / "orders.csv"
    path.write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
    return path


def take(path: Path, **more):
    return run_import("orders", path, at=timezone.now(), **more)


# --- the rules of an invoice file


def line(number="1", quantity=1, price="1", customer="17850", sku="A"):
    return InvoiceLine(number, sku, quantity, Decimal(price), customer)


@pytest.mark.requirement("C1")
@pytest.mark.parametrize(
    ("lines", "verdicts"),
    [
        ([line()], [None]),
        ([line(quantity=-5)], [Why.WRITE_OFF]),
        ([line("C1", -5)], [None]),
        ([line("C1", 5)], [Why.POSITIVE_CANCELLATION]),
        ([line("A563185", 1, "11062.06")], [Why.BAD_DEBT]),
        ([line("A563186", 1, "-11062.06")], [Why.BAD_DEBT]),
        ([line(price="-1")], [Why.NEGATIVE_PRICE]),
        ([line(quantity=0)], [Why.ZERO_QUANTITY]),
        ([line(sku=" ")], [Why.NO_SKU]),
        ([line(price="0", customer="")], [Why.STOCK_FOUND]),
        ([line(price="0", customer="17850")], [None]),
        ([line(price="0", customer=""), line(price="2", customer="")], [None, None]),
        ([line(price="0", customer=""), line(quantity=-1)], [Why.STOCK_FOUND, Why.WRITE_OFF]),
        ([line("C1", -1, "0", "")], [Why.STOCK_FOUND]),
    ],
)
def test_what_becomes_of_the_lines_of_an_invoice(lines, verdicts):
    assert judge_invoice(lines) == verdicts


# --- invoice files


@pytest.fixture
def shop(db):
    site = make_site(zone="Europe/London", country="GB", currency="GBP")
    return make_shop(site, code="uk", currency="GBP")


@pytest.mark.requirement("C1")
def test_rows_of_an_invoice_become_one_order_and_none_is_lost(shop, tmp_path):
    path = write(
        tmp_path,
        "536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
        "536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom",
        "C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom",
        "536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom",
        "536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom",
        "536544,21773,DECORATIVE ROSE,1,2010-12-01 14:32:00,2.51,,United Kingdom",
        "A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,11062.06,,United Kingdom",
        "536600,X,Broken,six,2010-12-01 14:32:00,2.51,,United Kingdom",
        "536600,Y,Whole,1,2010-12-01 14:32:00,2.51,,United Kingdom",
    )
    report = take(path)
    assert (report["lines_in"], report["taken"], report["unchanged"], report["refused"]) == (
        9,
        4,
        0,
        5,
    )
    reasons = {error["line"]: error["reason"] for error in report["errors"]}
    assert set(reasons) == {5, 6, 8, 9, 10}
    assert "核销" in reasons[5]
    assert "库存调整" in reasons[6]
    assert "坏账" in reasons[8]
    assert "整数" in reasons[9]
    assert "第 9 行" in reasons[10]

    order = Order.objects.get(external_no="536365")
    assert order.state == "to_ship"
    assert order.placed_at == dt.datetime(2010, 12, 1, 8, 26, tzinfo=dt.UTC)
    assert order.total_amount == Decimal("35.64")
    assert (order.currency, order.source, order.country) == ("GBP", "file", "United Kingdom")
    assert order.customer.identities.get().value_norm == "17850"
    assert [each.sku for each in order.lines.all()] == ["85123A", "71053"]
    assert order.intake_delay_seconds > 0

    cancelled = Order.objects.get(external_no="C536379")
    assert (cancelled.kind, cancelled.state) == ("cancellation", "cancelled")
    assert cancelled.total_amount == Decimal("-27.50")
    assert cancelled.lines.get().quantity == 1
    assert cancelled.customer.identities.get().value_norm == "14527"

    assert Order.objects.get(external_no="536544").customer is None
    assert not Order.objects.filter(external_no="536600").exists()


def test_the_same_file_again_creates_nothing_and_other_content_is_refused(shop, tmp_path):
    rows = [
        "1,A,a,2,2010-12-01 08:26:00,1.5,7,France",
        "1,B,b,1,2010-12-01 08:26:00,0.5,7,France",
        "2,A,a,1,2010-12-01 09:26:00,1.5,7,France",
    ]
    take(write(tmp_path, *rows))
    before = (Order.objects.count(), OrderLine.objects.count(), Customer.objects.count())
    again = take(write(tmp_path, *rows))
    assert (again["taken"], again["unchanged"], again["refused"]) == (0, 3, 0)
    changed = take(write(tmp_path, rows[0], rows[2].replace("1.5", "1.6")))
    assert (changed["taken"], changed["unchanged"], changed["refused"]) == (0, 0, 2)
    assert (Order.objects.count(), OrderLine.objects.count(), Customer.objects.count()) == before


def test_an_invoice_that_comes_back_later_in_the_file_is_refused_not_lost(shop, tmp_path):
    report = take(
        write(
            tmp_path,
            "1,A,a,2,2010-12-01 08:26:00,1.5,7,France",
            "2,A,a,1,2010-12-01 09:26:00,1.5,7,France",
            "1,B,b,1,2010-12-01 08:26:00,0.5,7,France",
        )
    )
    assert (report["taken"], report["refused"]) == (2, 1)
    assert Order.objects.get(external_no="1").lines.count() == 1


def test_an_invoice_is_never_cut_at_the_border_of_a_chunk(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(OrderImporter, "chunk_size", 2)
    rows = [f"1,S{n},s,{n},2010-12-01 08:26:00,1,7,France" for n in range(1, 6)]
    rows += ["2,A,a,1,2010-12-01 08:26:00,1,7,France", "3,A,a,1,2010-12-01 08:26:00,1,8,France"]
    report = take(write(tmp_path, *rows))
    assert report["taken"] == 7
    assert Order.objects.get(external_no="1").lines.count() == 5
    assert take(write(tmp_path, *rows))["unchanged"] == 7


def test_after_a_crash_the_import_goes_on_and_doubles_nothing(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(OrderImporter, "chunk_size", 2)
    rows = [f"{n},A,a,1,2010-12-01 08:26:00,1,{n % 3},France" for n in range(1, 10)]
    content = write(tmp_path, *rows).read_bytes()
    run = upload(kind="orders", upload=ContentFile(content, name="o.csv"), by=None, at=AT)
    run = map_run(run=run, mapping=run.mapping, by=None, at=AT)
    run = begin_commit(run=run, at=AT)
    calls = []

    def crash(done, total):
        calls.append(done)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        commit_run(run, step=crash, clock=timezone.now)
    assert Order.objects.count() == 4
    run = ImportRun.objects.get(pk=run.pk)
    commit_run(run, step=lambda done, total: None, clock=timezone.now)
    run.refresh_from_db()
    assert (run.lines_in, run.taken, run.refused) == (9, 9, 0)
    assert Order.objects.count() == 9
    assert Customer.objects.count() == 3


def test_a_trial_leaves_nothing(shop, tmp_path):
    report = take(write(tmp_path, "1,A,a,2,2010-12-01 08:26:00,1.5,7,France"), dry_run=True)
    assert (report["state"], report["taken"]) == ("checked", 1)
    assert not Order.objects.exists()
    assert not Customer.objects.exists()
    assert not EventRecord.objects.filter(name="orders.OrdersImported").exists()


def test_imported_orders_are_found_and_announced(shop, tmp_path):
    take(write(tmp_path, "536365,A,a,2,2010-12-01 08:26:00,1.5,17850.0,France"))
    admin = make_account("admin")
    assert [hit.title for hit in search(admin, "536365").hits] == ["536365"]
    assert [hit.title for hit in search(admin, "6365").hits] == ["536365"]
    payload = EventRecord.objects.get(name="orders.OrdersImported").payload
    assert payload["order_ids"] == [Order.objects.get().pk]


def test_a_summer_time_of_the_shop_is_read_on_its_own_clock(shop, tmp_path):
    take(write(tmp_path, "1,A,a,2,2011-07-01 08:26:00,1.5,7,France"))
    assert Order.objects.get().placed_at == dt.datetime(2011, 7, 1, 7, 26, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_without_a_shop_the_file_is_refused(tmp_path):
    report = take(write(tmp_path, "1,A,a,2,2010-12-01 08:26:00,1.5,7,France"))
    assert report["state"] == "failed"
    assert "店铺" in report["errors"][0]["reason"]


def test_the_shop_may_be_chosen_or_stand_in_a_column(shop, tmp_path):
    other = make_shop(shop.site, code="zz", name="另一家")
    row = "1,A,a,2,2010-12-01 08:26:00,1.5,7,France"
    take(write(tmp_path, row), options={"shop": "zz"})
    assert Order.objects.get().shop == other
    named = write(
        tmp_path,
        "2,A,a,2,2010-12-01 08:26:00,1.5,7,France,uk",
        "3,A,a,2,2010-12-01 08:26:00,1.5,7,France,nowhere",
        heading=f"{RETAIL},店铺",
    )
    report = take(named)
    assert Order.objects.get(external_no="2").shop == shop
    assert "nowhere" in report["errors"][0]["reason"]


def test_an_agent_imports_only_into_own_shops(shop, tmp_path):
    make_shop(shop.site, code="aa")
    stranger = make_employee("cs-leader")
    report = take(write(tmp_path, "1,A,a,2,2010-12-01 08:26:00,1.5,7,France"), by=stranger.account)
    assert report["state"] == "failed"
    assert not Order.objects.exists()


# --- order tables

TABLE = (
    "订单编号,拍下时间,支付时间,收货人姓名,买家会员名,手机,省份,城市,区,收货地址,邮编,快递公司,"
    "商家编码,商品名称,件数,价格"
)


def table_row(number, **values):
    cells = {
        "number": str(number),
        "placed": "2025-04-01 10:00",
        "paid": "2025-04-01 10:05",
        "name": "小鱼妈妈",
        "nick": f"nick{number}",
        "phone": "13800138000",
        "province": "浙江",
        "city": "杭州",
        "district": "余杭",
        "street": "文一西路 969 号",
        "postcode": "311100",
        "service": "顺丰",
        "sku": "A1",
        "goods": "烛台",
        "quantity": "2",
        "price": "9.90",
    }
    out = io.StringIO()
    csv.writer(out).writerow({**cells, **values}.values())
    return out.getvalue().strip()


@pytest.fixture
def carrier(db):
    carrier = make_carrier(code="sf", name="顺丰")
    carriers.save_service(carrier_id=carrier.pk, by=None, at=AT, code="std", name="标快")
    return carrier


@pytest.mark.requirement("C1")
@pytest.mark.django_db
def test_of_100_rows_with_3_errors_97_are_created(tmp_path, carrier):
    make_shop(code="tb")
    rows = [table_row(n) for n in range(100)]
    rows[3] = table_row(3, quantity="two")
    rows[50] = table_row(50, placed="yesterday")
    rows[99] = table_row(99, sku="")
    report = take(write(tmp_path, *rows, heading=TABLE))
    assert (report["lines_in"], report["taken"], report["refused"]) == (100, 97, 3)
    assert [error["line"] for error in report["errors"]] == [5, 52, 101]
    assert all(error["reason"] for error in report["errors"])
    assert Order.objects.count() == 97
    states = Counter(Order.objects.values_list("state", "source"))
    assert states == {("to_ship", "file"): 97}
    assert take(write(tmp_path, *rows, heading=TABLE))["unchanged"] == 97


@pytest.mark.requirement("C2")
@pytest.mark.django_db
def test_orders_of_a_table_are_checked_like_all_others(tmp_path, carrier):
    make_shop(code="tb")
    report = take(
        write(
            tmp_path,
            table_row(1, postcode=""),
            table_row(2),
            table_row(2, sku="A2", quantity="1"),
            heading=TABLE,
        )
    )
    assert report["taken"] == 3
    held, whole = Order.objects.order_by("external_no")
    assert (held.state, held.holds.get().rule) == ("on_hold", "postcode")
    assert (whole.state, whole.lines.count()) == ("to_ship", 2)
    assert held.customer == whole.customer


@pytest.mark.django_db
def test_an_order_with_one_bad_row_is_refused_whole(tmp_path, carrier):
    make_shop(code="tb")
    report = take(
        write(tmp_path, table_row(1), table_row(1, sku="A2", quantity="x"), heading=TABLE)
    )
    assert (report["taken"], report["refused"]) == (0, 2)
    assert not Order.objects.exists()


# --- real invoices


@pytest.mark.data
@pytest.mark.requirement("C1")
@pytest.mark.parametrize("name", ["online-retail-2010-12.csv", "online-retail-2011-01.csv"])
def test_a_months_invoices_of_a_real_shop(shop, name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} does not lie in ../shared/data beside the project")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    began = time.process_time()
    report = take(path)
    seconds = time.process_time() - began
    assert report["lines_in"] == len(rows)
    assert report["taken"] + report["refused"] == len(rows)
    assert OrderLine.objects.count() == report["taken"]
    assert all(error["reason"] for error in report["errors"])
    assert len(report["errors"]) == report["refused"]

    refused_lines = {error["line"] for error in report["errors"]}
    write_offs = {
        number
        for number, row in enumerate(rows, 2)
        if int(row["Quantity"]) < 0 and not row["InvoiceNo"].startswith("C")
    }
    assert write_offs <= refused_lines
    kept = [row for number, row in enumerate(rows, 2) if number not in refused_lines]
    cancelled = {row["InvoiceNo"] for row in kept if row["InvoiceNo"].startswith("C")}
    assert Order.objects.filter(kind="cancellation").count() == len(cancelled)
    assert Order.objects.sales().count() == len({row["InvoiceNo"] for row in kept}) - len(cancelled)
    assert Customer.objects.count() == len({r["CustomerID"] for r in kept if r["CustomerID"]})
    whole = sum(
        abs(Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])).quantize(Decimal("0.01"))
        for row in kept
    )
    assert abs(sum(Order.objects.values_list("goods_amount", flat=True)) - whole) < Decimal("0.50")

    orders = Order.objects.count()
    again = take(path)
    assert (again["taken"], again["unchanged"]) == (0, report["taken"])
    assert Order.objects.count() == orders
    assert seconds < 30  # of the processor, whatever else runs beside the test
