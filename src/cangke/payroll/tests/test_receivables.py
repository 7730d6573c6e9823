"""What a month's pay could not take is carried on, collected once, and seen (L10, L12)."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connections
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from cangke.approvals import actions as approvals
from cangke.approvals.tests.factories import decide
from cangke.attendance.rules import LeaveTotals, MonthVerdict, Policies
from cangke.foundation.access.public import Roles
from cangke.foundation.notices.models import Notice
from cangke.payroll import actions
from cangke.payroll.models import Collection, LateChange, PaySlip, Receivable
from cangke.payroll.rules import Guard, PayFacts, PayPolicies, PayPolicy, pay_month
from cangke.rulebook.models import RulebookVersion
from cangke.rulebook.queries.force import trial
from tests.factories import client_for, make_account

from .factories import APRIL, JUNE, LATER, MAY, calculated, lines_of, locked, make_office, slip_of

MAY_MONTH = dt.date(2026, 5, 1)
NONE = Decimal(0)


@pytest.fixture
def office(db):
    made = make_office()
    approvals.ensure(at=MAY)
    return made


def recover(office, amount, *, month=APRIL, at=MAY, reason="赔偿损失"):
    return actions.set_item(
        employee=office.agent,
        month=month,
        kind="recovery",
        amount=Decimal(amount),
        reason=reason,
        by=office.hr,
        at=at,
    )


@pytest.fixture
def capped(office):
    """Let the guard hold amounts back instead of warning."""
    body = RulebookVersion.objects.get().body["values"]
    with trial("default", {**body, "pay.legal_guard": "cap"}):
        yield


def owed():
    return list(Receivable.objects.order_by("pk").values_list("amount", "left"))


@pytest.mark.requirement("L10", "L12")
def test_l12_what_net_pay_could_not_cover_is_collected_in_the_months_after(office):
    """5000 from a pay of 2546.67: 2453.33 are left; May takes no more than the guard lets it."""
    recover(office, 5000)
    april = slip_of(locked(office), office.agent)
    left = Decimal(5000) - april.gross
    assert owed() == [(left, left)]
    run = locked(office, at=JUNE, month=MAY_MONTH)
    may = slip_of(run, office.agent)
    limit = (may.gross * 20 / 100).quantize(Decimal("0.01"))
    row = Receivable.objects.get()
    assert lines_of(may)[f"carried.{row.pk}"] == -limit
    assert (may.net, may.receivable) == (may.gross - limit, 0)
    assert row.left == left - limit
    made = Collection.objects.get()
    assert (made.kind, made.amount, made.slip) == ("pay", limit, may)


@pytest.mark.requirement("L10")
def test_nothing_is_collected_before_the_lock_and_a_run_that_goes_back_gives_it_back(office):
    recover(office, 5000)
    locked(office)
    before = owed()
    run = calculated(office, at=JUNE, month=MAY_MONTH)
    assert owed() == before
    run = locked(office, at=JUNE, month=MAY_MONTH)
    assert owed() != before
    actions.reopen_run(run_id=run.pk, reason="再核对", by=office.hr, at=JUNE)
    assert owed() == before
    assert Collection.objects.count() == 0
    actions.submit_run(run_id=run.pk, by=office.hr, at=JUNE)
    actions.lock_run(run_id=run.pk, by=office.finance, at=JUNE)
    assert Collection.objects.count() == 1


def test_a_run_whose_debt_was_paid_is_not_opened_again(office):
    recover(office, 5000)
    run = locked(office)
    actions.collect_cash(
        receivable_id=Receivable.objects.get().pk,
        amount=Decimal(10),
        note="收据 7",
        by=office.finance,
        at=LATER,
    )
    with pytest.raises(actions.RunClosed, match="已经收回过"):
        actions.reopen_run(run_id=run.pk, reason="再核对", by=office.hr, at=LATER)
    run.refresh_from_db()
    assert run.state == "locked"
    assert Receivable.objects.count() == 1


@pytest.mark.requirement("L12")
def test_cash_settles_what_is_owed_and_the_next_run_takes_nothing_twice(office):
    recover(office, 5000)
    locked(office)
    row = Receivable.objects.get()
    run = calculated(office, at=JUNE, month=MAY_MONTH)
    actions.submit_run(run_id=run.pk, by=office.hr, at=JUNE)
    keys = {"receivable_id": row.pk, "note": "收据 7", "at": JUNE}
    with pytest.raises(actions.TooMuch, match="没有收回的是") as refused:
        actions.collect_cash(amount=row.left + 1, by=office.finance, **keys)
    assert refused.value.field == "amount"
    with pytest.raises(actions.SamePerson):
        actions.collect_cash(amount=row.left, by=office.agent.account, **keys)
    assert Collection.objects.count() == 0
    actions.collect_cash(amount=row.left, by=office.finance, **keys)
    told = Notice.objects.get(account=office.agent.account, title="已登记收到您的应收款")
    assert told.url == reverse("payroll:receivable", args=[row.pk])
    # What was worked out before the cash came in is not locked.
    with pytest.raises(actions.NotReady, match="重新核算"):
        actions.lock_run(run_id=run.pk, by=office.finance, at=JUNE)
    may = slip_of(locked(office, at=JUNE, month=MAY_MONTH), office.agent)
    assert not [code for code in lines_of(may) if code.startswith("carried")]


@pytest.mark.requirement("L10", "L12")
def test_a_recovery_the_guard_held_back_is_carried_on_and_not_corrected_twice(office, capped):
    item = recover(office, 1000)
    april = slip_of(locked(office), office.agent)
    taken = -lines_of(april)[f"recovery.{item.pk}"]
    assert taken == april.guard_limit
    assert owed() == [(1000 - taken, 1000 - taken)]
    # A raise that came late lets April's guard take more; the rest is carried all the same.
    actions.set_terms(
        employee=office.agent, from_date=APRIL, base_pay=Decimal(3000), by=office.hr, at=LATER,
        reason="补登",
    )  # fmt: skip
    may = slip_of(locked(office, at=JUNE, month=MAY_MONTH), office.agent)
    codes = lines_of(may)
    assert codes["adjustment.2026-04.base_pay"] == 800
    assert f"adjustment.2026-04.recovery.{item.pk}" not in codes
    assert -codes[f"carried.{Receivable.objects.get().pk}"] == min(
        1000 - taken, (may.gross / 5).quantize(Decimal("0.01"))
    )


@pytest.mark.requirement("S7", "L10")
def test_an_upheld_objection_gives_back_what_was_taken_then_and_since(
    office, capped, django_capture_on_commit_callbacks
):
    """While it is open nothing more is collected; then what came in by pay and in cash returns."""
    item = recover(office, 1000)
    april = slip_of(locked(office), office.agent)
    row = Receivable.objects.get()
    actions.collect_cash(
        receivable_id=row.pk, amount=Decimal(50), note="收据", by=office.finance, at=MAY
    )
    paid = 50 - lines_of(april)[f"recovery.{item.pk}"]
    with django_capture_on_commit_callbacks(execute=True):
        objection = approvals.object_to(
            subject=item, figure="recovery", reason="不是我", by=office.agent.account, at=MAY
        )
    may = slip_of(calculated(office, at=JUNE, month=MAY_MONTH), office.agent)
    assert f"carried.{row.pk}" not in lines_of(may)
    with django_capture_on_commit_callbacks(execute=True):
        decide(objection.case, office.crew.leader.account, "approve", at=LATER, comment="属实")
    row.refresh_from_db()
    assert row.left == 0
    assert row.collections.get(kind="dropped").amount == 1000 - paid
    assert LateChange.objects.filter(source="objection").count() == 1
    may = slip_of(calculated(office, at=JUNE, month=MAY_MONTH), office.agent)
    assert lines_of(may)[f"adjustment.2026-04.recovery.{item.pk}"] == paid


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_same_cash_at_once_book_it_once():
    office = make_office()
    recover(office, 5000)
    locked(office)
    row = Receivable.objects.get()

    def pay(by):
        try:
            actions.collect_cash(
                receivable_id=row.pk, amount=row.left, note="收据", by=by, at=LATER
            )
        except actions.TooMuch:
            return "refused"
        finally:
            connections.close_all()
        return "booked"

    with ThreadPoolExecutor(2) as both:
        said = sorted(both.map(pay, [office.finance, office.hr]))
    assert said == ["booked", "refused"]
    row.refresh_from_db()
    assert (row.left, Collection.objects.count()) == (0, 1)


@pytest.mark.requirement("L12", "Q1")
def test_a_receivable_is_seen_by_the_person_and_who_looks_after_pay(office):
    recover(office, 5000)
    slip = slip_of(locked(office), office.agent)
    row = Receivable.objects.get()
    page, listed = reverse("payroll:receivable", args=[row.pk]), reverse("payroll:receivables")
    mine = client_for(office.agent.account)
    assert f"{row.left:,}" in mine.get(page).content.decode()
    assert office.agent.name in mine.get(listed).content.decode()
    assert page in mine.get(reverse("payroll:mine")).content.decode()
    finance = client_for(make_account(Roles.FINANCE))
    person = reverse("payroll:terms", args=[office.agent.pk])
    assert page in finance.get(person).content.decode()
    collect = reverse("payroll:receivable-collect", args=[row.pk])
    assert collect in finance.get(page).content.decode()
    assert mine.get(collect).status_code == 403
    boss = client_for(office.crew.boss.account)
    assert boss.get(page).status_code == 404
    assert office.agent.name not in boss.get(listed).content.decode()
    bad = finance.post(collect, {"amount": "99999", "note": "收据"})
    assert bad.status_code == 422
    assert "不能登记得更多" in bad.content.decode()
    key = finance.get(collect).context["form"]
    assert key is not None
    done = finance.post(collect, {"amount": str(row.left), "note": "收据 7"}, follow=True)
    assert "收据 7" in done.content.decode()
    row.refresh_from_db()
    assert row.left == 0
    assert PaySlip.objects.get(pk=slip.pk).digest == slip.digest


CENTS = st.integers(0, 400_000).map(lambda n: Decimal(n) / 100)


@given(
    base=CENTS,
    recovery=CENTS,
    debts=st.lists(st.integers(1, 300_000).map(lambda n: Decimal(n) / 100), max_size=4),
    insurance=CENTS,
    mode=st.sampled_from(list(Guard)),
    tax=st.booleans(),
)
@settings(max_examples=120)
def test_old_debts_never_take_pay_below_zero_nor_beyond_the_guard(
    base, recovery, debts, insurance, mode, tax
):
    """What is collected is at most what is owed; it makes no new receivable and no new guard."""
    facts = PayFacts(
        first=APRIL,
        base_pay=base * 3,
        insurance_total=insurance,
        recoveries=[("1", recovery)],
        owed=[(str(place), each) for place, each in enumerate(debts)],
        tax_cumulative=tax,
    )
    plain = PayFacts(**{**facts.__dict__, "owed": ()})
    month = MonthVerdict((), (), (), NONE, LeaveTotals(NONE, NONE, Fraction(0), NONE))
    policies = PayPolicies(pay=PayPolicy(legal_guard=mode))
    slip = pay_month(facts, month, Policies(), policies)
    without = pay_month(plain, month, Policies(), policies)
    taken = {line.code: -line.amount for line in slip.lines if line.code.startswith("carried")}
    for place, each in enumerate(debts):
        assert 0 <= taken.get(f"carried.{place}", NONE) <= each
    assert slip.receivable == without.receivable
    assert slip.guard == without.guard
    assert slip.net >= 0
    assert sum((line.amount for line in slip.lines), NONE) == slip.net - slip.receivable
    if mode != Guard.OFF:
        room = max(NONE, slip.guard.limit - min(recovery, -_of(slip, "recovery")))
        assert sum(taken.values(), NONE) <= room


def _of(slip, kind):
    return sum((each.amount for each in slip.lines if each.code.startswith(kind)), NONE)
