from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import (
    PERMISSIONS,
    ROLE_NAMES,
    Account,
    Roles,
    classify,
    gate,
    permission,
)

from .models import AuditEntry
from .registry import name_acts, name_facts, page_of

VIEW = permission("audit.view", _("查看审计记录"), roles=[Roles.MANAGER])
EXPORT = permission("audit.export", _("导出审计记录"), roles=[Roles.MANAGER])

gate(AuditEntry, permissions={"view": VIEW}, paths={"self": "actor_id"})
classify(
    AuditEntry,
    internal=["at", "actor", "action", "object_type", "object_id", "changes", "reason", "address"],
)
# The acts of access are named here, because access lies below.
name_acts(
    {
        "access.account_changed": _("修改账户"),
        "access.account_created": _("开通账户"),
        "access.account_disabled": _("停用账户"),
        "access.account_enabled": _("启用账户"),
        "access.codes_alarm": _("验证码错误次数告警"),
        "access.denied": _("越权访问被拒"),
        "access.granted": _("授予权限"),
        "access.locked_out": _("登录被锁定"),
        "access.password_changed": _("本人修改密码"),
        "access.password_reset": _("发放临时密码"),
        "access.profile_changed": _("修改个人资料"),
        "access.recovery_codes_made": _("生成恢复码"),
        "access.reveal_alarm": _("查看原文次数告警"),
        "access.revealed": _("查看原文"),
        "access.revoked": _("撤销权限"),
        "access.role_changed": _("修改角色"),
        "access.role_created": _("新建角色"),
        "access.role_deleted": _("删除角色"),
        "access.second_factor_added": _("启用两步验证"),
        "access.second_factor_ended": _("停用两步验证"),
        "access.second_factor_removed": _("管理员解除两步验证"),
        "access.session_ended": _("结束一处登录"),
        "access.signed_in": _("登录"),
        "access.signed_out": _("退出"),
        "access.unlocked": _("解除登录锁定"),
    }
)


def _right(code: str) -> str:
    known = PERMISSIONS.get(code)
    return str(known.label if known else ROLE_NAMES.get(code, code))


name_facts(
    "access",
    {
        "added": _("加入"),
        "address": _("来源地址"),
        "count": _("次数"),
        "field": _("字段"),
        "from": _("从"),
        "holder": _("给谁"),
        "how": _("方式"),
        "key": _("编号"),
        "kind": _("种类"),
        "model": _("对象类别"),
        "permissions": _("权限"),
        "pk": _("编号"),
        "records": _("失败记录"),
        "removed": _("移除"),
        "right": (_("权限"), _right),
        "scope": _("范围"),
        "until": _("到"),
        "what": _("什么"),
        "within_minutes": _("分钟内"),
    },
)
page_of(Account, "office:account")
