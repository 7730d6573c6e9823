"""Staff, units, customers."""

from cangke.customers.models import Address, Client
from cangke.desk.tests.factories import make_customer
from cangke.people.actions import add_contract, describe_post
from cangke.people.models import Contract
from cangke.people.tests.factories import AT, make_employee, make_site, make_team, post
from tests.house.objects import Keys, foreign


@foreign(
    "people:detail",
    "people:edit",
    "people:transfer",
    "people:suspend",
    "people:reinstate",
    "people:leave",
    "people:account",
    "people:standing",
    "people:qualification",
    "people:work",
    "people:abilities",
    "people:rate",
    "people:contract-new",
    "people:handover",
    "people:evidence",
)
def _employee() -> Keys:
    return {"pk": make_employee("pre-sales", make_team()).pk}


@foreign("people:contract-void")
def _contract() -> Keys:
    made = add_contract(
        employee_id=make_employee("pre-sales", make_team()).pk,
        number=f"HT-{Contract.objects.count()}",
        kind="open",
        from_date=AT.date(),
        to_date=None,
        by=None,
        at=AT,
    )
    return {"pk": made.pk}


@foreign("people:units", "people:unit-new", common="the chart of the company")
def _kind() -> Keys:
    return {"kind": "sites"}


@foreign(
    "people:post",
    "people:post-describe",
    "people:post-print",
    "people:post-target",
    common="the posts of the company",
)
def _post() -> Keys:
    row = post("pre-sales")
    if not row.descriptions.exists():
        describe_post(post_id=row.pk, dated=AT.date(), by=None, at=AT, words={"duties": "接待"})
    return {"pk": row.pk}


@foreign("people:unit", common="the chart of the company")
def _unit() -> Keys:
    return {"kind": "sites", "pk": make_site().pk}


@foreign(
    "customers:detail",
    "customers:edit",
    "customers:verify",
    "customers:identity-add",
    "customers:address-new",
    "customers:mute",
    "customers:unmute",
    "customers:merge",
    "orders:customer-panel",
)
def _customer() -> Keys:
    return {"pk": make_customer().pk}


@foreign("customers:identity-remove")
def _identity() -> Keys:
    return {"pk": make_customer().identities.get().pk}


@foreign("customers:address", "customers:address-remove")
def _address() -> Keys:
    made = Address.objects.create(
        customer=make_customer(), name="x", street="x", country="CN", city="x"
    )
    return {"pk": made.pk}


@foreign("customers:client", "customers:client-edit", common="clients are known to all staff")
def _client() -> Keys:
    return {"pk": Client.objects.create(code="foreign", name="foreign").pk}
