"""Orders for tests."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from cangke.carriers import public as carriers
from cangke.carriers.models import Carrier
from cangke.orders import public as orders
from cangke.orders.models import Order
from cangke.people.models import Shop
from cangke.people.tests.factories import AT, make_shop

_number = itertools.count(1)


def make_carrier(**values: Any) -> Carrier:
    n = next(_number)
    return carriers.save_carrier(
        by=None, at=AT, **{"code": f"carrier{n}", "name": f"快递{n}", **values}
    )


def make_draft(shop: Shop | None = None, **values: Any) -> orders.OrderDraft:
    """Return a complete, paid order of two lines from an address in Hangzhou."""
    n = next(_number)
    if "service_id" not in values:
        carrier = make_carrier()
        values["service_id"] = carriers.save_service(
            carrier_id=carrier.pk, by=None, at=AT, code="std", name="标快"
        ).pk
    complete = {
        "shop_id": (shop or make_shop()).pk,
        "external_no": f"T{n:06}",
        "placed_at": AT - dt.timedelta(minutes=5),
        "paid_at": AT - dt.timedelta(minutes=1),
        "lines": (
            orders.LineDraft("85123A", 6, Decimal("2.55"), "白色心形吊挂烛台"),
            orders.LineDraft("71053", 6, Decimal("3.39"), "白色金属灯笼"),
        ),
        "buyer_name": "小鱼妈妈",
        "buyer_phone": "13800138000",
        "country": "CN",
        "province": "浙江",
        "city": "杭州",
        "district": "余杭",
        "street": "文一西路 969 号",
        "postcode": "311100",
    }
    return orders.OrderDraft(**{**complete, **values})


def make_order(shop: Shop | None = None, **values: Any) -> Order:
    """Take a complete order in; it waits to ship."""
    draft = make_draft(shop, **values)
    return orders.receive_order(draft=draft, by=None, at=max(AT, draft.placed_at)).order
