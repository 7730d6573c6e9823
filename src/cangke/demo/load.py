"""Making the demonstration company: one transaction, one fixed seed, the rooms' own actions."""

from __future__ import annotations

import datetime as dt
import random

from django.apps import apps
from django.db import models, transaction
from django.db.models import Max

from cangke import wiring
from cangke.approvals import demo as approvals_demo
from cangke.approvals import public as approvals
from cangke.attendance import demo as attendance_demo
from cangke.desk import demo as desk_demo
from cangke.desk import public as desk
from cangke.discipline import demo as discipline_demo
from cangke.discipline import public as discipline
from cangke.foundation.access import public as access
from cangke.foundation.events import public as events
from cangke.knowledge import demo as knowledge
from cangke.models import DemoLoad
from cangke.payroll import demo as payroll_demo
from cangke.payroll import public as payroll
from cangke.people import demo as people_demo
from cangke.quality import demo as quality_demo
from cangke.regularization import demo as regularization_demo
from cangke.regularization import public as regularization
from cangke.rulebook import demo as rulebook_demo
from cangke.tickets import demo as tickets_demo
from cangke.tickets import public as tickets

from . import company, history

SEED = 20260616


def is_loaded() -> bool:
    """Whether the demonstration company is in this installation."""
    return DemoLoad.objects.filter(removed_at__isnull=True).exists()


def _tables() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_config.name.startswith("cangke.")
        and isinstance(model._meta.pk, models.AutoField)
        and model._meta.app_label not in ("events", "live", "jobs")
    ]


def _tops() -> dict[str, int]:
    return {
        model._meta.label: model._base_manager.aggregate(top=Max("pk"))["top"] or 0
        for model in _tables()
    }


@transaction.atomic
def load(*, at: dt.datetime, days: int = 60) -> None:
    """
    Load the company with so many days of history; nothing happens if it is there already.

    Events are logged but not delivered: the history is written with its consequences.
    """
    if is_loaded():
        return
    approvals.ensure(at=at)
    tickets.ensure(at=at)
    discipline.ensure(at=at)
    regularization.ensure(at=at)
    payroll.ensure(at=at)
    before = _tops()
    events.wire({})
    try:
        made = company.found(at=at)
        accounts = {each.username: each for each in access.Account.objects.all()}
        rulebook_demo.load(accounts, at)
        rng = random.Random(SEED)
        for write in (history.write_goods, history.write_desk, history.write_history):
            write(rng=rng, at=at, company=made, days=days)
        desk_demo.load(random.Random(SEED), accounts, at)
        knowledge.load(rng, at, _replies())
        knowledge.load_day(accounts, at)
        approvals_demo.load(accounts, at)
        tickets_demo.load(accounts, at)
        quality_demo.load(rng, accounts, at)
        attendance_demo.load(rng, at)
        people_demo.load(rng, at)
        discipline_demo.load(accounts, at)
        regularization_demo.load(accounts, at)
        payroll_demo.load(rng, accounts, at)
        _administrator(at)
    finally:
        events.wire(wiring.EVENTS)
    after = _tops()
    rows = {
        label: [before[label], top] for label, top in after.items() if top > before.get(label, 0)
    }
    DemoLoad.objects.create(loaded_at=at, rows=rows)


def _replies() -> list[knowledge.Reply]:
    """The agents' replies of the history: scripts were used in some of them."""
    rows = desk.Message.objects.filter(counts_as_reply=True, agent__account__isnull=False)
    return [
        (f"desk.message:{row.pk}", row.agent.account, row.at)
        for row in rows.select_related("agent__account").order_by("pk")
        if row.agent is not None and row.agent.account is not None
    ]


def _administrator(at: dt.datetime) -> None:
    account = access.create_account(
        username="admin",
        display_name="系统管理员",
        password=company.PASSWORD,
        by=None,
        at=at,
    )
    access.grant(
        account=account,
        role=access.Roles.ADMIN,
        scope_kind=access.ScopeKind.ALL,
        by=None,
        at=at,
        reason="demonstration",
    )


def accounts_text() -> str:
    """The accounts to try, for the terminal."""
    width = max(len(username) for username, _who in company.SHOWN)
    lines = [f"    {username.ljust(width)}  {who}" for username, who in company.SHOWN]
    head = f"  演示账户 · Demonstration accounts (密码 · password: {company.PASSWORD})"
    return "\n".join([head, *lines, ""])
