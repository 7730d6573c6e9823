from cangke.payroll import actions
from cangke.payroll.models import AbsenceMeasure, Receivable
from cangke.payroll.tests.factories import (
    APRIL,
    LATER,
    MAY,
    Office,
    absent,
    calculated,
    locked,
    make_office,
    slip_of,
)
from tests.house.objects import Keys, foreign


@foreign(
    "payroll:run",
    "payroll:run-calculate",
    "payroll:run-submit",
    "payroll:run-lock",
    "payroll:run-reopen",
    "payroll:run-bank",
    "payroll:run-paid",
    "payroll:slips",
    common="whoever looks after pay sees every run",
)
def _run() -> Keys:
    return {"pk": calculated(make_office()).pk}


def _locked() -> tuple[Office, int]:
    office = make_office()
    return office, slip_of(locked(office), office.agent).pk


@foreign(
    "payroll:slip",
    "payroll:slip-print",
    "payroll:slip-acknowledge",
    "payroll:slip-ask",
    "payroll:slip-confirm",
)
def _slip() -> Keys:
    return {"pk": _locked()[1]}


@foreign(
    "payroll:terms",
    "payroll:terms-new",
    "payroll:terms-bank",
    common="whoever looks after pay sees everybody's terms",
)
def _employee() -> Keys:
    return {"pk": make_office().agent.pk}


@foreign("payroll:term", common="whoever looks after pay sees everybody's terms")
def _term() -> Keys:
    office = make_office()
    made = actions.set_terms(
        employee=office.agent,
        from_date=APRIL,
        base_pay=2300,
        by=office.hr,
        at=MAY,
        reason="入职",
    )
    return {"pk": made.pk}


@foreign("payroll:item", "payroll:item-drop")
def _item() -> Keys:
    office = make_office()
    made = actions.set_item(
        employee=office.agent,
        month=APRIL,
        kind="performance",
        amount=600,
        reason="92 分",
        by=office.hr,
        at=MAY,
    )
    return {"pk": made.pk}


@foreign(
    "payroll:measure",
    "payroll:measure-settle",
    "payroll:measure-drop",
    common="personnel sees every draft",
)
def _measure() -> Keys:
    office = make_office()
    absent(office, 6, 7)
    run = locked(office)
    return {"pk": AbsenceMeasure.objects.get(slip__run=run).pk}


@foreign("payroll:receivable", "payroll:receivable-collect")
def _receivable() -> Keys:
    office = make_office()
    actions.set_item(
        employee=office.agent,
        month=APRIL,
        kind="recovery",
        amount=5000,
        reason="赔偿",
        by=office.hr,
        at=MAY,
    )
    locked(office)
    return {"pk": Receivable.objects.get().pk}


@foreign("payroll:question")
def _question() -> Keys:
    office, slip_id = _locked()
    mine = office.crew.account(office.agent)
    made = actions.ask_question(slip_id=slip_id, text="为什么？", by=mine, at=LATER)
    return {"pk": made.pk}
