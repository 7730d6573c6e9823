"""The one gate: which rows and fields an account may see or touch."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.urls import Resolver404, resolve
from django.utils import timezone

from . import ports, registry
from .models import Account, AccountKind, Grant, Role
from .rules import FieldClass, ScopeKind

M = TypeVar("M", bound=Model)
Viewer = Account | AnonymousUser


@dataclass(frozen=True)
class Held:
    """One grant in force, resolved to permission codes."""

    permissions: frozenset[str]
    kind: str
    scope_id: int | None


def day_of(at: dt.datetime) -> dt.date:
    """The company's calendar day of an instant; grants begin and end by it."""
    return timezone.localdate(at, timezone.get_default_timezone())


def codes_of(role: str) -> frozenset[str]:
    """Return the permissions of a role: the company's own wording, else the preset."""
    own = Role.objects.filter(code=role).values_list("permissions", flat=True).first()
    return registry.preset_permissions(role) if own is None else frozenset(own)


def held_by(account: Viewer, *, day: dt.date | None = None) -> tuple[Held, ...]:
    """Return what the account holds on the day (today by default); asked once per request."""
    if not isinstance(account, Account) or not account.is_active:
        return ()
    known: dict[dt.date, tuple[Held, ...]] = account.__dict__.setdefault("_ck_held", {})
    day = day or day_of(timezone.now())
    if day not in known:
        grants = list(Grant.objects.in_force(day).filter(account_id=account.pk))
        codes = {grant.role for grant in grants if grant.role}
        own = {
            role.code: frozenset(role.permissions) for role in Role.objects.filter(code__in=codes)
        }
        known[day] = tuple(
            Held(
                permissions=_cut(
                    account,
                    frozenset([grant.permission])
                    if not grant.role
                    else own[grant.role]
                    if grant.role in own
                    else registry.preset_permissions(grant.role),
                ),
                kind=grant.scope_kind,
                scope_id=grant.scope_id,
            )
            for grant in grants
        )
    return known[day]


def _cut(account: Account, codes: frozenset[str]) -> frozenset[str]:
    limit: frozenset[str] | None = account.__dict__.get("_ck_limited_to")
    return codes if limit is None else codes & limit


def limit_to(account: Account, codes: Collection[str]) -> Account:
    """
    Let this object of an account do no more than the codes, whatever its grants say.

    For programs that act under an account with fewer rights than its person has.
    """
    account.__dict__["_ck_limited_to"] = frozenset(codes)
    forget_held(account)
    return account


def forget_held(account: Account) -> None:
    """Ask the database again next time (after a grant changed)."""
    account.__dict__.pop("_ck_held", None)
    account.__dict__.pop("_ck_scope_ids", None)


def can(account: Viewer, code: str) -> bool:
    """Whether any grant in force gives the permission, however far it reaches."""
    return any(code in held.permissions for held in held_by(account))


def may_enter(account: Viewer, url: str) -> bool:
    """
    Whether the account holds the permission the page at an address of this house asks for.

    Which rows it then shows stays the page's own question.
    """
    try:
        mark = getattr(resolve(urlsplit(url).path).func, "ck_access", "")
    except Resolver404:
        return False
    return mark in ("open", "signed_in") or can(account, mark)


def reach(account: Viewer, code: str) -> frozenset[str]:
    """The scope kinds over which the account holds the permission."""
    return frozenset(held.kind for held in held_by(account) if code in held.permissions)


def held_everywhere(account: Viewer) -> frozenset[str]:
    """The permissions the account holds over everything: the ones it may hand on."""
    return frozenset(
        code for held in held_by(account) if held.kind == ScopeKind.ALL for code in held.permissions
    )


def state_of(obj: Model) -> str:
    """A short mark of a row's content, by which a form notices that the row has changed."""
    # When somebody signs in is not a change of what a form shows.
    values = {
        field.attname: field.value_to_string(obj)
        for field in obj._meta.concrete_fields
        if field.name != "last_login"
    }
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]


