from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import LEADING, STAFF, Roles, classify, permission
from cangke.foundation.audit.public import name_acts
from cangke.foundation.notices.public import notice_kind

from .models import Assignment, Explanation, PolicySet, Reading, RulebookVersion

# The rulebook is for everybody who works here: the permission decides, there are no row scopes.
VIEW = permission("rulebook.view", _("阅读制度"), roles=STAFF)
EDIT = permission("rulebook.edit", _("起草制度"), roles=[Roles.SUPERVISOR, Roles.MANAGER])
PUBLISH = permission("rulebook.publish", _("撤回未生效的制度、指定适用单位"), roles=[Roles.MANAGER])
READERS = permission(
    "rulebook.readers", _("查看谁已确认阅读制度"), roles=[*LEADING, Roles.HR, Roles.MANAGER]
)
notice_kind("rulebook.read", _("制度待阅读确认"))
notice_kind("rulebook.version", _("我提交的制度改版有进展"))

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
        "tested_at",
        "asked_by",
        "asked_at",
        "case_url",
        "approved_by",
        "approved_at",
        "published_by",
        "published_at",
    ],
)
classify(Reading, internal=["version", "account", "confirmed_at"])
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
name_acts(
    {
        "rulebook.drafted": _("起草制度"),
        "rulebook.values_changed": _("改制度草稿的数值"),
        "rulebook.words_changed": _("改制度草稿的条文"),
        "rulebook.clause_removed": _("从草稿中删去条款"),
        "rulebook.case_saved": _("写制度案例"),
        "rulebook.case_removed": _("删去制度案例"),
        "rulebook.results_accepted": _("案例改以试算结果为准"),
        "rulebook.imported": _("导入制度草稿"),
        "rulebook.discarded": _("丢弃制度草稿"),
        "rulebook.tested": _("试算制度草稿"),
        "rulebook.asked": _("提交制度审批"),
        "rulebook.approved": _("批准制度"),
        "rulebook.given_back": _("制度转回草稿"),
        "rulebook.published": _("发布制度"),
        "rulebook.withdrawn": _("撤回制度"),
        "rulebook.set_created": _("新建一套制度"),
        "rulebook.read": _("确认阅读制度"),
        "rulebook.readers_exported": _("导出阅读确认名单"),
        "rulebook.reminded": _("提醒阅读制度"),
        "rulebook.assigned": _("指定制度的适用单位"),
        "rulebook.assignment_ended": _("结束制度的适用"),
    }
)
