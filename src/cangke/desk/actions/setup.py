"""Channels, queues, types and profiles: how the desk is set up."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from cangke.foundation.access.public import Account
from cangke.foundation.audit.public import record
from cangke.foundation.refusal import Refusal
from cangke.people.public import Employee, Site, default_site

from ..models import AgentProfile, Channel, HandlingResult, QuestionType, QueueGroup
from ..rules.stage import Stage
from .attending import ensure_profile

QUESTION_TYPES = (
    ("product", "商品咨询", "Product inquiry", Stage.PRESALE, False),
    ("price", "价格与优惠", "Price and offers", Stage.PRESALE, False),
    ("stock", "库存与发货时间", "Stock and ship time", Stage.PRESALE, False),
    ("order_change", "修改订单", "Change of order", Stage.PRESALE, False),
    ("payment", "付款问题", "Payment", Stage.PRESALE, False),
    ("tracking", "物流查询", "Tracking", Stage.AFTERSALE, False),
    ("damage", "破损", "Damage", Stage.AFTERSALE, False),
    ("short", "少发漏发", "Short shipment", Stage.AFTERSALE, False),
    ("wrong", "错发", "Wrong item", Stage.AFTERSALE, False),
    ("lost", "丢件", "Lost parcel", Stage.AFTERSALE, False),
    ("return", "退换货", "Return or exchange", Stage.AFTERSALE, False),
    ("refund", "退款", "Refund", Stage.AFTERSALE, False),
    ("usage", "使用与维修", "Usage and repair", Stage.AFTERSALE, False),
    ("storage", "仓储服务", "Storage service", "", False),
    ("complaint", "投诉", "Complaint", "", True),
    ("other", "其他", "Other", "", False),
)
HANDLING_RESULTS = (
    ("solved", "已解决", "Solved", True),
    ("explained", "已解释，客户接受", "Explained and accepted", True),
    ("ordered", "已下单", "Order placed", True),
    ("compensated", "已补偿", "Compensated", True),
    ("case_opened", "已转售后处理", "After-sales case opened", True),
    ("passed_on", "已转其他部门", "Passed on", True),
    ("not_bought", "未成交", "Did not buy", True),
    ("unsolved", "未解决", "Not solved", False),
)
GROUPS = (
    ("presale", "售前接待", Stage.PRESALE, 100),
    ("aftersale", "售后接待", Stage.AFTERSALE, 100),
)
CHANNELS = (
    ("web", "在线聊天", "web_chat"),
    ("phone", "电话", "phone"),
    ("walk-in", "来访", "walk_in"),
    ("letter", "来信", "letter"),
    ("im", "旺旺", "marketplace_im"),
)
CHANNEL_FIELDS = (
    "code",
    "name",
    "kind",
    "shop_id",
    "language",
    "opening_id",
    "greetings",
    "away_notices",
    "default_group_id",
    "target_seconds",
    "config",
    "is_active",
)
GROUP_FIELDS = ("code", "name", "stage", "team_id", "languages", "rank", "is_active")
PROFILE_FIELDS = (
    "serves_presale",
    "serves_aftersale",
    "languages",
    "every_shop",
    "max_chats",
    "weight",
    "trainee_of_id",
    "draining",
)
TYPE_FIELDS = ("code", "name", "name_en", "stage", "is_complaint", "position", "is_active")
RESULT_FIELDS = ("code", "name", "name_en", "is_solved", "position", "is_active")
Row = TypeVar("Row", Channel, QueueGroup, AgentProfile, QuestionType, HandlingResult)


class SetupRefused(Refusal):
    """The desk cannot be set up like this."""


class LastOne(SetupRefused):
    """The last of its kind cannot be switched off."""


def new_public_key() -> str:
    """Return a channel's public name, which nobody can guess (256 bits)."""
    return secrets.token_urlsafe(32)


@transaction.atomic
def ensure_defaults(*, at: dt.datetime) -> None:
    """
    See that the shipped types, results, queues and channels are there; safe to repeat.

    What exists stays as it is, renamed or switched off included. Channels need a site.
    """
    for place, (code, name, name_en, stage, complaint) in enumerate(QUESTION_TYPES):
        QuestionType.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "stage": stage,
                "is_complaint": complaint,
                "position": (place + 1) * 10,
            },
        )
    for place, (code, name, name_en, solved) in enumerate(HANDLING_RESULTS):
        HandlingResult.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "is_solved": solved,
                "position": (place + 1) * 10,
            },
        )
    for code, name, stage, rank in GROUPS:
        QueueGroup.objects.get_or_create(
            code=code, defaults={"name": name, "stage": stage, "rank": rank}
        )
    site = default_site()
    if site is not None:
        for code, name, kind in CHANNELS:
            Channel.objects.get_or_create(
                code=code,
                defaults={
                    "name": name,
                    "kind": kind,
                    "site": site,
                    "public_key": new_public_key(),
                },
            )


