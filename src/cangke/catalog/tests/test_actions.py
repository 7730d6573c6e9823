from decimal import Decimal

import pytest

from cangke.catalog import public as catalog
from cangke.catalog.models import Product
from cangke.customers import public as customers
from cangke.foundation.refusal import Refusal
from cangke.people.tests.factories import AT

pytestmark = pytest.mark.django_db


def make(sku, **values):
    return catalog.save_product(by=None, at=AT, sku=sku, **{"name": sku, **values})


def test_a_sku_is_unique_within_its_client_and_among_our_own():
    client = customers.save_client(code="c1", name="甲", by=None, at=AT)
    make("A")
    make("A", client=client)
    for owner in (None, client):
        with pytest.raises(Refusal):
            make("A", client=owner)
    assert Product.objects.count() == 2


def test_a_clients_goods_come_before_our_own(django_assert_num_queries):
    client = customers.save_client(code="c1", name="甲", by=None, at=AT)
    own, theirs, other = make("A"), make("A", client=client), make("b")
    with django_assert_num_queries(1):
        found = catalog.by_sku(["a", "B", "x", ""], client_id=client.pk)
    assert found == {"a": theirs, "B": other}
    assert catalog.by_sku(["A"], client_id=None) == {"A": own}


def test_a_card_is_written_once_and_changed():
    product = make("A")
    first = catalog.save_card(
        product_id=product.pk, by=None, at=AT, price=Decimal("9.90"), parameters={"颜色": "白"}
    )
    again = catalog.save_card(product_id=product.pk, by=None, at=AT, usage="悬挂")
    assert first.pk == again.pk
    assert again.price == Decimal("9.90")


def test_matching_by_sku_barcode_and_name():
    product = make("85123A", name="白色心形吊挂烛台", name_en="HANGING HEART", barcode="690123")
    make("71053", name="灯笼")
    for text in ("85123", "690123", "烛台", "hanging"):
        assert list(catalog.matching(Product.objects.all(), text)) == [product], text
