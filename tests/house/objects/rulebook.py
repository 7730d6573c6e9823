"""The rulebook: for everybody who works here, the permission decides."""

from django.utils import timezone

from cangke.rulebook import actions
from cangke.rulebook.models import Assignment
from cangke.rulebook.queries.force import catalogue
from tests.factories import make_account
from tests.house.objects import Keys, foreign

COMPANY = "one rulebook for the company"


def _set() -> str:
    return str(actions.ensure_first_version(at=timezone.now()).policy_set.key)


@foreign("rulebook:parameter", "rulebook:preview", common=COMPANY)
def _parameter() -> Keys:
    _set()
    return {"key": next(iter(catalogue().parameters))}


@foreign(
    "rulebook:set",
    "rulebook:assign",
    "rulebook:draft",
    "rulebook:draft-new",
    "rulebook:draft-discard",
    "rulebook:draft-test",
    "rulebook:draft-ask",
    "rulebook:draft-reopen",
    "rulebook:cases-accept",
    "rulebook:draft-import",
    "rulebook:clause-new",
    "rulebook:versions",
    common=COMPANY,
)
def _policy_set() -> Keys:
    return {"key": _set()}


@foreign("rulebook:clause", "rulebook:clause-remove", common=COMPANY)
def _clause() -> Keys:
    return {"key": _set(), "code": next(iter(catalogue())).code}


@foreign("rulebook:case-new", common=COMPANY)
def _rule() -> Keys:
    _draft()
    return {"key": _set(), "rule": next(iter(catalogue().evaluators))}


@foreign("rulebook:case", "rulebook:case-remove", common=COMPANY)
def _case() -> Keys:
    _draft()
    return {"key": _set(), "number": 1}


def _draft() -> int:
    policy_set = actions.ensure_first_version(at=timezone.now()).policy_set
    return actions.open_draft(policy_set=policy_set, by=None, at=timezone.now()).pk


@foreign("rulebook:version-by-id", "rulebook:impact", common=COMPANY)
def _by_id() -> Keys:
    return {"pk": actions.ensure_first_version(at=timezone.now()).pk}


@foreign("rulebook:readers", "rulebook:remind", common=COMPANY)
def _readers() -> Keys:
    return {"key": _set(), "number": 1}


@foreign("rulebook:version", "rulebook:export", "rulebook:withdraw", common=COMPANY)
def _version() -> Keys:
    return {"key": _set(), "number": 1}


@foreign("rulebook:assignment-end", common=COMPANY)
def _assignment() -> Keys:
    key = _set()
    at = timezone.now()
    made = Assignment.objects.create(
        policy_set=actions.ensure_first_version(at=at).policy_set,
        unit_kind="team",
        unit_id=1,
        valid_from=at.date(),
        created_at=at,
    )
    return {"key": key, "pk": made.pk}


@foreign("rulebook:why")
def _explanation() -> Keys:
    return {"label": "access.Account", "pk": make_account().pk, "figure": "x"}
