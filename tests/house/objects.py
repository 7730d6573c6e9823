"""
A foreign object for every address with a key: what `test_matrix` asks for in everybody's name.

One line a URL name, grouped by room. A maker returns the keys of the address for an object that
belongs to somebody else: no role whose grants reach only its own account ("self") may find it.

    @foreign("orders:detail", "orders:edit")
    def _order():
        return {"pk": make_order().pk}

`opens=` names the preset roles that may find it all the same (the company's common things), each
with a word why; `public=True` is an address that carries its own secret and asks nobody to sign in:
there a made-up key must not be found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from tests.factories import make_account

Keys = Mapping[str, Any]


@dataclass(frozen=True)
class Foreign:
    """How to make the object, and who may find it although it is not theirs."""

    make: Callable[[], Keys]
    opens: frozenset[str] = field(default_factory=frozenset)
    public: bool = False


OBJECTS: dict[str, Foreign] = {}


def foreign(
    *url_names: str, opens: Mapping[str, str] | None = None, public: bool = False
) -> Callable[[Callable[[], Keys]], Callable[[], Keys]]:
    """Register the maker for the URL names."""

    def keep(make: Callable[[], Keys]) -> Callable[[], Keys]:
        for name in url_names:
            assert name not in OBJECTS, f"{name} is registered twice"
            OBJECTS[name] = Foreign(make, frozenset(opens or ()), public)
        return make

    return keep


# --- office, jobs


@foreign(
    "office:account",
    "office:account-edit",
    "office:account-rights",
    "office:account-disable",
    "office:account-enable",
    "office:account-reset",
    "office:account-unlock",
    "office:account-second-factor",
    "office:grant-new",
)
def _account() -> Keys:
    return {"pk": make_account().pk}


@foreign("office:grant-revoke")
def _grant() -> Keys:
    return {"pk": make_account("hr").grants.get().pk}


@foreign("office:role", "office:role-delete")
def _role() -> Keys:
    from cangke.foundation.access.public import Role

    return {"pk": Role.objects.create(code="foreign", name="foreign").pk}


@foreign(
    "office:role-preset",
    opens=dict.fromkeys(["hr", "manager", "admin"], "presets ship with the house"),
)
def _preset() -> Keys:
    return {"code": "agent"}


@foreign("office:audit-entry")
def _entry() -> Keys:
    from cangke.foundation.audit.public import record

    return {"pk": record("test.done", by=make_account(), at=timezone.now()).pk}


@foreign("office:session-end")
def _session() -> Keys:
    from allauth.usersessions.models import UserSession

    session = UserSession.objects.create(
        user=make_account(), session_key="foreign", ip="127.0.0.1", user_agent="x"
    )
    return {"pk": session.pk}


@foreign("jobs:detail", "jobs:cancel")
def _job() -> Keys:
    from cangke.foundation.jobs.public import Job

    job = Job.objects.create(
        kind="test", started_by=make_account(), created_at=timezone.now(), state="queued"
    )
    return {"key": job.key}


# --- home


@foreign("home:first-run", public=True)
def _first_run() -> Keys:
    return {"token": "0" * 32}


# --- portal


@foreign(
    "portal:chat",
    "portal:colour",
    "portal:messages",
    "portal:seen",
    "portal:stream",
    "portal:typing",
    "portal:widget",
    public=True,
)
def _nobodys_chat() -> Keys:
    return {"key": "0" * 32}