def _own_ids(account: Account, kind: str) -> Collection[int]:
    known: dict[str, Collection[int]] = account.__dict__.setdefault("_ck_scope_ids", {})
    if kind not in known:
        known[kind] = ports.own_scope_ids.ask(account_id=account.pk, kind=kind)
    return known[kind]


def _rows(account: Account, gate: registry.Gate, kind: str, scope_id: int | None) -> Q | None:
    path = gate.paths.get(kind)
    if path is None:
        return None
    if kind in (ScopeKind.SELF, ScopeKind.ALL):
        ids: Collection[int] = (account.pk,)
    else:
        ids = (scope_id,) if scope_id is not None else _own_ids(account, kind)
    if not ids:
        return None
    return path(account, ids) if callable(path) else Q(**{f"{path}__in": list(ids)})


def scope(account: Viewer, model: type[M], action: str = "view") -> QuerySet[M]:
    """
    Return the rows of ``model`` on which the account may do ``action``.

    Grants add up; the client wall is applied last and always wins.

    :raises KeyError: if the room declares no gate or no such action for the model
    """
    gate = registry.GATES[model]
    code = gate.permissions[action]
    rows: QuerySet[M] = model._default_manager.all()
    if not isinstance(account, Account):
        return rows.none()
    reached = Q(pk__in=[])
    everything = False
    for held in held_by(account):
        if code not in held.permissions:
            continue
        if held.kind == ScopeKind.ALL and ScopeKind.ALL not in gate.paths:
            everything = True
            continue
        some = _rows(account, gate, held.kind, held.scope_id)
        if some is not None:
            reached |= some
    if not everything:
        rows = rows.filter(reached)
    if account.kind == AccountKind.CLIENT:
        wall = _rows(account, gate, ScopeKind.CLIENT, None)
        rows = rows.filter(wall) if wall is not None else rows.none()
    return rows


def get_visible(
    account: Viewer,
    model: type[M],
    action: str = "view",
    *,
    rows: QuerySet[M] | None = None,
    **lookup: Any,
) -> M:
    """
    Return the one row the account may do ``action`` on.

    ``rows`` narrows or prepares the queryset (``select_related`` …) and must come from `scope`.

    :raises Http404: if there is none, or it is somebody else's (the attempt is recorded)
    """
    queryset = scope(account, model, action) if rows is None else rows
    try:
        return queryset.get(**lookup)
    except (ObjectDoesNotExist, ValueError, OverflowError):
        _note_foreign(account, model, lookup)
        raise Http404 from None


def _note_foreign(account: Viewer, model: type[Model], lookup: dict[str, Any]) -> None:
    """Record an attempt at a row that exists and is not the account's."""
    try:
        exists = model._default_manager.filter(**lookup).exists()
    except (ValueError, OverflowError):
        return
    if exists and isinstance(account, Account):
        ports.denied.ask(
            account_id=account.pk, model=model._meta.label, key=str(next(iter(lookup.values()), ""))
        )


def field_class(model: type[Model], name: str) -> FieldClass | None:
    """The class a room gave the field, or None if it is hidden."""
    classes = registry.CLASSES.get(model)
    return classes.by_field.get(name) if classes else None


def may_reveal(account: Viewer, model: type[Model], name: str) -> bool:
    """Whether the account may ask for the full value of a masked field."""
    kind = field_class(model, name)
    if kind == FieldClass.PERSONAL:
        return can(account, "access.reveal")
    if kind == FieldClass.SENSITIVE:
        return can(account, "access.reveal_sensitive")
    return False


def shown(account: Viewer, obj: Model, name: str) -> str:
    """
    Return the field as the account may see it: whole, masked or empty.

    Used by pages, JSON, exports, search and pushes alike.
    """
    kind = field_class(type(obj), name)
    if kind is None:
        return ""
    value = getattr(obj, name)
    if value is None or value == "":
        return ""
    text = str(value)
    if kind == FieldClass.PUBLIC:
        return text
    if kind == FieldClass.INTERNAL:
        staff = isinstance(account, Account) and account.kind != AccountKind.CLIENT
        return text if staff else ""
    return registry.CLASSES[type(obj)].masks[name](text)
