"""What the pages of accounts, rights and settings read."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from cangke.foundation.access.public import (
    PERMISSIONS,
    ROLE_NAMES,
    Account,
    Grant,
    Role,
    Roles,
    ScopeKind,
    can,
    preset_permissions,
    scope_names,
)
from cangke.foundation.ui.public import areas_off

from .shapes import SettingsGroup, SettingsPage

# --- words


def room_label(code: str) -> str:
    """The room a permission belongs to, in words."""
    room = code.partition(".")[0]
    try:
        return str(apps.get_app_config(room).verbose_name)
    except LookupError:
        return room


def permission_label(code: str) -> str:
    return str(PERMISSIONS[code].label) if code in PERMISSIONS else code


def role_names() -> dict[str, str]:
    """Every role's name by its code; the company's own wording before the preset's."""
    names = {str(code): str(label) for code, label in ROLE_NAMES.items()}
    names.update(Role.objects.values_list("code", "name"))
    return names


def by_room(codes: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Codes grouped by room, rooms and codes in the order they were declared."""
    wanted = set(codes)
    rooms: dict[str, list[str]] = {}
    for code in PERMISSIONS:
        if code in wanted:
            rooms.setdefault(room_label(code), []).append(code)
    return list(rooms.items())


class ScopeWords:
    """Names of what grants reach, asked for once a kind."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for grant in grants:
            if grant.scope_id is not None:
                wanted[grant.scope_kind].add(grant.scope_id)
        self.names = {
            kind: dict(scope_names.ask(kind=kind, ids=ids)) for kind, ids in wanted.items()
        }

    def text(self, grant: Grant) -> str:
        own, noun = scope_words(grant.scope_kind)
        if grant.scope_id is None:
            return own
        name = self.names.get(grant.scope_kind, {}).get(grant.scope_id, f"#{grant.scope_id}")
        return f"{noun} {name}"


def scope_words(kind: str) -> tuple[str, str]:
    """How a reach is called without a name (``本组``), and its noun (``小组``)."""
    words = {
        ScopeKind.SELF: (_("本人"), ""),
        ScopeKind.TEAM: (_("本组"), _("小组")),
        ScopeKind.DEPARTMENT: (_("本部门"), _("部门")),
        ScopeKind.SHOP: (_("负责的店铺"), _("店铺")),
        ScopeKind.WAREHOUSE: (_("所在仓库"), _("仓库")),
        ScopeKind.CLIENT: (_("所属客户"), _("客户")),
        ScopeKind.ALL: (_("全部"), ""),
    }
    return words.get(ScopeKind(kind), (kind, kind))


# --- accounts


def decorate_accounts(rows: list[Account], *, day: dt.date) -> list[Account]:
    """Attach role names, reach and second factor to the accounts of one page."""
    keys = [row.pk for row in rows]
    names = role_names()
    roles: dict[int, list[str]] = defaultdict(list)
    for grant in Grant.objects.in_force(day).filter(account_id__in=keys).exclude(role=""):
        name = names.get(grant.role, grant.role)
        if name not in roles[grant.account_id]:
            roles[grant.account_id].append(name)
    secured = set(
        Authenticator.objects.filter(user_id__in=keys, type=Authenticator.Type.TOTP).values_list(
            "user_id", flat=True
        )
    )
    shown: list[Any] = list(rows)
    for row in shown:
        row.role_names = roles[row.pk]
        row.has_second_factor = row.pk in secured
    return rows


def has_second_factor(account: Account) -> bool:
    return Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).exists()


def count_sessions(account: Account) -> int:
    return UserSession.objects.filter(user_id=account.pk).count()


def list_actors() -> QuerySet[Account]:
    """Everybody who may stand as the author of an act."""
    return Account.objects.order_by("display_name", "username")


# --- rights


@dataclass
class GrantLine:
    """One grant as shown: what, how far, from–to, by whom, and whether it holds now."""

    grant: Grant
    right: str
    is_role: bool
    reach: str
    state: str
    tone: str

    @property
    def open(self) -> bool:
        return self.grant.revoked_at is None


@dataclass
class RightLine:
    """One permission of the report and the grants it comes from."""

    code: str
    label: str
    sources: list[GrantLine] = field(default_factory=list)


def _state_of(grant: Grant, day: dt.date) -> tuple[str, str]:
    if grant.revoked_at is not None:
        return _("已撤销"), ""
    if grant.valid_until is not None and grant.valid_until < day:
        return _("已到期"), ""
    if grant.valid_from > day:
        return _("未生效"), "wait"
    return _("生效中"), "done"


