"""Who has left keeps their pay; who gets a raise within days off is paid each day by its base."""

from decimal import Decimal

import pytest
from django.urls import reverse

from cangke.payroll import actions
from cangke.people import actions as people
from tests.factories import client_for, make_account

from .factories import (
    LATER,
    MAY,
    april,
    calculated,
    leave,
    lines_of,
    locked,
    slip_of,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("L2", "K16")
def test_leave_across_a_raise_counts_each_day_by_its_base(office):
    """15 April at 2200/30, the 16th and 17th at 2500/30: 73.333… + 166.666… = 240.00."""
    actions.set_terms(
        employee=office.agent,
        from_date=april(16),
        base_pay=Decimal(2500),
        by=office.hr,
        at=MAY,
        reason="调薪",
    )
    work(office, 15, 16, 17)
    leave(office.agent, 15, 17)
    found = lines_of(slip_of(calculated(office), office.agent))
    assert found["leave"] == Decimal("-240.00")
    assert found["base_pay"] + found["base_pay.2026-04-16"] == Decimal("2350.00")


@pytest.mark.requirement("L11", "R8")
def test_the_slips_of_who_has_left_stay_readable_for_personnel_and_finance(office):
    work(office, 7, arrives="08:41")
    run = locked(office)
    slip = slip_of(run, office.agent)
    before = lines_of(slip), slip.net, slip.digest
    own = client_for(office.agent.account)
    address = reverse("payroll:slip", args=[slip.pk])
    assert own.get(address).status_code == 200
    people.leave(
        employee_id=office.agent.pk, last_date=april(30), by=None, at=LATER, reason="个人原因"
    )
    office.agent.account.refresh_from_db()
    assert not office.agent.account.is_active
    for account in (office.hr, office.finance):
        page = client_for(account).get(address)
        assert page.status_code == 200
        assert str(slip.net) in page.content.decode().replace(",", "")
    assert own.get(address).status_code in (302, 403)
    assert client_for(make_account("leader")).get(address).status_code in (403, 404)
    slip.refresh_from_db()
    assert (lines_of(slip), slip.net, slip.digest) == before
