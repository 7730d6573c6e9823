"""What a person sees of the catalogue, and goods from files."""

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from cangke.catalog.models import Product
from cangke.customers import public as customers
from cangke.foundation.access.public import grant, scope
from cangke.foundation.sheets.public import run_import
from tests.factories import client_for, make_account

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[4].parent / "shared" / "data"


def url(name, *args):
    return reverse(f"catalog:{name}", args=args)


@pytest.fixture
def signed_in():
    return client_for(make_account("agent"))


def test_a_product_and_its_card_are_written(signed_in):
    answer = signed_in.post(
        url("new"), {"sku": " 85123A ", "name": "烛台", "weight_g": "120", "is_active": "on"}
    )
    assert answer.status_code == 302
    product = Product.objects.get()
    assert product.sku == "85123A"
    again = signed_in.post(url("new"), {"sku": "85123A", "name": "又一个"})
    assert again.status_code == 422
    assert "已经有了" in again.content.decode()
    card = {"parameters": "颜色：白色\n材质:铁", "price": "9.90", "currency": "CNY"}
    signed_in.post(url("card", product.pk), card)
    product = Product.objects.select_related("card").get()
    assert product.card.parameters == {"颜色": "白色", "材质": "铁"}
    page = signed_in.get(url("detail", product.pk)).content.decode()
    assert "材质" in page
    bad = signed_in.post(url("card", product.pk), {**card, "parameters": "没有冒号"})
    assert bad.status_code == 422
    assert (
        signed_in.post(url("card", product.pk), {**card, "link": "javascript:alert(1)"}).status_code
        == 422
    )


def test_the_list_asks_a_fixed_number_of_times(signed_in, django_assert_max_num_queries):
    counts = []
    for total in (1, 20):
        Product.objects.bulk_create(Product(sku=f"S{total}-{n}", name="x") for n in range(total))
        signed_in.get(url("list"))
        with django_assert_max_num_queries(14) as asked:
            assert signed_in.get(url("list"), {"q": "S"}).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_clients_account_sees_its_own_goods_only():
    now = timezone.now()
    one = customers.save_client(code="c1", name="甲", by=None, at=now)
    two = customers.save_client(code="c2", name="乙", by=None, at=now)
    for client in (one, two, None):
        Product.objects.create(sku="A", name=str(client), client=client)
    account = make_account("client", kind="client", scope="client")
    customers.add_member(client_id=one.pk, account=account, by=None, at=now)
    # The preset role of clients has no staff right here; the wall holds whatever is granted.
    assert not scope(account, Product).exists()
    grant(account=account, permission="catalog.view", scope_kind="all", by=None, at=now)
    assert [product.client for product in scope(account, Product)] == [one]


def write(folder, text):
    path = folder / "products.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_goods_from_a_file_are_added_then_completed(tmp_path):
    now = timezone.now()
    first = write(
        tmp_path,
        "product_id,product_category_name,product_weight_g,product_length_cm,product_height_cm,"
        "product_width_cm\n"
        "A1,perfumaria,225,16,10,14\nA2,artes,,30.5,,20\nA3,,heavy,,,\n",
    )
    report = run_import("products", first, at=now)
    assert (report["lines_in"], report["taken"], report["refused"]) == (3, 2, 1)
    product = Product.objects.get(sku="A1")
    assert (product.weight_g, product.length_mm, product.height_mm, product.width_mm) == (
        225,
        160,
        100,
        140,
    )
    assert Product.objects.get(sku="A2").length_mm == 305
    assert run_import("products", first, at=now)["unchanged"] == 2
    more = write(tmp_path, "SKU,名称,重量（克）\nA1,香水,\nA4,新品,12\n")
    assert run_import("products", more, at=now)["taken"] == 2
    product.refresh_from_db()
    assert (product.name, product.weight_g) == ("香水", 225)
    assert Product.objects.count() == 3


def test_goods_go_to_the_client_that_was_chosen(tmp_path):
    now = timezone.now()
    client = customers.save_client(code="c1", name="甲", by=None, at=now)
    Product.objects.create(sku="A", name="自有")
    path = write(tmp_path, "SKU,名称\nA,他家的\n")
    run_import("products", path, options={"client": "c1"}, at=now)
    assert Product.objects.get(client=client).name == "他家的"
    assert Product.objects.get(client=None).name == "自有"


@pytest.mark.data
def test_a_real_master_of_32951_goods(tmp_path):
    path = DATA / "olist-products.csv"
    if not path.exists():
        pytest.skip("olist-products.csv does not lie in ../shared/data beside the project")
    report = run_import("products", path, at=timezone.now())
    assert (report["lines_in"], report["refused"]) == (32951, 0)
    assert Product.objects.count() == 32951
    first = Product.objects.get(sku="1e9e8ef04dbcff4541ed26657ea517e5")
    assert (first.category, first.weight_g, first.length_mm) == ("perfumaria", 225, 160)
