from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import STAFF, Roles, classify, permission

from .models import Assignment, Explanation, PolicySet, RulebookVersion

# The rulebook is for everybody who works here: the permission decides, there are no row scopes.
VIEW = permission("rulebook.view", _("阅读制度"), roles=STAFF)
EDIT = permission("rulebook.edit", _("起草制度"), roles=[Roles.SUPERVISOR, Roles.MANAGER])
PUBLISH = permission("rulebook.publish", _("发布制度"), roles=[Roles.MANAGER])

classify(PolicySet, internal=["key", "name", "is_default", "note", "created_at"])
classify(
    RulebookVersion,
    internal=[
        "policy_set",
        "number",
        "state",
        "effective_from",
        "body",
        "sha256",
        "note",
        "created_by",
        "created_at",
        "published_by",
        "published_at",
    ],
)
classify(Assignment, internal=["policy_set", "unit_kind", "unit_id", "valid_from", "until"])
classify(
    Explanation,
    internal=[
        "figure",
        "clause",
        "clause_number",
        "set_key",
        "version_number",
        "facts",
        "arithmetic",
        "result",
        "at",
    ],
)
