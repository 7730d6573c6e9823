"""The foundation and the entrance."""

from allauth.usersessions.models import UserSession
from django.utils import timezone

from cangke.foundation.access.public import Role
from cangke.foundation.api.public import ApiToken
from cangke.foundation.audit.public import record
from cangke.foundation.jobs.public import Job
from tests.factories import make_account
from tests.house.objects import Keys, foreign
from tests.programs import token_for


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
    return {"pk": Role.objects.create(code="foreign", name="foreign").pk}


@foreign("office:role-preset", common="presets ship with the house")
def _preset() -> Keys:
    return {"code": "agent"}


@foreign("office:audit-entry")
def _entry() -> Keys:
    return {"pk": record("test.done", by=make_account(), at=timezone.now()).pk}


@foreign("api:token", "api:token-revoke")
def _token() -> Keys:
    token_for(make_account("supervisor"), ["orders.view"])
    return {"pk": ApiToken.objects.latest("pk").pk}


@foreign("office:session-end")
def _session() -> Keys:
    session = UserSession.objects.create(
        user=make_account(), session_key="foreign", ip="127.0.0.1", user_agent="x"
    )
    return {"pk": session.pk}


@foreign("jobs:detail", "jobs:cancel")
def _job() -> Keys:
    at = timezone.now()
    job = Job.objects.create(kind="test", started_by=make_account(), created_at=at, state="queued")
    return {"key": job.key}


@foreign("home:first-run", public=True)
def _first_run() -> Keys:
    return {"token": "0" * 32}
