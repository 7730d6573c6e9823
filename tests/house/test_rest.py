"""The interface as a whole: problems, foreign rows, one POST once."""

import threading

import pytest
from django.db import close_old_connections, connection
from django.test import Client

from cangke.catalog.models import Product
from cangke.customers.models import Customer
from cangke.foundation.audit.public import AuditEntry
from cangke.orders.models import Order
from cangke.orders.tests.factories import make_order
from cangke.orders.tests.test_rest import payload
from cangke.people.tests.factories import make_employee, make_shop, make_team
from tests.factories import make_account
from tests.programs import Program

TYPE = "application/problem+json"


@pytest.fixture
def admin():
    return Program(make_account("admin"))


@pytest.mark.django_db
@pytest.mark.requirement("X11")
def test_every_error_is_a_problem_document(admin):
    answers = {
        400: admin.post("/orders", "{nonsense"),
        401: Client().get("/api/v1/orders/1"),
        404: admin.get("/orders/SO-NONE"),
        405: admin.client.delete(
            "/api/v1/orders", headers={"Authorization": f"Bearer {admin.token}"}
        ),
        415: admin.client.post(
            "/api/v1/orders", {"a": 1}, headers={"Authorization": f"Bearer {admin.token}"}
        ),
        422: admin.post("/orders", {}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status, answer.content
        assert answer["Content-Type"] == TYPE
        assert answer.json()["status"] == status
        assert answer.json()["title"]
        assert "Set-Cookie" not in answer
    assert answers[422].json()["field"] == "shop"
    unknown = Client().get("/api/v1/no/such/thing")
    assert (unknown.status_code, unknown["Content-Type"]) == (404, TYPE)
    assert admin.post("/products", {"sku": "a\0b", "name": "x"}).status_code == 400
    assert admin.get("/customers/%00").status_code == 400
    assert admin.get(f"/products/{10**30}").status_code == 404
    page = admin.get("/products?after=-1")
    assert (page.status_code, page.json()["field"]) == (422, "after")


@pytest.mark.django_db
def test_an_error_of_ours_is_a_problem_too_and_tells_nothing(admin, monkeypatch):
    def broken(**_given):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("cangke.catalog.actions.save_product", broken)
    answer = admin.post("/products", {"sku": "A", "name": "x"}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer["Content-Type"]) == (500, TYPE)
    assert b"secret" not in answer.content
    monkeypatch.undo()
    again = admin.post("/products", {"sku": "A", "name": "x"}, headers={"Idempotency-Key": "k"})
    assert again.status_code == 201


@pytest.mark.django_db
@pytest.mark.requirement("X11", "Q1", "Q11")
def test_a_foreign_row_looks_like_a_missing_one_and_the_attempt_is_recorded():
    shop = make_shop()
    order = make_order(shop, external_no="77")
    agent = make_employee("pre-sales", make_team(shop)).account
    own = Program(agent)
    opened = own.post(
        "/customers", {"display_name": "李", "phone": "13912345678", "shop": shop.code}
    )
    assert opened.status_code == 201, opened.content
    number = opened.json()["number"]
    stranger = Program(make_employee("pre-sales", make_team(make_shop())).account)
    missing = stranger.get("/customers/C-NONE")
    foreign = stranger.get(f"/customers/{number}")
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert AuditEntry.objects.filter(action="access.denied").exists()
    for path in (f"/orders/{order.number}", f"/orders/77?shop={shop.code}"):
        assert own.get(path).status_code == 200
        assert stranger.get(path).status_code == 404
    listed = [row["number"] for row in stranger.get("/customers").json()["rows"]]
    assert number not in listed


@pytest.mark.django_db
@pytest.mark.requirement("X11", "Q2")
def test_personal_values_are_masked_as_on_pages():
    """Design security 12: the interface as masked as the pages."""
    shop = make_shop()
    program = Program(make_employee("pre-sales", make_team(shop)).account)
    made = program.post(
        "/customers", {"display_name": "李", "phone": "13912345678", "shop": shop.code}
    ).json()
    assert made["identities"][0]["value"] == "139****5678"
    assert b"13912345678" not in program.get(f"/customers/{made['number']}").content
    taken = program.post("/customers", {"display_name": "王", "phone": "13912345678"})
    assert taken.status_code in (409, 422)
    bare = program.post("/customers", {"display_name": "王"})
    assert bare.status_code == 422
    nick = program.post("/customers", {"display_name": "王", "im_nick": "旺"})
    assert (nick.status_code, nick.json()["field"]) == (422, "shop")
    far = program.post(
        "/customers", {"display_name": "王", "phone": "13912340000", "shop": make_shop().code}
    )
    assert (far.status_code, far.json()["field"]) == (422, "shop")
    assert Customer.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.requirement("X11")
def test_products_are_listed_page_by_page_and_added_once(admin):
    for n in range(5):
        assert admin.post("/products", {"sku": f"S{n}", "name": f"商品{n}"}).status_code == 201
    seen, after = [], 0
    while after is not None:
        page = admin.get(f"/products?limit=2&after={after}").json()
        seen += [row["sku"] for row in page["rows"]]
        after = page["next_after"]
    assert seen == ["S0", "S1", "S2", "S3", "S4"]
    twice = admin.post("/products", {"sku": "S1", "name": "又一个"})
    assert (twice.status_code, "SKU" in twice.json()["title"]) == (422, True)
    nobodys = admin.post("/products", {"sku": "S9", "name": "x", "client": "nobody"})
    assert (nobodys.status_code, nobodys.json()["field"]) == (422, "client")
    one = admin.get("/products?sku=S3").json()["rows"][0]
    assert admin.get(f"/products/{one['id']}").json() == one


@pytest.mark.django_db
@pytest.mark.requirement("X11")
def test_the_same_key_gets_the_same_answer_and_another_body_422():
    account = make_account("admin")
    program, other = Program(account), Program(make_account("admin"))
    key = {"Idempotency-Key": "k-1"}
    first = program.post("/products", {"sku": "A", "name": "x"}, headers=key)
    again = program.post("/products", {"sku": "A", "name": "x"}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["X-Replayed"] == "1"
    changed = program.post("/products", {"sku": "B", "name": "x"}, headers=key)
    assert (changed.status_code, changed["Content-Type"]) == (422, TYPE)
    assert Product.objects.count() == 1
    # The key is the account's own, and the address's own.
    assert other.post("/products", {"sku": "C", "name": "x"}, headers=key).status_code == 201
    elsewhere = program.post("/customers", {"display_name": "a", "email": "a@b.co"}, headers=key)
    assert elsewhere.status_code == 201
    # What was refused has not been done: the key is free for a corrected body.
    fixed = {"Idempotency-Key": "k-2"}
    assert program.post("/products", {"sku": "", "name": "x"}, headers=fixed).status_code == 422
    assert program.post("/products", {"sku": "D", "name": "x"}, headers=fixed).status_code == 201
    long = program.post(
        "/products", {"sku": "E", "name": "x"}, headers={"Idempotency-Key": "k" * 81}
    )
    assert long.status_code == 422


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("X11")
def test_twenty_posts_at_once_make_one_order():
    shop = make_shop()
    program = Program(make_employee("pre-sales", make_team(shop)).account)
    start = threading.Barrier(20)
    answers = []

    def send():
        start.wait()
        try:
            answers.append(
                program.post("/orders", payload(shop), headers={"Idempotency-Key": "once"})
            )
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=send) for _n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = sorted(answer.status_code for answer in answers)
    assert len(codes) == 20
    assert set(codes) <= {201, 409}, codes
    assert 201 in codes
    assert Order.objects.count() == 1
    bodies = {answer.content for answer in answers if answer.status_code == 201}
    assert len(bodies) == 1
    late = program.post("/orders", payload(shop), headers={"Idempotency-Key": "once"})
    assert late.content in bodies
