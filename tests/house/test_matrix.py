"""
Every address with a key × every preset role × somebody else's object.

Generated from the URLconf; `objects/` gives the foreign object of each address. Each role is held
over its own account only, the narrowest reach. Expected: a stranger is asked to sign in; who lacks
the permission gets 403; who has it does not find what is not theirs (404); nobody ever gets the
page or an error of ours, and nothing changes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cangke.foundation.access.public import Account, AccountKind, Roles, can
from cangke.foundation.audit.public import AuditEntry
from tests.factories import client_for, make_account
from tests.house.addresses import Address, all_addresses
from tests.house.objects import PREPARED, Keys, load

pytestmark = pytest.mark.django_db
OBJECTS = load()
KEYED = [each for each in all_addresses() if each.own and each.keys]
KNOWN = [each for each in KEYED if each.name in OBJECTS]
METHODS = ("get", "post")
# What belongs to everybody may be opened by whoever holds the permission, or be gone by now.
COMMON = {200, 204, 302, 400, 404, 409, 422}


def test_every_address_with_a_key_has_a_foreign_object():
    missing = sorted(f"{each.name}  {each.route}" for each in KEYED if each.name not in OBJECTS)
    assert missing == [], (
        "these addresses have no foreign object; add to tests/house/objects/<room>.py\n"
        '    @foreign("room:name")\n    def _thing() -> Keys:\n        return {"pk": thing().pk}\n'
        + "\n".join(missing)
    )


def test_no_object_is_registered_for_an_address_that_is_gone():
    assert sorted(set(OBJECTS) - {each.name for each in KEYED}) == []


def _account_of(role: str) -> Account:
    kind = AccountKind.CLIENT if role == Roles.CLIENT else AccountKind.STAFF
    return make_account(role, scope="client" if role == Roles.CLIENT else "self", kind=kind)


@dataclass
class Visitor:
    """Somebody at a browser: a stranger, an account without grants, or one holding a role."""

    name: str
    account: Account | None
    browser: Client

    def expects(self, address: Address) -> set[int]:
        entry = OBJECTS[address.name]
        if entry.public:
            return {404}
        if self.account is None:
            return {302, 401}
        if address.mark not in ("open", "signed_in") and not can(self.account, address.mark):
            return {403}
        if not entry.common:
            return {404}
        return COMMON | {403} if entry.asks_more else COMMON


def _visitors() -> list[Visitor]:
    nobody = make_account()
    visitors = [
        Visitor("a stranger", None, Client()),
        Visitor("no grants", nobody, client_for(nobody)),
    ]
    for role in Roles:
        account = _account_of(role)
        for act in PREPARED:
            act(account)
        visitors.append(Visitor(str(role), account, client_for(account)))
    for each in visitors:
        each.browser.raise_request_exception = False
    return visitors


def _plain(response) -> str:
    """The page without what differs each time: the number to quote and the nonce."""
    page = response.content.decode()
    return re.sub(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}|nonce=\"[^\"]*\"", "", page)


def _is_page(response) -> bool:
    return response["Content-Type"].startswith("text/html")


def _shown_elsewhere(address: Address, visitor: Visitor) -> bool:
    """
    Who lacks the permission is refused before any row is asked for: the same on every database.

    All of them are tried on SQLite; on PostgreSQL those without grants stand for the others.
    """
    refused = visitor.expects(address) == {403} and visitor.name in list(Roles)
    return refused and connection.vendor != "sqlite"


def _problems(address: Address, visitor: Visitor, url: str, missing: str) -> Iterator[str]:
    """Ask by every method; one of them must answer as expected, the others may not exist (405)."""
    expected = visitor.expects(address)
    answers = {method: getattr(visitor.browser, method)(url) for method in METHODS}
    codes = {method: answer.status_code for method, answer in answers.items()}
    for method, answer in answers.items():
        place = f"{method.upper()} {address.name} as {visitor.name}"
        if answer.status_code not in expected | {405}:
            yield f"{place}: {answer.status_code}, expected {sorted(expected)}"
        elif answer.status_code == 404 and _is_page(answer) and _plain(answer) != missing:
            yield f"{place}: a foreign object looks unlike a missing one"
    if set(codes.values()) == {405}:
        yield f"{address.name} as {visitor.name}: no method is answered"


@pytest.mark.requirement("Q1", "Q11")
@pytest.mark.parametrize("space", sorted({each.name.partition(":")[0] for each in KNOWN}))
def test_q1_nobody_finds_what_is_not_theirs_and_the_attempt_is_recorded(space):
    """Design security 1: each address, method and role with somebody else's object."""
    visitors = _visitors()
    missing = _plain(visitors[0].browser.get("/there/is/no/such/page/"))
    problems: list[str] = []
    made: dict[object, Keys] = {}
    for address in (each for each in KNOWN if each.name.partition(":")[0] == space):
        make = OBJECTS[address.name].make
        if make not in made:
            made[make] = make()
        url = reverse(address.name, kwargs=made[make])
        before = AuditEntry.objects.filter(action="access.denied").count()
        for visitor in visitors:
            if not _shown_elsewhere(address, visitor):
                problems += _problems(address, visitor, url, missing)
        guarded = address.mark not in ("open", "signed_in")
        if guarded and AuditEntry.objects.filter(action="access.denied").count() == before:
            problems.append(f"{address.name}: nobody's attempt was recorded")
    assert problems == [], "\n".join(["", *problems])
