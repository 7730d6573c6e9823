"""Cases and rewards as tables."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account, scope
from cangke.foundation.sheets.public import Column, register_exporter

from . import queries
from .models import ConductCase, Reward


def _cases(account: Account | None) -> QuerySet[ConductCase]:
    rows = ConductCase.objects.all() if account is None else scope(account, ConductCase, "export")
    return queries.listed_cases(rows).order_by("-opened_at", "-pk")


def _ground(case: ConductCase) -> str:
    found = queries.ground_policy(case.happened_on).ground(case.ground)
    return queries.in_words(found, case.ground)


def _kind(case: ConductCase) -> str:
    if not case.kind:
        return ""
    found = queries.conduct_policy(case.employee, case.happened_on).kind(case.kind)
    return queries.in_words(found, case.kind)


register_exporter(
    "conduct-cases",
    _("处分案件"),
    permission="discipline.export",
    needs_reason=True,
    columns=[
        Column("number", _("编号"), field="number"),
        Column("employee_number", _("工号"), value=lambda row: row.employee.number),
        Column("name", _("姓名"), value=lambda row: row.employee.name),
        Column("happened_on", _("发生日期"), field="happened_on"),
        Column("ground", _("事由"), value=_ground),
        Column("matter", _("经过"), field="matter"),
        Column("state", _("状态"), value=lambda row: row.get_state_display()),
        Column("statement", _("本人说明"), field="statement"),
        Column("kind", _("处分"), value=_kind),
        Column("amount", _("金额"), field="amount"),
        Column("reasoning", _("决定的理由"), field="reasoning"),
        Column("decided_at", _("决定时间"), value=lambda row: row.decided_at),
        Column("final_at", _("生效时间"), value=lambda row: row.final_at),
    ],
    rows=_cases,
)


def _rewards(account: Account | None) -> QuerySet[Reward]:
    rows = Reward.objects.all() if account is None else scope(account, Reward, "export")
    return rows.select_related("employee", "by").order_by("-date", "-pk")


def _reward_kind(reward: Reward) -> str:
    return queries.in_words(queries.reward_policy(reward.date).kind(reward.kind), reward.kind)


register_exporter(
    "rewards",
    _("奖励"),
    permission="discipline.export",
    needs_reason=True,
    columns=[
        Column("number", _("编号"), field="number"),
        Column("employee_number", _("工号"), value=lambda row: row.employee.number),
        Column("name", _("姓名"), value=lambda row: row.employee.name),
        Column("kind", _("种类"), value=_reward_kind),
        Column("date", _("日期"), field="date"),
        Column("reason", _("事迹"), field="reason"),
        Column("amount", _("奖金"), field="amount"),
        Column("state", _("状态"), value=lambda row: row.get_state_display()),
    ],
    rows=_rewards,
)