@transaction.atomic
def save_channel(
    *, channel: Channel | None, site: Site, by: Account, at: dt.datetime, **values: Any
) -> Channel:
    """
    Make a channel or change one; ``values`` are its fields.

    :raises SetupRefused: for a code that is taken
    """
    row = channel or Channel(public_key=new_public_key())
    row.site = site
    return _save(row, values, CHANNEL_FIELDS, "desk.channel_saved", by=by, at=at)


@transaction.atomic
def save_group(
    *,
    group: QueueGroup | None,
    by: Account,
    at: dt.datetime,
    shops: Collection[Any] | None = None,
    members: Iterable[Employee] | None = None,
    **values: Any,
) -> QueueGroup:
    """
    Make a queue or change one, its own shops and the people who serve it.

    :raises SetupRefused: for a code that is taken
    """
    return _save(
        group or QueueGroup(code=_new_code("group")),
        values,
        GROUP_FIELDS,
        "desk.group_saved",
        sets={
            "shops": shops,
            "profiles": None if members is None else [ensure_profile(each) for each in members],
        },
        by=by,
        at=at,
    )


@transaction.atomic
def save_profile(
    *,
    employee: Employee,
    by: Account,
    at: dt.datetime,
    groups: Collection[QueueGroup] | None = None,
    **values: Any,
) -> AgentProfile:
    """
    Say what an employee may be given.

    :raises SetupRefused: for a weight or a number of chats that cannot be
    """
    ensure_profile(employee)
    profile = AgentProfile.objects.select_for_update().get(employee=employee)
    if values.get("weight") is not None and values["weight"] <= 0:
        raise SetupRefused(_("权重要大于 0。"), field="weight")
    return _save(
        profile,
        values,
        PROFILE_FIELDS,
        "desk.profile_saved",
        sets={"groups": groups},
        by=by,
        at=at,
    )


@transaction.atomic
def save_question_type(
    *, question_type: QuestionType | None, by: Account, at: dt.datetime, **values: Any
) -> QuestionType:
    """
    Make a question type or change one; switched off, it stays where it was given (A19).

    :raises LastOne: if no type would be left to close with
    """
    row = question_type or QuestionType(code=_new_code("type"))
    _keep_one(row, values)
    return _save(row, values, TYPE_FIELDS, "desk.type_saved", by=by, at=at)


@transaction.atomic
def save_handling_result(
    *, handling_result: HandlingResult | None, by: Account, at: dt.datetime, **values: Any
) -> HandlingResult:
    """
    Make a handling result or change one; switched off, it stays where it was given (A19).

    :raises LastOne: if no result would be left to close with
    """
    row = handling_result or HandlingResult(code=_new_code("result"))
    _keep_one(row, values)
    return _save(row, values, RESULT_FIELDS, "desk.result_saved", by=by, at=at)


def _keep_one(row: QuestionType | HandlingResult, values: Mapping[str, Any]) -> None:
    """Closing a conversation asks for a type and a result: one of each stays in use."""
    others = type(row)._default_manager.select_for_update().exclude(pk=row.pk)
    if not values.get("is_active", True) and not any(each.is_active for each in others):
        raise LastOne(_("至少要留一项启用，否则会话无法结束。"), field="is_active")


def _new_code(kind: str) -> str:
    """Return a code for what is made on a page; people know it by its name."""
    return f"{kind}-{secrets.token_hex(4)}"


def _save(
    row: Row,
    values: dict[str, Any],
    fields: tuple[str, ...],
    act: str,
    *,
    by: Account,
    at: dt.datetime,
    sets: Mapping[str, Collection[Any] | None] | None = None,
) -> Row:
    """Write the given fields and sets, and what changed in them."""
    unknown = set(values) - {name for field in fields for name in (field, field[:-3])}
    if unknown:
        raise TypeError(f"{type(row).__name__} has no {sorted(unknown)} to set")
    before = {name: getattr(row, name) for name in fields}
    for name, value in values.items():
        setattr(row, name, value)
    if not isinstance(row, AgentProfile) and _code_taken(row):
        raise SetupRefused(_("这个代码已被使用。"), field="code")
    row.save()
    after = {name: getattr(row, name) for name in fields}
    changes = {name: [before[name], after[name]] for name in fields if before[name] != after[name]}
    for name, rows in (sets or {}).items():
        if rows is not None:
            changes |= _set(row, name, rows)
    record(act, obj=row, by=by, at=at, changes=changes)
    return row


def _set(row: Row, name: str, rows: Collection[Any]) -> dict[str, list[list[int]]]:
    """Let the row have exactly these, and return what changed."""
    related = getattr(row, name)
    before = sorted(related.values_list("pk", flat=True))
    related.set(rows)
    after = sorted(each.pk for each in rows)
    return {name: [before, after]} if before != after else {}


def _code_taken(row: Channel | QueueGroup | QuestionType | HandlingResult) -> bool:
    return type(row)._default_manager.filter(code=row.code).exclude(pk=row.pk).exists()