def grant_lines(account: Account, *, day: dt.date) -> list[GrantLine]:
    """Every grant of the account, those in force first, then newest first."""
    grants = list(
        Grant.objects.filter(account=account)
        .select_related("granted_by", "revoked_by")
        .order_by("-pk")
    )
    words, names = ScopeWords(grants), role_names()
    lines = []
    for grant in grants:
        state, tone = _state_of(grant, day)
        right = names.get(grant.role, grant.role) if grant.role else ""
        lines.append(
            GrantLine(
                grant,
                right or permission_label(grant.permission),
                bool(grant.role),
                words.text(grant),
                state,
                tone,
            )
        )
    order = {"done": 0, "wait": 1, "": 2}
    return sorted(lines, key=lambda line: order[line.tone])


def permission_report(
    account: Account, *, day: dt.date
) -> tuple[list[GrantLine], list[tuple[str, list[RightLine]]]]:
    """
    Say what the account may do, by which grant, from whom and until when (Q5).

    Only grants in force on the day count. Returns all grant lines and, by room, the rights.
    """
    lines = grant_lines(account, day=day)
    own = dict(Role.objects.values_list("code", "permissions"))
    rights: dict[str, RightLine] = {}
    for line in lines:
        if line.tone != "done" or not account.is_active:
            continue
        grant = line.grant
        if not grant.role:
            codes: Iterable[str] = [grant.permission]
        elif grant.role in own:
            codes = own[grant.role]
        else:
            codes = preset_permissions(grant.role)
        for code in codes:
            rights.setdefault(code, RightLine(code, permission_label(code))).sources.append(line)
    rooms = [(room, [rights[code] for code in codes]) for room, codes in by_room(rights)]
    return lines, rooms


# --- roles


@dataclass
class RoleLine:
    """A role as listed: preset, company role, or a preset in the company's wording."""

    code: str
    name: str
    own: Role | None
    preset: bool
    permissions: Collection[str]
    holders: int


def list_roles(*, day: dt.date) -> list[RoleLine]:
    """Presets in their usual order, then the company's own roles."""
    own = {role.code: role for role in Role.objects.all()}
    holders = dict(
        Grant.objects.in_force(day)
        .filter(account__is_active=True)
        .exclude(role="")
        .values_list("role")
        .annotate(n=Count("account", distinct=True))
    )
    lines = []
    for code in [*map(str, Roles), *(code for code in own if code not in list(Roles))]:
        role = own.get(code)
        lines.append(
            RoleLine(
                code=code,
                name=role.name if role else str(ROLE_NAMES[code]),
                own=role,
                preset=code in list(Roles),
                permissions=role.permissions if role else preset_permissions(code),
                holders=holders.get(code, 0),
            )
        )
    return lines


def count_holders(code: str, *, day: dt.date) -> int:
    """How many accounts hold the role today."""
    held = Grant.objects.in_force(day).filter(role=code, account__is_active=True)
    return held.values("account").distinct().count()


# --- settings


def _groups() -> Sequence[SettingsGroup]:
    found: Sequence[SettingsGroup] = import_string(settings.CANGKE_SETTINGS_MENU)
    return found


def settings_pages(account: Account) -> list[tuple[SettingsGroup, list[tuple[SettingsPage, str]]]]:
    """The pages of administration the person may open, by group, each with its address."""
    off = set(areas_off.ask(account_id=account.pk))
    found = []
    for group in _groups():
        pages: list[tuple[SettingsPage, str]] = []
        for page in group.pages:
            if page.permission and not can(account, page.permission):
                continue
            if page.url_name.partition(":")[0] in off:
                continue
            try:
                pages.append((page, reverse(page.url_name)))
            except NoReverseMatch:
                continue  # the room is not part of this installation
        if pages:
            found.append((group, pages))
    return found


def with_role(rows: QuerySet[Account], code: str, *, day: dt.date) -> QuerySet[Account]:
    """Accounts that hold the role on the day."""
    held: Any = Grant.objects.in_force(day).filter(role=code).values("account_id")
    return rows.filter(Q(pk__in=held))


def with_second_factor(rows: QuerySet[Account], *, has: bool) -> QuerySet[Account]:
    """Accounts that have a second factor, or have none."""
    secured = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values("user_id")
    return rows.filter(pk__in=secured) if has else rows.exclude(pk__in=secured)
